"""Results as files: one JSON document, CSV tables for the office, one page for people."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from services.scheduler.distribution_files.page import page


def write_result(document: dict[str, Any], folder: Path) -> list[Path]:
    """Write result.json, placements.csv, reasons.csv and report.html into `folder`. Same document, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in (
        ("result.json", as_json(document)),
        ("placements.csv", placements(document)),
        ("reasons.csv", reasons(document)),
        ("report.html", page(document)),
    ):
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
        written.append(path)
    return written


def as_json(document: dict[str, Any]) -> str:
    """The document as it is kept: in reading order, one line break at the end."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def placements(document: dict[str, Any]) -> str:
    """One line a placement and one for each empty block."""
    rows = []
    for s in document["students"]:
        name = s["student"]
        rows += [
            [name, ";".join(p["blocks"]), p["occurrence"], p["rank"] or "", p["cause"], ""] for p in s["placements"]
        ]
        rows += [[name, e["block"], "", "", "", e["text"]] for e in s["empty"]]
    return _table(["student", "blocks", "occurrence", "rank", "cause", "why empty"], rows)


def reasons(document: dict[str, Any]) -> str:
    """One line for each student and ranked choice."""
    rows = [
        [s["student"], c["occurrence"], c["rank"], c["key"], c["text"], c.get("change_text", "")]
        for s in document["students"]
        for c in s["choices"]
    ]
    return _table(["student", "occurrence", "rank", "reason", "in words", "what would have changed it"], rows)


def _table(head: list[str], rows: list[list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return out.getvalue()


def _safe(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is quoted with an apostrophe."""
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell

"""A round as a folder of CSV files, one for each part."""

import csv
import io
from pathlib import Path
from typing import Any

from services.scheduler.distribution_files.assemble import RawRound, assemble
from services.scheduler.distribution_files.faults import Fault, InputFaults, Where
from services.scheduler.distribution_files.fields import SECTIONS, whole
from services.scheduler.distribution_files.ranked_round import RankedRound

_CHOICE = ("student", "occurrence", "rank", "weight", "goal", "calm")


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a head line; blank lines are skipped, cells stripped. Raises InputFaults."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise InputFaults([Fault(Where(path.name, 1, 1), "an empty file", "a head line and rows")])
    rows = list(csv.reader(io.StringIO(text)))
    head = [name.strip() for name in rows[0]]
    faults = [
        Fault(Where(path.name, i, len(row)), f"{len(row)} cells", f"{len(head)} cells, as in the head line")
        for i, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row) and len(row) != len(head)
    ]
    if faults:
        raise InputFaults(faults)
    return [
        {"": str(i), **{k: v.strip() for k, v in zip(head, row, strict=False)}}
        for i, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]


def read_csv(folder: Path) -> RankedRound:
    """Read a round from `folder`: students.csv, blocks.csv, choices.csv and so on. Raises InputFaults."""
    raw: RawRound = {}
    policy: dict[str, Any] = {}
    lines: dict[str, list[int]] = {}
    heads: dict[str, list[str]] = {}
    seed, title = 1, folder.name
    for path in sorted(folder.glob("*.csv")):
        section = path.stem.replace("-", "_")
        rows = read_table(path)
        lines[section] = [int(row.pop("")) for row in rows]
        heads[section] = list(rows[0]) if rows else []
        if section == "policy":
            policy = {row.get("name", ""): row.get("value", "") for row in rows}
            title, seed = policy.pop("title", title), _seed(path, policy.pop("seed", "1"))
            policy = {k: [*map(float, v.split(";"))] if k == "points" else v for k, v in policy.items()}
        elif section == "choices":
            raw[section], lines[section] = _choices(path, rows, lines[section])
        elif section in SECTIONS:
            raw[section] = [{k: v for k, v in row.items() if v != ""} for row in rows]

    def locate(section: str, row: int, name: str) -> Where:
        head = heads.get(section, [])
        line = lines[section][row] if 0 <= row < len(lines.get(section, [])) else 1
        return Where(f"{section}.csv", line, head.index(name) + 1 if name in head else 1)

    if not raw:
        raise InputFaults([Fault(Where(folder.name), "a folder without CSV files", "blocks.csv, students.csv ...")])
    return assemble(raw, policy, locate, title, seed)


def _seed(path: Path, value: str) -> int:
    try:
        return whole(value)
    except ValueError:
        raise InputFaults([Fault(Where(path.name, 1, 1), value, "seed: a whole number")]) from None


def _choices(path: Path, rows: list[dict[str, str]], lines: list[int]) -> tuple[list[dict[str, Any]], list[int]]:
    """One line a choice into one row a student, in the order of the ranks."""
    faults: list[Fault] = []
    by_student: dict[str, list[tuple[float, int, dict[str, str]]]] = {}
    for row, line in zip(rows, lines, strict=False):
        if set(row) - set(_CHOICE) or not row.get("student") or not (row.get("occurrence") or row.get("calm")):
            faults.append(Fault(Where(path.name, line, 1), ",".join(row), "columns " + ", ".join(_CHOICE)))
            continue
        try:
            rank = whole(row.get("rank", "") or "0")
        except ValueError:
            faults.append(Fault(Where(path.name, line, 1), row["rank"], "rank: a whole number, 1 is the first choice"))
            continue
        by_student.setdefault(row["student"], []).append((rank, line, row))
    if faults:
        raise InputFaults(faults)
    result, first_lines = [], []
    for student, rows_of in by_student.items():
        rows_of.sort(key=lambda x: x[:2])
        chosen = [one for one in rows_of if one[2].get("occurrence")]
        entry: dict[str, Any] = {"student": student, "ranked": [row["occurrence"] for _, _, row in chosen]}
        if any(row.get("weight") for _, _, row in chosen):
            entry["weights"] = [row.get("weight") or "0" for _, _, row in chosen]
        entry["goals"] = [row["occurrence"] for _, _, row in chosen if row.get("goal")]
        entry["calm"] = ";".join(row["calm"] for _, _, row in rows_of if row.get("calm"))
        result.append(entry)
        first_lines.append(rows_of[0][1])
    return result, first_lines

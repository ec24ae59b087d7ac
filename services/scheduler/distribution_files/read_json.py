"""A round in one JSON file."""

import json
from pathlib import Path
from typing import Any

from services.scheduler.distribution_files.assemble import RawRound, assemble
from services.scheduler.distribution_files.faults import Fault, InputFaults, Where
from services.scheduler.distribution_files.json_positions import line_and_column, positions
from services.scheduler.distribution_files.ranked_round import RankedRound

FORMAT = "trellis-round/1"
_HEAD = ("format", "title", "seed", "policy")


def parse_json(path: Path) -> Any:
    """The document. Raises InputFaults with line and column where the text ends too soon or is not JSON."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise InputFaults([Fault(Where(path.name, 1, 1), "an empty file", "a JSON object")])
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        found = text[error.pos : error.pos + 20] or "the end of the file"
        where = Where(path.name, error.lineno, error.colno)
        raise InputFaults([Fault(where, found, error.msg[0].lower() + error.msg[1:])]) from error
    except RecursionError as error:
        raise InputFaults([Fault(Where(path.name, 1, 1), "deep nesting", "lists of objects")]) from error


def read_json(path: Path) -> RankedRound:
    """Read a round. Raises InputFaults."""
    document = parse_json(path)
    locate = _Locator(path)
    faults: list[Fault] = []
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        value = repr(document.get("format")) if isinstance(document, dict) else type(document).__name__
        raise InputFaults([Fault(locate("format", -1, ""), value, f'an object with "format": "{FORMAT}"')])
    raw: RawRound = {}
    for name, part in document.items():
        if name in _HEAD:
            continue
        if isinstance(part, list):
            raw[name] = [_as_row(name, row) for row in part]
        else:
            faults.append(Fault(locate(name, -1, ""), type(part).__name__, "a list"))
    seed, policy = document.get("seed", 1), document.get("policy", {})
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**53:
        faults.append(Fault(locate("seed", -1, ""), repr(seed), "a whole number, 0 or more"))
    if not isinstance(policy, dict):
        faults.append(Fault(locate("policy", -1, ""), repr(policy), "an object"))
    if faults:
        raise InputFaults(faults)
    return assemble(raw, policy, locate, str(document.get("title", "Round")), seed)


def _as_row(section: str, row: Any) -> Any:
    """Pairs and teams may be written as plain lists, travel as [from, to, minutes]."""
    if not isinstance(row, list):
        return row
    if section == "teams":
        return {"students": row}
    names = {"keep_apart": ("student", "other"), "friends": ("student", "other")}
    names["travel"] = ("from_site", "to_site", "minutes")  # type: ignore[assignment]
    return dict(zip(names[section], row, strict=False)) if section in names and len(row) == len(names[section]) else row


class _Locator:
    """Finds the line and column of a part of the document, reading the text again only when asked about a fault."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = ""
        self.found: dict[tuple[str | int, ...], int] = {}

    def __call__(self, section: str, row: int, name: str) -> Where:
        if not self.text:
            self.text = self.path.read_bytes().decode("utf-8-sig", errors="replace")
            self.found = positions(self.text)
        path = tuple(part for part in (section, row, name) if part not in ("", -1))
        while path and path not in self.found:
            path = path[:-1]
        line, column = line_and_column(self.text, self.found.get(path, 0))
        return Where(self.path.name, line, column)

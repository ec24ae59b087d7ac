"""Foreign data as rounds: fairpyx JSON, PrefLib rankings, and the answers of an online form."""

import re
from pathlib import Path
from typing import Any

from services.scheduler.distribution_files.assemble import RawRound, assemble
from services.scheduler.distribution_files.faults import Fault, InputFaults, Where
from services.scheduler.distribution_files.ranked_round import RankedRound
from services.scheduler.distribution_files.read_csv import read_table
from services.scheduler.distribution_files.read_json import parse_json

PLAIN = {"credit_tilt": 0, "unplaced": 0, "need": 0, "move": 0, "lift": 0.0015}
"""Foreign data knows valuations alone: nothing is tilted, and being placed at all has no worth of its own."""


def read_fairpyx(path: Path) -> RankedRound:
    """Valuations of many items a student, capacities, conflicts. Raises InputFaults.

    Every course is a block of its own, and two that conflict also share one: so a student cannot have both.
    """
    document = parse_json(path)
    for part in ("valuations", "item_capacities"):
        if not isinstance(document, dict) or not isinstance(document.get(part), dict):
            raise InputFaults([Fault(Where(path.name, 1, 1), f"no {part}", f"an object with {part}")])
    items = list(document["item_capacities"])
    clashes = {tuple(sorted((x, str(y)))) for x, others in document.get("item_conflicts", {}).items() for y in others}
    shared: dict[str, list[str]] = {item: [] for item in items}
    for x, y in sorted(clashes):
        for item in (x, y):
            shared.setdefault(item, []).append(f"{x} | {y}")
    barred = document.get("agent_conflicts", {})
    most = document.get("agent_capacities", {})
    students, choices = [], []
    for name, values in document["valuations"].items():
        wanted = sorted((i for i in values if i not in barred.get(name, ())), key=lambda i: (-_size(values[i]), i))
        students.append({"id": name, "most": most.get(name, len(items)) if isinstance(most, dict) else most})
        choices.append(
            {"student": name, "ranked": wanted, "weights": _equal_voice(values, wanted, students[-1]["most"])}
        )
    raw: RawRound = {
        "blocks": [{"id": b} for b in (*items, *(f"{x} | {y}" for x, y in sorted(clashes)))],
        "occurrences": [
            {"id": i, "blocks": [i, *shared[i]], "seats": _whole(document["item_capacities"][i])} for i in items
        ],
        "students": students,
        "choices": choices,
    }
    return assemble(raw, PLAIN, _in(path), path.stem)


def _equal_voice(values: dict[str, Any], wanted: list[str], most: Any) -> list[Any]:
    """Valuations scaled so that the best that a student can have is worth 100 a course: nobody shouts louder."""
    top = sum(_size(values[i]) for i in wanted[: most if isinstance(most, int) else len(wanted)])
    if not isinstance(most, int) or top <= 0 or not all(_size(values[i]) >= 0 for i in wanted):
        return [values[i] for i in wanted]
    return [values[i] if not isinstance(values[i], (int, float)) else values[i] * 100 * most / top for i in wanted]


def _size(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _in(path: Path) -> Any:
    return lambda _section, row, _name: Where(path.name, row + 1 if row >= 0 else 1)


def read_preflib(path: Path, seats: int | None = None) -> RankedRound:
    """PrefLib .soc, .soi or .toc, with seats from a .dat file of the same name beside it. Raises InputFaults.

    Tied alternatives that close a ranking ("all the rest") count as not ranked. Without a .dat file each alternative
    has `seats` seats, or an even share of the voters rounded up.
    """
    names: dict[str, str] = {}
    orders: list[list[str]] = []
    faults: list[Fault] = []
    for i, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        head = re.match(r"# ALTERNATIVE NAME (\d+): (.*)", line)
        if head:
            names[head[1]] = head[2].strip()
        elif line.strip() and not line.startswith("#"):
            match = re.fullmatch(r"\s*(\d+)\s*:\s*(.+)", line)
            if not match or int(match[1]) > 1_000_000:
                faults.append(Fault(Where(path.name, i, 1), line, "a count, a colon and alternatives: 3: 2,1,4"))
                continue
            ranked = re.sub(r"\{[^}]*\}?", "", match[2]).split(",")
            order = [x.strip() for x in ranked if x.strip()]
            faults += [
                Fault(Where(path.name, i, 1), x, "the number of an alternative") for x in order if x not in names
            ]
            orders += [order] * int(match[1])
    if faults or not names:
        empty = [Fault(Where(path.name, 1, 1), "no alternatives", "lines like # ALTERNATIVE NAME 1: Chess")]
        raise InputFaults(faults or empty)
    spaces, space_of = _supervisors(path.with_suffix(".dat"))
    each = seats if seats is not None else 1 if spaces else max(1, -(-len(orders) // len(names)))
    raw: RawRound = {
        "blocks": [{"id": "block"}],
        "spaces": spaces,
        "occurrences": [
            {"id": n, "title": title, "blocks": ["block"], "seats": each, "space": space_of.get(int(n) - 1, "")}
            for n, title in names.items()
        ],
        "students": [{"id": f"voter-{i}"} for i in range(1, len(orders) + 1)],
        "choices": [{"student": f"voter-{i}", "ranked": order} for i, order in enumerate(orders, 1)],
    }
    longest = max((len(order) for order in orders), default=1)
    policy = {"points": [round(100 * (longest - i) / longest, 2) for i in range(longest)] or [100]}
    return assemble(raw, policy, _in(path), path.stem)


def _supervisors(path: Path) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Supervisors as spaces that their projects share; projects are numbered from 0 there."""
    if not path.exists():
        return [], {}
    spaces, space_of = [], {}
    for row in read_table(path):
        spaces.append({"id": row["Supervisor"], "seats": row["Capacity"]})
        space_of.update({int(p): row["Supervisor"] for p in row["Projects"].split()})
    return spaces, space_of


def read_form(path: Path, seats: int | None = None) -> RankedRound:
    """Answers of an online form. Raises InputFaults.

    Either one column a rank ("1st choice", "2nd choice") with offers in the cells, or one column an offer
    ("Rank these [Chess]") with ranks in the cells. Seats may stand behind the offer: "Chess (24)". Several answers of
    one person: the last counts. The person is the column that speaks of e-mail, name, student or id.
    """
    rows = read_table(path)
    head = [name for name in (rows[0] if rows else {}) if name]
    person = next((h for h in head if re.search(r"mail|name|student|\bid\b", h, re.I)), "")
    grid = {h: m[1].strip() for h in head if (m := re.search(r"\[(.+)\]\s*$", h))}
    columns = {h: int(m[1]) for h in head if (m := re.search(r"(\d+)\s*(?:st|nd|rd|th)?\b", h)) and h not in grid}
    columns.pop(person, None)
    if not person or not (grid or columns):
        expected = 'a column for the student, and columns "1st choice", "2nd choice" or "[Chess]", "[Art]"'
        raise InputFaults([Fault(Where(path.name, 1, 1), ", ".join(head), expected)])
    answers: dict[str, list[tuple[int, str]]] = {}
    faults: list[Fault] = []
    for row in rows:
        where = Where(path.name, int(row[""]), head.index(person) + 1)
        if not row[person]:
            faults.append(Fault(where, "an empty cell", "who answered"))
        cells = [(_rank(row[h]), offer) for h, offer in grid.items()] + [(r, row[h]) for h, r in columns.items()]
        answers[row[person]] = sorted((rank, offer) for rank, offer in cells if rank and offer)
    if faults:
        raise InputFaults(faults)
    offers = sorted({offer for ranked in answers.values() for _, offer in ranked} | set(grid.values()))
    each = seats if seats is not None else max(1, -(-len(answers) // max(1, len(offers))))
    raw: RawRound = {
        "blocks": [{"id": "block"}],
        "occurrences": [{"id": o, "title": o, "blocks": ["block"], "seats": _seats_in(o, each)} for o in offers],
        "students": [{"id": name} for name in answers],
        "choices": [{"student": name, "ranked": [o for _, o in ranked]} for name, ranked in answers.items()],
    }
    return assemble(raw, {}, _in(path), path.stem)


def _rank(cell: str) -> int:
    match = re.search(r"\d+", cell)
    return int(match[0]) if match else 0


def _seats_in(offer: str, default: int) -> int:
    match = re.search(r"\((\d+)[^)]*\)\s*$", offer)
    return int(match[1]) if match else default

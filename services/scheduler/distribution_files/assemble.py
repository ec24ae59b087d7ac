"""Raw rows into a ranked round, every fault noted with its place."""

from collections.abc import Callable
from typing import Any

from services.scheduler.distribution_files.faults import Fault, InputFaults, Where
from services.scheduler.distribution_files.fields import POLICY, SECTIONS
from services.scheduler.distribution_files.ranked_round import (
    Block,
    Occurrence,
    Pair,
    Policy,
    RankedRound,
    Ranking,
    Request,
    Space,
    Student,
    Travel,
)

RawRound = dict[str, list[dict[str, Any]]]
Locate = Callable[[str, int, str], Where]
"""section, row number from 0, field name ("" for the row) -> place in the file"""

_ROWS: dict[str, type] = {
    "blocks": Block,
    "spaces": Space,
    "occurrences": Occurrence,
    "students": Student,
    "choices": Ranking,
    "requests": Request,
    "keep_apart": Pair,
    "friends": Pair,
    "travel": Travel,
}

_KNOWS_WHERE = {"choices", "requests", "keep_apart", "friends"}


def assemble(raw: RawRound, policy: dict[str, Any], locate: Locate, title: str = "Round", seed: int = 1) -> RankedRound:
    """Build the round. Raises InputFaults with all faults of form and of names that lead nowhere."""
    faults: list[Fault] = []
    result = RankedRound(title=title, seed=seed, policy=_policy(policy, locate, faults))
    for section, rows in raw.items():
        known = SECTIONS.get(section)
        if known is None:
            faults.append(Fault(locate(section, -1, ""), section, "one of " + ", ".join(SECTIONS)))
            continue
        for i, row in enumerate(rows):
            values = _read_row(section, i, row, locate, faults)
            if values is None:
                continue
            if section == "teams":
                result.teams.append(values["students"])
            else:
                if section in _KNOWS_WHERE:
                    values["row"] = i
                getattr(result, section).append(_ROWS[section](**values))
    _check(result, locate, faults)
    if faults:
        raise InputFaults(faults)
    return result


def _read_row(section: str, i: int, row: Any, locate: Locate, faults: list[Fault]) -> dict[str, Any] | None:
    fields = {field.name: field for field in SECTIONS[section]}
    if not isinstance(row, dict):
        faults.append(Fault(locate(section, i, ""), repr(row), "an object with " + ", ".join(fields)))
        return None
    values: dict[str, Any] = {}
    before = len(faults)
    for name, value in row.items():
        if name not in fields:
            faults.append(Fault(locate(section, i, name), str(name), "one of the fields " + ", ".join(fields)))
        elif value is not None:
            try:
                values[name] = fields[name].read(value)
            except (ValueError, TypeError):
                faults.append(Fault(locate(section, i, name), repr(value), fields[name].expected))
    for name, field in fields.items():
        if field.required and name not in values and len(faults) == before:
            faults.append(Fault(locate(section, i, ""), f"no {name}", f"{name}: {field.expected}"))
    if len(faults) > before:
        return None
    if section == "choices":
        values.setdefault("ranked", [])
        if "weights" in values and len(values["weights"]) != len(values["ranked"]):
            faults.append(Fault(locate(section, i, "weights"), f"{len(values['weights'])} weights", "one a choice"))
    return values


def _policy(raw: dict[str, Any], locate: Locate, faults: list[Fault]) -> Policy:
    policy = Policy()
    for name, value in raw.items():
        field = POLICY.get(name)
        if field is None:
            faults.append(Fault(locate("policy", -1, name), str(name), "one of " + ", ".join(POLICY)))
            continue
        try:
            setattr(policy, name, field.read(value))
        except (ValueError, TypeError):
            faults.append(Fault(locate("policy", -1, name), repr(value), field.expected))
    if not policy.points:
        faults.append(Fault(locate("policy", -1, "points"), "[]", "at least one number"))
    return policy


def _check(result: RankedRound, locate: Locate, faults: list[Fault]) -> None:
    """Ids are unique, and what an occurrence needs exists. Choices that lead nowhere are set aside later, not here."""
    for section in ("blocks", "spaces", "occurrences", "students"):
        seen: set[str] = set()
        for i, row in enumerate(getattr(result, section)):
            if row.id in seen:
                faults.append(Fault(locate(section, i, "id"), row.id, "an id that no other row has"))
            seen.add(row.id)
    for section in ("blocks", "occurrences", "students"):
        if not getattr(result, section) and not faults:
            faults.append(Fault(locate(section, -1, ""), f"no {section}", "at least one"))
    blocks, spaces = {b.id for b in result.blocks}, {s.id for s in result.spaces}
    for i, o in enumerate(result.occurrences):
        lost = [name for name in o.blocks if name not in blocks]
        faults += [Fault(locate("occurrences", i, "blocks"), name, "the id of a block") for name in lost]
        if not o.blocks:
            faults.append(Fault(locate("occurrences", i, "blocks"), "no block", "at least one block"))
        if o.space and o.space not in spaces:
            faults.append(Fault(locate("occurrences", i, "space"), o.space, "the id of a space"))
    for i, block in enumerate(result.blocks):
        if block.end < block.start or (block.end == block.start and block.end):
            faults.append(Fault(locate("blocks", i, "end"), str(block.end), "an end after the start"))

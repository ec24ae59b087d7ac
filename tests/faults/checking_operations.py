"""Checking operations: what was acknowledged is there, what was refused is not, and nothing is there twice."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.faults.evidence import Evidence, Row, counted
from tests.faults.history import Operation, Phase
from tests.faults.verdict import Finding, diverged, lost

MARKED: Mapping[str, tuple[str, str, str]] = {
    "publish": ("scheduler", "offers", "title"),
    "schedule": ("scheduler", "occurrences", "title"),
    "goal": ("profile", "goals", "words"),
    "project": ("community", "projects", "title"),
    "hours": ("community", "hours", "what"),
}
"""Kinds whose document carries the operation's own mark: in which collection, and in which field."""


def check_operations(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    """Every kind of operation against the stores."""
    by_kind: dict[str, list[Operation]] = {}
    for operation in operations:
        by_kind.setdefault(operation.kind, []).append(operation)
    for kind in MARKED:
        yield from _marked(kind, by_kind.get(kind, []), found)
    for kind, check in CHECKS.items():
        yield from check(by_kind.get(kind, []), found)
    yield from _repeated(operations)


def _marked(kind: str, operations: Iterable[Operation], found: Evidence) -> Iterator[Finding]:
    service, collection, name = MARKED[kind]
    times = counted(row[name] for row in found.rows(service, collection))
    for operation in operations:
        count = times.get(operation.asked[name], 0)
        if operation.state is Phase.OK and count == 0:
            yield lost(kind, f"{operation.op_id} was acknowledged and is not there")
        if operation.state is Phase.FAIL and count:
            yield diverged(kind, f"{operation.op_id} was refused and is there all the same")
        if count > 1:
            yield diverged(kind, f"{operation.op_id} is there {count} times")


def places_of(found: Evidence) -> dict[str, Row]:
    """Every place of every week by its id, with the student it is for."""
    return {
        place["placement_id"]: {**place, "student_id": week["student_id"]}
        for week in found.rows("scheduler", "weeks")
        for place in week["places"]
    }


def _booked(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    places = places_of(found)
    for operation in operations:
        for placement_id in {answer["answer"]["placement_id"] for answer in operation.answers}:
            place = places.get(placement_id)
            if place is None or place["student_id"] != operation.asked["student_id"]:
                yield lost("book", f"{operation.op_id}: {placement_id} was acknowledged and is not there")
    chosen = counted(_pair(place) for place in places.values() if place["cause"] == "chosen" and place["occurrence_id"])
    possible = counted(_pair(one.asked) for one in operations if one.state is not Phase.FAIL)
    for pair, count in chosen.items():
        if count > possible.get(pair, 0):
            yield diverged("book", f"{count} places of {pair}, which {possible.get(pair, 0)} requests can explain")


def _pair(named: Mapping[str, Any]) -> tuple[str, str]:
    return named["student_id"], named["occurrence_id"]


def _cancelled(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    places = places_of(found)
    asked = {operation.asked["placement_id"]: operation for operation in operations}
    for placement_id, operation in asked.items():
        place = places.get(placement_id)
        if operation.state is Phase.OK and (place is None or place["cancelled_at"] is None):
            yield lost("cancel", f"{operation.op_id}: {placement_id} was given back and is still held")
    for placement_id, place in places.items():
        by_hand = place["cancelled_at"] is not None and place["reason"] == "by-student"
        if by_hand and (placement_id not in asked or asked[placement_id].state is Phase.FAIL):
            yield diverged("cancel", f"{placement_id} is cancelled and nobody did it")


def _waited(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    waiting = {entry["entry_id"] for row in found.rows("scheduler", "occurrences") for entry in row["waiting"]}
    ended = found.facts("scheduler.waitlist_entry.promoted.v1", "scheduler.waitlist_entry.left.v1")
    left = {row["key"] for row in ended}
    for operation in operations:
        for entry_id in {answer["answer"]["entry_id"] for answer in operation.answers}:
            if entry_id not in waiting | left:
                yield lost("wait", f"{operation.op_id}: {entry_id} was acknowledged and neither waits nor got a seat")


def _rolled(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    places = places_of(found)
    for operation in operations:
        for entry in operation.asked["entries"] if operation.state is Phase.OK else ():
            place = places.get(entry["placement_id"])
            if place is None or place["attendance"] != entry["attendance"]:
                yield lost("roll", f"{operation.op_id}: {entry['placement_id']} does not say {entry['attendance']}")


def _locked(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    blocks = {row["_id"]: row for row in found.rows("scheduler", "blocks")}
    for operation in operations:
        if operation.state is Phase.OK and blocks[operation.asked["block_id"]]["locked_at"] is None:
            yield lost("lock", f"{operation.op_id}: {operation.asked['block_id']} is open")


def _listed(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    known = counted(number for row in found.rows("profile", "people") for number in row.get("source_ids", ()))
    active = {
        number for row in found.rows("profile", "people") if row["active"] for number in row.get("source_ids", ())
    }
    for operation in operations:
        for number in operation.asked["numbers"]:
            if operation.state is Phase.OK and number not in active:
                yield lost("roster", f"{operation.op_id} was applied and {number} is not listed")
            if known.get(number, 0) > 1:
                yield diverged("roster", f"{number} is {known[number]} people")


def _forgotten(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    known = {row["_id"] for row in found.rows("profile", "people")}
    for operation in operations:
        if operation.state is Phase.OK and operation.asked["person_id"] in known:
            yield lost("forget", f"{operation.op_id}: {operation.asked['person_id']} is still known")


def _repeated(operations: Iterable[Operation]) -> Iterator[Finding]:
    """The same request again has the same answer; a roll has no key, and says each time what it changed."""
    for operation in operations:
        if operation.kind in ("roll", "retaken"):
            continue
        first = operation.answers[0] if operation.answers else None
        if any(answer != first for answer in operation.answers):
            yield diverged(operation.kind, f"{operation.op_id} was answered in two ways")


CHECKS: Mapping[str, Callable[[Sequence[Operation], Evidence], Iterator[Finding]]] = {
    "book": _booked,
    "cancel": _cancelled,
    "wait": _waited,
    "roll": _rolled,
    "lock": _locked,
    "roster": _listed,
    "forget": _forgotten,
}

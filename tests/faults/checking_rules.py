"""Checking rules that hold whatever happens: seats never above the cap, one place a minute, counts that add up."""

from collections.abc import Iterator
from itertools import pairwise

from tests.faults.evidence import Evidence, Row, counted
from tests.faults.verdict import Finding, diverged


def check_rules(found: Evidence) -> Iterator[Finding]:
    """All rules of seats and time."""
    held = counted(
        place["occurrence_id"]
        for week in found.rows("scheduler", "weeks")
        for place in week["places"]
        if place["cancelled_at"] is None and place["occurrence_id"]
    )
    for row in found.rows("scheduler", "occurrences"):
        yield from _seats(row, held.get(row["_id"], 0))
    for week in found.rows("scheduler", "weeks"):
        yield from _one_place_a_minute(week)
    for day in found.rows("scheduler", "resource_days"):
        yield from _within_limit(day)


def _seats(row: Row, held: int) -> Iterator[Finding]:
    if row["taken"] != held:
        yield diverged("seats", f"{row['_id']} counts {row['taken']} seats taken, and {held} places are held")
    if row["cap"] is not None and held > row["cap"]:
        yield diverged("seats", f"{row['_id']} has {held} places held, of {row['cap']}")
    students = [entry["student_id"] for entry in row["waiting"]]
    if len(students) != len(set(students)):
        yield diverged("waiting", f"{row['_id']} has somebody waiting twice")


def _one_place_a_minute(week: Row) -> Iterator[Finding]:
    held = sorted((p for p in week["places"] if p["cancelled_at"] is None), key=lambda place: place["starts_at"])
    for one, next_one in pairwise(held):
        if next_one["starts_at"] < one["ends_at"]:
            yield diverged("time", f"{week['_id']}: {one['placement_id']} and {next_one['placement_id']} overlap")


def _within_limit(day: Row) -> Iterator[Finding]:
    """At no moment is more in use than there is: it is enough to look at the moments at which a use begins."""
    for use in day["uses"]:
        moment = use["starts_at"]
        taken = sum(each["taken"] for each in day["uses"] if each["starts_at"] <= moment < each["ends_at"])
        if taken > day["limit"]:
            yield diverged("space", f"{day['_id']}: {taken} in use at {moment}, of {day['limit']}")

"""Checking facts: no event without its state, no state without its event, each sent, in order, and heard once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.faults.checking_operations import places_of
from tests.faults.evidence import Evidence, Row
from tests.faults.verdict import Finding, diverged, lost

MADE: Mapping[str, tuple[str, str, str]] = {
    "scheduler.offer.published.v1": ("scheduler", "offers", "offer_id"),
    "scheduler.occurrence.scheduled.v1": ("scheduler", "occurrences", "occurrence_id"),
    "profile.goal.written.v1": ("profile", "goals", "goal_id"),
    "profile.school.listed.v1": ("profile", "schools", "school_id"),
    "profile.class.listed.v1": ("profile", "classes", "class_id"),
    "profile.person.listed.v1": ("profile", "people", "person_id"),
    "community.project.proposed.v1": ("community", "projects", "project_id"),
    "community.hours.logged.v1": ("community", "hours", "hours_id"),
}
"""Facts that announce a document: each of these has one, and each of those was announced."""


def check_facts(found: Evidence) -> Iterator[Finding]:
    """Everything about facts that needs no history."""
    yield from _announced(found)
    yield from _placements(found)
    yield from _teams(found)
    yield from _sent(found)
    yield from _ordered(found)
    yield from _heard(found)
    yield from _notices(found)


def _announced(found: Evidence) -> Iterator[Finding]:
    gone = {row["data"]["person_id"] for row in found.facts("profile.person.forgotten.v1")}
    for name, (service, collection, key) in MADE.items():
        told = {row["data"][key] for row in found.facts(name)}
        there = {row["_id"] for row in found.rows(service, collection)}
        yield from (diverged("state without event", f"{collection} {one}") for one in sorted(there - told))
        missing = {row["data"][key]: row for row in found.facts(name) if row["data"][key] in told - there}
        for one, row in sorted(missing.items()):
            if not gone & {row["data"].get("person_id"), row["data"].get("student_id")}:
                yield lost("event without state", f"{name} {one}")


def _placements(found: Evidence) -> Iterator[Finding]:
    """A place, given back or attended, is what its facts say."""
    gone = {row["data"]["person_id"] for row in found.facts("profile.person.forgotten.v1")}
    told: dict[str, str] = {}
    for row in found.facts("scheduler.placement.made.v1"):
        if row["data"]["student_id"] not in gone:
            told[row["key"]] = "held"
    for row in found.facts("scheduler.placement.cancelled.v1"):
        if row["data"]["student_id"] not in gone:
            told[row["key"]] = "cancelled"
    stored = {key: "held" if place["cancelled_at"] is None else "cancelled" for key, place in places_of(found).items()}
    yield from _compared("placement", told, stored)
    attended = {row["key"]: row["data"]["attendance"] for row in found.facts("scheduler.placement.attended.v1")}
    marked = {key: place["attendance"] for key, place in places_of(found).items() if place["attendance"] is not None}
    yield from _compared("attendance", {key: one for key, one in attended.items() if key in stored}, marked)


def _teams(found: Evidence) -> Iterator[Finding]:
    """A team is who joined and did not leave."""
    told: dict[str, set[str]] = {}
    turns = found.facts("community.project.member_joined.v1", "community.project.member_left.v1")
    for row in sorted(turns, key=lambda row: (row["key"], row["sequence"])):
        team = told.setdefault(row["key"], set())
        (team.add if "joined" in row["type"] else team.discard)(row["data"]["person_id"])
    stored = {row["_id"]: {one["person_id"] for one in row["members"]} for row in found.rows("community", "projects")}
    yield from _compared(
        "team", {key: team for key, team in told.items() if team}, {k: t for k, t in stored.items() if t}
    )


def _compared(rule: str, told: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[Finding]:
    for key in sorted(told.keys() | stored.keys()):
        if key not in stored:
            yield lost(rule, f"{key}: the facts say {told[key]}, and it is not there")
        elif told.get(key) != stored[key]:
            yield diverged(rule, f"{key}: the facts say {told.get(key)}, the store says {stored[key]}")


def _sent(found: Evidence) -> Iterator[Finding]:
    """What is marked as sent is in its topic; what is in a topic was announced."""
    there = {sent.event_id for sent in found.sent}
    for event_id, row in found.outbox.items():
        if row["sent_at"] is None:
            yield diverged("relay", f"{row['type']} {event_id} still waits")
        elif event_id not in there:
            yield lost("relay", f"{row['type']} {event_id} is marked as sent and is in no topic")
    for event_id in sorted(there - found.outbox.keys()):
        yield diverged("event without state", f"{event_id} is in a topic and in no outbox")


def _ordered(found: Evidence) -> Iterator[Finding]:
    """The first time each fact of a key comes, it comes after all that were announced before it."""
    newest: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    for sent in found.sent:
        if sent.event_id in seen:
            continue
        seen.add(sent.event_id)
        known = newest.get((sent.topic, sent.key), -1)
        if sent.sequence <= known:
            yield diverged("order", f"{sent.topic} {sent.key}: {sent.sequence} came first after {known}")
        newest[sent.topic, sent.key] = max(known, sent.sequence)


def repeats(found: Evidence) -> Iterator[Finding]:
    """Facts that a topic holds more than once: allowed after a crash, and never where nothing crashed."""
    seen: set[str] = set()
    for sent in found.sent:
        if sent.event_id in seen:
            yield diverged("repeat", f"{sent.type} {sent.event_id} is in {sent.topic} again, at {sent.offset}")
        seen.add(sent.event_id)


def _heard(found: Evidence) -> Iterator[Finding]:
    for service, sent in found.unheard:
        yield lost("consumer", f"{service} has not done {sent.type} {sent.event_id}, and has moved on")


def _notices(found: Evidence) -> Iterator[Finding]:
    """Nobody is told the same twice."""
    told: set[tuple[Any, ...]] = set()
    for row in _with_facts(found.rows("gateway", "notices")):
        same = (row["person_id"], row["fact_id"], row["code"])
        if same in told:
            yield diverged("notice", f"{same} twice")
        told.add(same)


def _with_facts(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if row.get("fact_id"))

"""Who are my learners, and who of them has not moved for long? Those whom an educator teaches, stale ones first."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from contracts.people import Role
from kit.auth import Caller
from kit.edge import Reader
from kit.mongo import Document
from services.profile.domain.evidence import EvidenceState
from services.profile.domain.goals import OPEN, Goal, GoalState
from services.profile.domain.pace import PlacementState, Standing, pace_of
from services.profile.domain.targets import ProposalState
from services.profile.store.growth import EVIDENCE, GOAL, GOAL_PLACEMENTS, GOALS, PROPOSALS
from services.profile.store.people import PEOPLE
from services.profile.views.names import names_for

T = TypeVar("T")
# Whoever has not moved for this long is stale, however much longer it is.
LOOK_BACK = timedelta(days=180)
# More learners than anybody teaches; whoever does is shown this many.
MOST_LEARNERS = 2000
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGoalShown:
    """An open goal in the learner's words, and how it stands against their own dates."""

    goal_id: str
    words: str
    state: GoalState
    ends_on: date | None
    standing: Standing
    steps_done: int
    steps_in_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerOfMine:
    """A learner whom the educator teaches. `name` is null where it is not the caller's to see.

    `last_moved_at`: the last time they handed something in, worked at or moved a goal; null: not for half a year.
    """

    person_id: str
    name: str | None
    class_ids: tuple[str, ...]
    grades: tuple[str, ...]
    goals: tuple[OpenGoalShown, ...]
    evidence_waiting: int
    waiting_since: datetime | None
    proposals_open: int
    last_moved_at: datetime | None


@dataclass(slots=True)
class _Known:
    """What is known of each learner, by their id."""

    goals: Mapping[str, list[Goal]]
    waiting: Mapping[str, list[datetime]]
    proposals: Mapping[str, int]
    moved_at: Mapping[str, datetime]


async def taught_by(reader: Reader, educator_id: str) -> list[Document]:
    """The active learners of an educator's classes, in two queries: id, classes, grades."""
    educator = await reader[PEOPLE].one({"_id": educator_id}, ["teaches_class_ids"])
    taught = list(educator["teaches_class_ids"]) if educator else []
    if not taught:
        return []
    where = {"lists": {"$in": taught}, "class_ids": {"$in": taught}, "active": True, "roles.role": Role.LEARNER.value}
    fields = ["class_ids", "grades"]
    rows = await reader[PEOPLE].find(where, sort=[("_id", 1)], limit=MOST_LEARNERS, fields=fields)
    return [row | {"class_ids": sorted(set(row["class_ids"]) & set(taught))} for row in rows]


async def my_learners(
    reader: Reader, caller: Caller, educator_id: str, after: tuple[datetime, str], limit: int, today: date
) -> list[LearnerOfMine]:
    """Up to `limit` of an educator's learners, from the one after `after` on; who moved longest ago comes first.

    The same seven queries, whatever the number of learners.
    """
    rows = await taught_by(reader, educator_id)
    known = await _known(reader, [row["_id"] for row in rows], today)
    ranked = sorted(rows, key=lambda row: _rank(row, known))
    shown = [row for row in ranked if _rank(row, known) > after][:limit]
    names = {
        name.person_id: name.name for name in await names_for(reader[PEOPLE], caller, [row["_id"] for row in shown])
    }
    return [_learner(row, known, names.get(row["_id"]), today) for row in shown]


def _rank(row: Document, known: _Known) -> tuple[datetime, str]:
    return known.moved_at.get(row["_id"], LONG_AGO), row["_id"]


async def _known(reader: Reader, person_ids: Sequence[str], today: date) -> _Known:
    since = datetime.combine(today, datetime.min.time(), UTC) - LOOK_BACK
    theirs = {"person_id": {"$in": list(person_ids)}}
    waits, lately = {"state": EvidenceState.HANDED_IN.value}, {"at": {"$gte": since}}
    attended = {"state": PlacementState.ATTENDED.value, "starts_at": {"$gte": since}}
    goal_rows, evidence, proposals, placements = await asyncio.gather(
        reader[GOALS].find(theirs | {"state": {"$in": sorted(OPEN)}}),
        reader[EVIDENCE].find(theirs | {"$or": [waits, lately]}, fields=["person_id", "state", "at"]),
        reader[PROPOSALS].find(theirs | {"state": ProposalState.OPEN.value}, fields=["person_id"]),
        reader[GOAL_PLACEMENTS].find(theirs | attended, fields=["person_id", "ends_at"]),
    )
    goals = [GOAL.unpack(row) for row in goal_rows]
    moved = [(row["person_id"], row["at"]) for row in evidence]
    moved += [(row["person_id"], row["ends_at"]) for row in placements]
    moved += [(goal.person_id, at) for goal in goals for at in _moves(goal)]
    return _Known(
        goals=_by_person([(goal.person_id, goal) for goal in goals]),
        waiting=_by_person([(row["person_id"], row["at"]) for row in evidence if row["state"] == waits["state"]]),
        proposals={key: len(rows) for key, rows in _by_person([(row["person_id"], row) for row in proposals]).items()},
        moved_at={key: max(found) for key, found in _by_person(moved).items() if max(found) >= since},
    )


def _moves(goal: Goal) -> list[datetime]:
    """When the learner moved this goal themselves."""
    turns = [turn.at for turn in goal.turns if turn.by == goal.person_id]
    return [goal.written_at, *turns, *(step.done_at for step in goal.steps if step.done_at is not None)]


def _by_person(pairs: Sequence[tuple[str, T]]) -> dict[str, list[T]]:
    found = defaultdict[str, list[T]](list)
    for person_id, value in pairs:
        found[person_id].append(value)
    return found


def _learner(row: Document, known: _Known, name: str | None, today: date) -> LearnerOfMine:
    person_id = row["_id"]
    waiting = known.waiting.get(person_id, [])
    return LearnerOfMine(
        person_id=person_id,
        name=name,
        class_ids=tuple(row["class_ids"]),
        grades=tuple(row["grades"]),
        goals=tuple(_goal(goal, today) for goal in known.goals.get(person_id, [])),
        evidence_waiting=len(waiting),
        waiting_since=min(waiting, default=None),
        proposals_open=known.proposals.get(person_id, 0),
        last_moved_at=known.moved_at.get(person_id),
    )


def _goal(goal: Goal, today: date) -> OpenGoalShown:
    pace = pace_of(goal, (), today)
    return OpenGoalShown(
        goal_id=goal.goal_id,
        words=goal.words,
        state=goal.state,
        ends_on=goal.ends_on,
        standing=pace.standing,
        steps_done=pace.steps_done,
        steps_in_all=pace.steps_in_all,
    )

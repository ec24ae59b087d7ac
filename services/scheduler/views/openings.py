"""What is open to me? Occurrences with the reason why they fit, and spaces for own work."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kit.directory import PEOPLE
from kit.edge import Reader
from kit.mongo import Document
from kit.refusals import refuse
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.booking import NoSuchBlock
from services.scheduler.domain.day_patterns import check_range
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.occurrences import Occurrence, reasons_against
from services.scheduler.domain.openings import (
    Held,
    NoSuchOpenGoal,
    State,
    Suggestion,
    is_taken,
    serves_goal,
    state_of,
    suggest,
)
from services.scheduler.domain.resource_days import ResourceDay, left, own_work, resource_day_id, used
from services.scheduler.domain.rounds import Hold
from services.scheduler.domain.spaces import Space, own_work_left
from services.scheduler.store.blocks import BLOCKS, block_of, blocks_between
from services.scheduler.store.learners import LEARNERS, heard_of, learner_of, student_of
from services.scheduler.store.occurrences import OCCURRENCES, occurrences_between
from services.scheduler.store.resource_days import RESOURCE_DAYS, resource_days_between
from services.scheduler.store.rounds import HOLDS, holds_at
from services.scheduler.store.spaces import SPACES, own_work_spaces
from services.scheduler.store.weeks import WEEKS, unpack_week

LONGEST_LOOK = timedelta(days=13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose openings, from when until when (both included), narrowed to a block, a tag or a goal; and which part of
    the ranked list."""

    person_id: str
    first: date
    last: date
    block_id: str | None = None
    tag: str | None = None
    goal_id: str | None = None
    start: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """An occurrence that the learner may have, why it fits, what they can do about it, and what is left of it."""

    suggestion: Suggestion
    state: State
    room: int | None


@dataclass(frozen=True, slots=True)
class OwnWorkSeats:
    """A space that the learner may book for their own work in a block."""

    block: Block
    space: Space
    seats_left: int
    state: State


@dataclass(frozen=True, slots=True)
class Openings:
    """The part asked for, ranked; `total` counts all. `heard`: per source, when the newest fact was announced."""

    openings: list[Opening]
    total: int
    own_work: list[OwnWorkSeats]
    heard: Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True)
class _Own:
    """The learner's own rows."""

    student: Student
    learner: Learner
    places: list[Held]
    heard: Mapping[str, datetime | None]


async def get_openings(reader: Reader, question: Question, now: datetime) -> Openings:
    """What is open to a learner. Two rounds of indexed reads, however many learners the district has.

    Raises: Refusals of RangeOutOfBounds, NoSuchBlock, NoSuchOpenGoal.
    """
    question = await _narrow(reader, question)
    own = await _own_rows(reader, question)
    if question.goal_id is not None and own.learner.goal(question.goal_id) is None:
        raise refuse(NoSuchOpenGoal())
    schools, days = sorted(own.student.school_ids), (question.first, question.last)
    occurrences, blocks, spaces, uses, holds = await asyncio.gather(
        occurrences_between(reader[OCCURRENCES], schools, *days),
        blocks_between(reader[BLOCKS], schools, *days),
        own_work_spaces(reader[SPACES], schools),
        resource_days_between(reader[RESOURCE_DAYS], schools, *days),
        holds_at(reader[HOLDS], schools),
    )
    suggestions = _suggestions(question, own, occurrences, now)
    shown = suggestions[question.start : question.start + question.limit]
    return Openings(
        openings=[_opening(suggestion, own, uses, holds, now) for suggestion in shown],
        total=len(suggestions),
        own_work=list(_own_work(question, own, blocks, spaces, uses, now)),
        heard=own.heard,
    )


async def _narrow(reader: Reader, question: Question) -> Question:
    """The question with the day of the block that it names."""
    if question.block_id is None:
        check_range(question.first, question.last, LONGEST_LOOK)
        return question
    block = await block_of(reader[BLOCKS], question.block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    return replace(question, first=block.day, last=block.day)


async def _own_rows(reader: Reader, question: Question) -> _Own:
    weeks = {"student_id": question.person_id, "week": {"$in": _weeks(question.first, question.last)}}
    person, row, found = await asyncio.gather(
        reader[PEOPLE].get(question.person_id), reader[LEARNERS].get(question.person_id), reader[WEEKS].find(weeks)
    )
    student = student_of(person) if person else Student(student_id=question.person_id, active=False)
    return _Own(student, learner_of(row, question.person_id), list(_places(found)), heard_of(row))


def _weeks(first: date, last: date) -> list[str]:
    """The weeks that these days can lie in, wherever the district's midnight is."""
    days = [first + timedelta(days=offset) for offset in range(-1, (last - first).days + 2)]
    return sorted({f"{day.isocalendar().year}-W{day.isocalendar().week:02d}" for day in days})


def _places(found: Sequence[Document]) -> Iterable[Held]:
    for document in found:
        for place in unpack_week(document).places:
            if place.held:
                yield Held(place.occurrence_id, place.starts_at, place.ends_at)


def _suggestions(question: Question, own: _Own, occurrences: Sequence[Occurrence], now: datetime) -> list[Suggestion]:
    fitting = [occurrence for occurrence in occurrences if _is_asked_for(question, own, occurrence)]
    ranked = suggest(own.learner, fitting, now)
    goal_id = question.goal_id
    return ranked if goal_id is None else [suggestion for suggestion in ranked if serves_goal(suggestion, goal_id)]


def _opening(
    suggestion: Suggestion, own: _Own, uses: Mapping[str, ResourceDay], holds: Mapping[str, Hold], now: datetime
) -> Opening:
    occurrence = suggestion.occurrence
    room = _room(occurrence, uses)
    return Opening(suggestion, state_of(occurrence, own.places, room, now, holds.get(occurrence.block_id)), room)


def _is_asked_for(question: Question, own: _Own, occurrence: Occurrence) -> bool:
    """Whether the learner is eligible (or has a place there all the same) and the filters fit."""
    fits = question.block_id in (None, occurrence.block_id) and (
        question.tag is None or question.tag in occurrence.tags
    )
    has = any(held.occurrence_id == occurrence.occurrence_id for held in own.places)
    return fits and (has or not reasons_against(occurrence, own.student))


def _room(occurrence: Occurrence, uses: Mapping[str, ResourceDay]) -> int | None:
    """For how many more students the space and the equipment last; None: neither is needed."""
    rooms = [] if occurrence.space_id is None else [_left(uses, occurrence, occurrence.space_id, 1)]
    rooms += [_left(uses, occurrence, need.pool_id, need.each_seat) for need in occurrence.equipment if need.each_seat]
    return min((room for room in rooms if room is not None), default=None)


def _left(uses: Mapping[str, ResourceDay], occurrence: Occurrence, resource_id: str, each: int) -> int | None:
    day = uses.get(resource_day_id(resource_id, occurrence.day))
    return None if day is None else left(day, occurrence.starts_at, occurrence.ends_at) // each


def _own_work(
    question: Question,
    own: _Own,
    blocks: Sequence[Block],
    spaces: Sequence[Space],
    uses: Mapping[str, ResourceDay],
    now: datetime,
) -> Iterable[OwnWorkSeats]:
    """Spaces with seats in blocks that still change, on the first page. A tag asks for offers; own work has none."""
    if question.start or question.tag is not None or not own.student.active:
        return
    for block in blocks:
        if block.cancelled or block.locked_at or question.block_id not in (None, block.block_id):
            continue
        for space in spaces:
            if space.school_id == block.school_id:
                seats = _seats(space, block, uses)
                yield OwnWorkSeats(block, space, seats, _own_work_state(block, own, seats, now))


def _seats(space: Space, block: Block, uses: Mapping[str, ResourceDay]) -> int:
    day = uses.get(resource_day_id(space.space_id, block.day))
    if day is None:
        return own_work_left(space, space.legal_limit, 0)
    return own_work_left(space, left(day, block.starts_at, block.ends_at), used(day, own_work(block.block_id)))


def _own_work_state(block: Block, own: _Own, seats: int, now: datetime) -> State:
    if now >= block.closes_at:
        return "closed"
    if now < block.opens_at:
        return "not-yet"
    if is_taken(own.places, block.starts_at, block.ends_at):
        return "overlaps"
    return "open" if seats > 0 else "full"

"""What is open to me? Occurrences with the reason why they fit, and spaces for own work."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kit.directory import PEOPLE
from kit.edge import Reader
from kit.refusals import refuse
from services.scheduler.domain.blocks import Block, NoSuchBlock
from services.scheduler.domain.booking import check_at, open_goal
from services.scheduler.domain.day_patterns import check_range
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.occurrences import Occurrence
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
from services.scheduler.domain.weeks import Week
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.learners import LEARNER, LEARNERS
from services.scheduler.store.ledger import student_of
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.rounds import HOLD, HOLDS
from services.scheduler.store.spaces import SPACE, SPACES
from services.scheduler.store.weeks import WEEK, WEEKS

LONGEST_LOOK = timedelta(days=13)
MOST_ALTERNATIVES = 3
HAD: tuple[State, ...] = ("open", "yours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose openings, from when until when (both included), narrowed to a block, tag, goal, space or host; and which
    part of the ranked list."""

    person_id: str
    first: date
    last: date
    block_id: str | None = None
    tag: str | None = None
    goal_id: str | None = None
    space_id: str | None = None
    host_id: str | None = None
    start: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """An occurrence that the learner may have, why it fits, what they can do about it, and what is left of it.

    `alternatives`: where it cannot be had, other occurrences of the same offer that are open to them, soonest first.
    """

    suggestion: Suggestion
    state: State
    room: int | None
    alternatives: tuple[Occurrence, ...] = ()


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
class _Seats:
    """What is taken of spaces and pools by day, and what rounds hold by block."""

    uses: Mapping[str, ResourceDay]
    holds: Mapping[str, Hold]


@dataclass(frozen=True, slots=True)
class _Own:
    """The learner's own rows."""

    student: Student
    learner: Learner
    places: list[Held]


async def get_openings(reader: Reader, question: Question, now: datetime) -> Openings:
    """What is open to a learner. Two rounds of indexed reads, however many learners the district has.

    Raises: Refusals of RangeOutOfBounds, NoSuchBlock, NoSuchOpenGoal.
    """
    question = await _narrow(reader, question)
    own = await _own_rows(reader, question)
    if question.goal_id is not None and open_goal(own.learner, question.goal_id) is None:
        raise refuse(NoSuchOpenGoal())
    here = {"school_id": {"$in": sorted(own.student.school_ids)}}
    then = here | {"day": {"$gte": question.first.isoformat(), "$lte": question.last.isoformat()}}
    in_time_order = [("day", 1), ("starts_at", 1)]
    occurrences, blocks, spaces, days, held = await asyncio.gather(
        OCCURRENCE.find(reader[OCCURRENCES], then | {"cancelled": False}, sort=[*in_time_order, ("_id", 1)]),
        BLOCK.find(reader[BLOCKS], then, sort=in_time_order),
        SPACE.find(reader[SPACES], here | {"own_work": True}, sort=[("_id", 1)]),
        RESOURCE_DAY.find(reader[RESOURCE_DAYS], then),
        HOLD.find(reader[HOLDS], here),
    )
    seats = _Seats({day.day_id: day for day in days}, {hold.block_id: hold for hold in held})
    suggestions = _suggestions(question, own, occurrences, now)
    shown = suggestions[question.start : question.start + question.limit]
    return Openings(
        openings=_with_alternatives([_opening(one, own, seats, now) for one in shown], own, occurrences, seats, now),
        total=len(suggestions),
        own_work=list(_own_work(question, own, blocks, spaces, seats.uses, now)),
        heard=_heard(own.learner),
    )


async def _narrow(reader: Reader, question: Question) -> Question:
    """The question with the day of the block that it names."""
    if question.block_id is None:
        check_range(question.first, question.last, LONGEST_LOOK)
        return question
    block = await BLOCK.get(reader[BLOCKS], question.block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    return replace(question, first=block.day, last=block.day)


async def _own_rows(reader: Reader, question: Question) -> _Own:
    person_id = question.person_id
    in_weeks = {"student_id": person_id, "week": {"$in": _weeks(question.first, question.last)}}
    person, known, weeks = await asyncio.gather(
        reader[PEOPLE].get(person_id),
        LEARNER.get(reader[LEARNERS], person_id),
        WEEK.find(reader[WEEKS], in_weeks),
    )
    student = student_of(person) if person else Student(student_id=person_id, active=False)
    return _Own(student, known or Learner(person_id=person_id), [place for week in weeks for place in _held(week)])


def _weeks(first: date, last: date) -> list[str]:
    """The weeks that these days can lie in, wherever the district's midnight is."""
    days = [first + timedelta(days=offset) for offset in range(-1, (last - first).days + 2)]
    return sorted({f"{day.isocalendar().year}-W{day.isocalendar().week:02d}" for day in days})


def _held(week: Week) -> Iterable[Held]:
    for place in week.places:
        if place.cancelled_at is None:
            yield Held(place.occurrence_id, place.starts_at, place.ends_at)


def _heard(learner: Learner) -> dict[str, datetime | None]:
    """When the newest fact about a learner was announced, per source; None: nothing was heard from it."""
    moments = {
        "interests": [learner.interests_at] if learner.interests_at else [],
        "goals": list(learner.goals_at.values()),
        "skills": [skill.grown_at for skill in learner.skills.values()],
        "projects": [project.shown_at for project in learner.projects.values()],
    }
    return {source: max(found, default=None) for source, found in moments.items()}


def _suggestions(question: Question, own: _Own, occurrences: Sequence[Occurrence], now: datetime) -> list[Suggestion]:
    fitting = [occurrence for occurrence in occurrences if _is_asked_for(question, own, occurrence)]
    ranked = suggest(own.learner, fitting, now)
    goal_id = question.goal_id
    return ranked if goal_id is None else [suggestion for suggestion in ranked if serves_goal(suggestion, goal_id)]


def _opening(suggestion: Suggestion, own: _Own, seats: _Seats, now: datetime) -> Opening:
    occurrence = suggestion.occurrence
    return Opening(suggestion, _state(occurrence, own, seats, now), _room(occurrence, seats.uses))


def _state(occurrence: Occurrence, own: _Own, seats: _Seats, now: datetime) -> State:
    room, hold = _room(occurrence, seats.uses), seats.holds.get(occurrence.block_id)
    return state_of(occurrence, own.places, room, now, hold)


def _with_alternatives(
    openings: list[Opening], own: _Own, occurrences: Sequence[Occurrence], seats: _Seats, now: datetime
) -> list[Opening]:
    """The openings, those that cannot be had with what would work instead, of all that was read for the question."""
    refused = {opening.suggestion.occurrence.offer_id for opening in openings if opening.state not in HAD}
    others: dict[str, list[Occurrence]] = {offer_id: [] for offer_id in refused}
    for one in occurrences:
        found = others.get(one.offer_id)
        if found is not None and len(found) < MOST_ALTERNATIVES and _is_open(one, own, seats, now):
            found.append(one)
    return [
        opening if opening.state in HAD else replace(opening, alternatives=tuple(others[_offer_of(opening)]))
        for opening in openings
    ]


def _offer_of(opening: Opening) -> str:
    return opening.suggestion.occurrence.offer_id


def _is_open(occurrence: Occurrence, own: _Own, seats: _Seats, now: datetime) -> bool:
    return _state(occurrence, own, seats, now) == "open" and _is_eligible(occurrence, own)


def _is_eligible(occurrence: Occurrence, own: _Own) -> bool:
    return not check_at(occurrence.eligibility, own.student, occurrence.school_id)


def _is_asked_for(question: Question, own: _Own, occurrence: Occurrence) -> bool:
    """Whether the learner is eligible (or has a place there all the same) and the filters fit."""
    fits = (
        question.block_id in (None, occurrence.block_id)
        and question.space_id in (None, occurrence.space_id)
        and (question.host_id is None or question.host_id in occurrence.host_ids)
        and (question.tag is None or question.tag in occurrence.tags)
    )
    has = any(held.occurrence_id == occurrence.occurrence_id for held in own.places)
    return fits and (has or _is_eligible(occurrence, own))


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
    """Spaces with seats in blocks that still change, on the first page. Own work has neither tags nor hosts."""
    if question.start or question.tag is not None or question.host_id is not None or not own.student.active:
        return
    for block in blocks:
        if block.cancelled or block.locked_at or question.block_id not in (None, block.block_id):
            continue
        for space in spaces:
            if space.school_id == block.school_id and question.space_id in (None, space.space_id):
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

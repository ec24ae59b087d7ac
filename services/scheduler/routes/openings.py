"""What is open to a learner, over HTTP."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Query

from kit.paging import PageAskDep, StaleCursor
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, person_in
from kit.problems import NoSuchMember
from kit.request import EdgeDep
from kit.routes import Routes
from kit.shapes import Shape
from services.scheduler.domain.blocks import Block, NoSuchBlock
from services.scheduler.domain.day_patterns import RangeOutOfBounds
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.openings import NoSuchOpenGoal, Reason, State, places_left
from services.scheduler.routes.fields import Day, PathId, QueryId
from services.scheduler.routes.subjects import READ
from services.scheduler.views.openings import Opening, Openings, OwnWorkSeats, Question, get_openings

routes = Routes(prefix="/v1", tags=["openings"])
THEIR_OWN = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", CLASS),
    ("administrator", SCHOOL),
    scope=READ,
    subject=person_in("person_id"),
)
A_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonShown:
    """Why it fits: a code, what it is about, and a sentence."""

    code: str
    params: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeShown:
    """Another occurrence of the same offer, which is open to the learner."""

    occurrence_id: str
    block_id: str
    space_id: str | None
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningShown:
    """An occurrence that the learner may have. `state` says what they can do about it.

    `alternatives`: where it cannot be had, up to three other occurrences of the same offer that can.
    """

    occurrence_id: str
    offer_id: str
    block_id: str
    space_id: str | None
    school_id: str
    title: str
    kind: str
    host_ids: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    skills: tuple[str, ...]
    day: date
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    seats_left: int | None
    waiting: int
    state: State
    reasons: tuple[ReasonShown, ...]
    alternatives: tuple[AlternativeShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWorkShown:
    """A space for own work in a block."""

    space_id: str
    name: str
    features: tuple[str, ...]
    block_id: str
    day: date
    starts_at: datetime
    ends_at: datetime
    seats_left: int
    state: State


REASON = Shape(ReasonShown, Reason)
ALTERNATIVE = Shape(AlternativeShown, Occurrence)
OPENING = Shape(OpeningShown, Occurrence, "seats_left", "waiting", "state", "reasons", "alternatives")
OWN_WORK = Shape(OwnWorkShown, Block, "space_id", "name", "features", "seats_left", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningsShown:
    """One page, best first. `as_of`: seats and times are of this moment; `heard`: the newest fact per other source."""

    openings: list[OpeningShown]
    own_work: list[OwnWorkShown]
    next_cursor: str | None
    as_of: datetime
    heard: dict[str, datetime | None]


@routes.get(
    "/people/{person_id}/openings",
    policy=THEIR_OWN,
    refuses=[NoSuchMember, RangeOutOfBounds, NoSuchBlock, NoSuchOpenGoal, StaleCursor],
)
async def get_openings_of(
    person_id: PathId,
    ask: PageAskDep,
    edge: EdgeDep,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    block_id: QueryId | None = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
    goal_id: QueryId | None = None,
    space_id: QueryId | None = None,
    host_id: QueryId | None = None,
) -> OpeningsShown:
    """What is open to a learner, what fits them best first, each with its reasons; and spaces for their own work."""
    begin = first or edge.now.date()
    question = Question(
        person_id=person_id,
        first=begin,
        last=last or begin + A_WEEK,
        block_id=block_id,
        tag=tag,
        goal_id=goal_id,
        space_id=space_id,
        host_id=host_id,
    )
    asked = {"route": "openings", "question": repr(question)}
    start = int(edge.desk.cursors.read(ask.cursor, asked, edge.district_id)[0]) if ask.cursor else 0
    found = await get_openings(edge.reader, replace(question, start=start, limit=ask.limit), edge.now)
    end = start + ask.limit
    cursor = edge.desk.cursors.sign((end,), asked, edge.district_id) if end < found.total else None
    return _shown(found, cursor, edge.now)


def _shown(found: Openings, cursor: str | None, now: datetime) -> OpeningsShown:
    return OpeningsShown(
        openings=[_opening(opening) for opening in found.openings],
        own_work=[_own_work(seats) for seats in found.own_work],
        next_cursor=cursor,
        as_of=now,
        heard=dict(found.heard),
    )


def _opening(opening: Opening) -> OpeningShown:
    occurrence, reasons = opening.suggestion.occurrence, opening.suggestion.reasons
    return OPENING(
        occurrence,
        seats_left=places_left(occurrence, opening.room),
        waiting=len(occurrence.waiting),
        state=opening.state,
        reasons=tuple(REASON(reason) for reason in reasons),
        alternatives=tuple(ALTERNATIVE(other) for other in opening.alternatives),
    )


def _own_work(seats: OwnWorkSeats) -> OwnWorkShown:
    space = seats.space
    given = {"space_id": space.space_id, "name": space.name, "features": space.features}
    return OWN_WORK(seats.block, **given, seats_left=seats.seats_left, state=seats.state)

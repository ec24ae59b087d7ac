"""Placements, over HTTP: booked, looked at, given back."""

from typing import Literal

from kit.auth import Subject
from kit.group_commit import Asked, GroupCommit, TooManyWaiting, WaitedTooLong
from kit.policy import SubjectFinder
from kit.request import Edge, EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.book_places import PLACEMENT, BookPlace, Placement, book_places
from services.scheduler.actions.book_space import BookSpace, book_space
from services.scheduler.actions.cancel_placement import Cancelled, CancelPlacement, cancel_placement
from services.scheduler.domain.blocks import NoSuchBlock
from services.scheduler.domain.no_place import (
    AlreadyPlaced,
    AnotherSchool,
    BlockCancelled,
    Closed,
    GoalUnknown,
    LimitAWeek,
    Locked,
    NotEligible,
    NotYetOpen,
    OccurrenceCancelled,
    OnceADay,
    Overlaps,
    OwnWorkFull,
    OwnWorkNotOffered,
    PlaceNotHeld,
    SessionFull,
)
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.resource_days import EquipmentGone, SpaceFull
from services.scheduler.domain.rounds import HeldForRound
from services.scheduler.domain.spaces import NoSuchSpace
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.domain.weeks import Cause, NoSuchPlacement
from services.scheduler.routes.fields import Id, PathId
from services.scheduler.routes.placing import (
    OWN_WORK_PLACERS,
    PLACEMENT_READERS,
    PLACEMENT_WRITERS,
    PLACERS,
)
from services.scheduler.routes.subjects import occurrence_asked, space_asked
from services.scheduler.views.placement import get_placement

routes = Routes(prefix="/v1", tags=["placements"])
WINDOW = [NotYetOpen, Closed, Locked]
STUDENT = [NoSuchStudent, NotEligible, GoalUnknown, AlreadyPlaced, Overlaps]
SWITCH = [NoSuchPlacement, PlaceNotHeld]
OFTEN = [OnceADay, LimitAWeek]
SEATS = [SessionFull, SpaceFull, EquipmentGone]


class PlaceWanted(Body):
    """Who gets the place, for which goal and step, and which place is left for it (both happen, or neither)."""

    student_id: Id
    goal_id: Id | None = None
    step_id: Id | None = None
    instead_of: Id | None = None


class OwnWorkWanted(Body):
    """Who works there, in which block, for which goal and step."""

    student_id: Id
    block_id: Id
    goal_id: Id | None = None
    step_id: Id | None = None


class GivenBack(Body):
    """Why a place is given back: a code, as it stands on record."""

    reason: Literal["changed-mind", "illness", "clash", "other"] | None = None


def bookings(edge: Edge) -> GroupCommit[BookPlace, Placement]:
    """The one group of this process in which bookings gather."""
    state = edge.app.state
    if not hasattr(state, "bookings"):
        state.bookings = GroupCommit(edge.store, book_places, Placement)
    group: GroupCommit[BookPlace, Placement] = state.bookings
    return group


async def settle_cause(edge: Edge, student_id: str, finder: SubjectFinder) -> Cause:
    """Chosen where a learner asks for themselves; else assigned, once the caller is held against the student.

    Raises: Refusals of NotPermitted.
    """
    if student_id == edge.caller.caller_id and "learner" in edge.caller.role_names():
        return Cause.CHOSEN
    about = await finder(edge.reader, edge.path_params, edge.caller)
    await edge.permit(Subject(student_id, organisations=about.organisations, circles=about.circles))
    return Cause.ASSIGNED


@routes.post(
    "/occurrences/{occurrence_id}/placements",
    policy=PLACERS,
    status_code=201,
    refuses=[
        NoSuchOccurrence, OccurrenceCancelled, HeldForRound, *WINDOW, *STUDENT, *SWITCH, *OFTEN, *SEATS,
        TooManyWaiting, WaitedTooLong,
    ],
)  # fmt: skip
async def post_placement(occurrence_id: PathId, body: PlaceWanted, edge: EdgeDep) -> Placement:
    """Book a place in an occurrence; with `instead_of`, switch to it in one act."""
    cause = await settle_cause(edge, body.student_id, occurrence_asked)
    order = BookPlace(
        placement_id=edge.new_id("place"),
        occurrence_id=occurrence_id,
        student_id=body.student_id,
        caller_id=edge.caller.caller_id,
        cause=cause,
        goal_id=body.goal_id,
        step_id=body.step_id,
        instead_of=body.instead_of,
    )
    placement = await bookings(edge).act(Asked(edge.district_id, edge.trace, order, edge.once))
    edge.location(f"/v1/placements/{placement.placement_id}")
    return placement


@routes.post(
    "/spaces/{space_id}/placements",
    policy=OWN_WORK_PLACERS,
    status_code=201,
    refuses=[
        NoSuchSpace, NoSuchBlock, OwnWorkNotOffered, AnotherSchool, BlockCancelled, *WINDOW, *STUDENT, SpaceFull,
        OwnWorkFull,
    ],
)  # fmt: skip
async def post_own_work(space_id: PathId, body: OwnWorkWanted, edge: EdgeDep) -> Placement:
    """Book a seat in a space for own work in a block, where the space is open to it; no host is needed."""
    cause = await settle_cause(edge, body.student_id, space_asked)
    order = BookSpace(
        placement_id=edge.new_id("place"),
        space_id=space_id,
        block_id=body.block_id,
        student_id=body.student_id,
        caller_id=edge.caller.caller_id,
        cause=cause,
        goal_id=body.goal_id,
        step_id=body.step_id,
    )
    placement = await edge.act(book_space, order)
    edge.location(f"/v1/placements/{placement.placement_id}")
    return placement


@routes.get("/placements/{placement_id}", policy=PLACEMENT_READERS, refuses=[NoSuchPlacement])
async def get_one(placement_id: PathId, edge: EdgeDep) -> Placement:
    """One placement, held or cancelled."""
    week, place = await get_placement(edge.reader, placement_id)
    return PLACEMENT(place, student_id=week.student_id)


@routes.post(
    "/placements/{placement_id}/cancel",
    policy=PLACEMENT_WRITERS,
    refuses=[NoSuchPlacement, PlaceNotHeld, Locked],
)
async def post_cancel(placement_id: PathId, body: GivenBack, edge: EdgeDep) -> Cancelled:
    """Give a place back: whoever waits first gets it at once. To undo, book again while the seat is free."""
    by = "by-staff" if edge.is_staff else "by-student"
    order = CancelPlacement(placement_id, edge.caller.caller_id, body.reason or by)
    return await edge.act(cancel_placement, order)

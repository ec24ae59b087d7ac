"""Waitlists, over HTTP: joined, looked at, left."""

from starlette.responses import Response

from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.join_waitlist import Entry, JoinWaitlist, join_waitlist
from services.scheduler.actions.leave_waitlist import LeaveWaitlist, leave_waitlist
from services.scheduler.domain.no_place import OccurrenceCancelled
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.rounds import HeldForRound
from services.scheduler.domain.waiting import AlreadyWaiting, LineFull, NoSuchEntry, SeatFree
from services.scheduler.routes.fields import Id, PathId
from services.scheduler.routes.placements import OFTEN, STUDENT, SWITCH, WINDOW, settle_cause
from services.scheduler.routes.placing import ENTRY_READERS, ENTRY_WRITERS, PLACERS
from services.scheduler.routes.subjects import occurrence_asked
from services.scheduler.views.placement import get_wait

routes = Routes(prefix="/v1", tags=["waitlist"])


class WaitWanted(Body):
    """Who waits, for which goal and step, and which place a promotion would leave."""

    student_id: Id
    goal_id: Id | None = None
    step_id: Id | None = None
    instead_of: Id | None = None


@routes.post(
    "/occurrences/{occurrence_id}/waitlist",
    policy=PLACERS,
    status_code=201,
    refuses=[
        NoSuchOccurrence, OccurrenceCancelled, HeldForRound, *WINDOW, *STUDENT, *SWITCH, *OFTEN, SeatFree,
        AlreadyWaiting, LineFull,
    ],
)  # fmt: skip
async def post_entry(occurrence_id: PathId, body: WaitWanted, edge: EdgeDep) -> Entry:
    """Join the line of a full occurrence; whoever is first gets the next seat, in the act that frees it."""
    await settle_cause(edge, body.student_id, occurrence_asked)
    order = JoinWaitlist(
        entry_id=edge.new_id("wait"),
        occurrence_id=occurrence_id,
        student_id=body.student_id,
        goal_id=body.goal_id,
        step_id=body.step_id,
        instead_of=body.instead_of,
    )
    entry = await edge.act(join_waitlist, order)
    edge.location(f"/v1/waitlist-entries/{entry.entry_id}")
    return entry


@routes.get("/waitlist-entries/{entry_id}", policy=ENTRY_READERS, refuses=[NoSuchEntry])
async def get_entry(entry_id: PathId, edge: EdgeDep) -> Entry:
    """A waitlist entry with its position now."""
    wait = await get_wait(edge.reader, entry_id)
    return Entry(entry_id, wait.occurrence.occurrence_id, wait.student_id, wait.position)


@routes.delete(
    "/waitlist-entries/{entry_id}",
    policy=ENTRY_WRITERS,
    status_code=204,
    response_class=Response,
    refuses=[NoSuchEntry],
)
async def delete_entry(entry_id: PathId, edge: EdgeDep) -> None:
    """Leave the line."""
    reason = "by-staff" if edge.is_staff else "by-student"
    await edge.act(leave_waitlist, LeaveWaitlist(entry_id, reason))

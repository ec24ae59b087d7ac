"""Occurrences, over HTTP: looked at, and called off."""

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Line
from services.scheduler.actions.cancel_occurrence import CancelOccurrence, cancel_occurrence
from services.scheduler.domain.day_patterns import RangeOutOfBounds, check_range
from services.scheduler.domain.occurrences import NoSuchOccurrence, OccurrenceCancelledAlready, OccurrenceLocked
from services.scheduler.routes.fields import FromDay, PathId, ToDay
from services.scheduler.routes.shapes import OccurrenceShown
from services.scheduler.routes.subjects import OCCURRENCE_HOSTS, OCCURRENCE_READERS, SCHOOL_STAFF, NoSuchSchool
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES

routes = Routes(prefix="/v1", tags=["occurrences"])


class Cancellation(Body):
    """The reason, as its students will read it."""

    reason: Line


@routes.get("/occurrences/{occurrence_id}", policy=OCCURRENCE_READERS, refuses=[NoSuchOccurrence])
async def get_occurrence(occurrence_id: PathId, edge: EdgeDep) -> OccurrenceShown:
    """One occurrence with its seats."""
    occurrence = await OCCURRENCE.get(edge.reader[OCCURRENCES], occurrence_id)
    if occurrence is None:
        raise refuse(NoSuchOccurrence())
    edge.tag(occurrence.version)
    return OccurrenceShown.of(occurrence, edge.is_staff)


@routes.get(
    "/schools/{school_id}/occurrences", policy=SCHOOL_STAFF, refuses=[NoSuchSchool, RangeOutOfBounds, StaleCursor]
)
async def get_occurrences(
    school_id: PathId,
    first: FromDay,
    last: ToDay,
    ask: PageAskDep,
    edge: EdgeDep,
) -> Page[OccurrenceShown]:
    """What takes place at a school, in time order: who hosts, how many seats are taken, how many students wait."""
    check_range(first, last)
    where = {"school_id": school_id, "day": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
    return await edge.page(
        ask,
        edge.reader[OCCURRENCES],
        where,
        Keyset(("day", "starts_at", "_id")),
        lambda row: OccurrenceShown.of(OCCURRENCE.unpack(row), True),
    )


@routes.post(
    "/occurrences/{occurrence_id}/cancel",
    policy=OCCURRENCE_HOSTS,
    refuses=[NoSuchOccurrence, OccurrenceCancelledAlready, OccurrenceLocked],
)
async def post_cancel(occurrence_id: PathId, body: Cancellation, edge: EdgeDep) -> OccurrenceShown:
    """Call an occurrence off: its placements are cancelled and its waitlist ends, in one act."""
    order = CancelOccurrence(occurrence_id, body.reason, edge.caller.caller_id)
    occurrence = await edge.act(cancel_occurrence, order)
    edge.tag(occurrence.version)
    return OccurrenceShown.of(occurrence, True)

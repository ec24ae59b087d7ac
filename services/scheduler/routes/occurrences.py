"""Occurrences, over HTTP: looked at, changed for one date, called off, and brought back."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Line
from services.scheduler.actions.cancel_occurrence import CancelOccurrence, cancel_occurrence
from services.scheduler.actions.change_occurrence import ChangeOccurrence, change_occurrence
from services.scheduler.actions.restore_occurrence import RestoreOccurrence, restore_occurrence
from services.scheduler.domain.blocks import NoSuchBlock
from services.scheduler.domain.day_patterns import RangeOutOfBounds, check_range
from services.scheduler.domain.host_weeks import HostBusy
from services.scheduler.domain.occurrence_changes import CapBelowTaken, OccurrenceBegun, OccurrenceNotCancelled
from services.scheduler.domain.occurrences import NoSuchOccurrence, OccurrenceCancelledAlready, OccurrenceLocked
from services.scheduler.domain.offers import BlockClosedToOffers, HostNotStaff, HostOthersOnly, SpaceElsewhere
from services.scheduler.domain.resource_days import EquipmentGone, SpaceFull
from services.scheduler.domain.spaces import NoSuchSpace
from services.scheduler.routes.fields import FromDay, Id, Name, PathId, Seats, ToDay
from services.scheduler.routes.shapes import OccurrenceShown
from services.scheduler.routes.subjects import (
    OCCURRENCE_HOSTS,
    OCCURRENCE_READERS,
    SCHOOL_STAFF,
    NoSuchSchool,
    editor_at,
)
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES

routes = Routes(prefix="/v1", tags=["occurrences"])


class Cancellation(Body):
    """The reason, as its students will read it."""

    reason: Line


class DateChange(Body):
    """What this one date sets for itself; what is left out (or null) stays. `space_id` null: in no space."""

    title: Name | None = None
    cap: Seats | Literal["unlimited"] | None = None
    host_ids: tuple[Id, ...] | None = Field(None, min_length=1, max_length=20)
    space_id: Id | None = None


@dataclass(frozen=True, slots=True)
class NotRestoredShown:
    """A place that stays cancelled: its student is somewhere else at that time by now, or has left."""

    placement_id: str
    student_id: str


@dataclass(frozen=True, slots=True)
class RestoredShown:
    """The occurrence as it stands again; `places` came back, those in `not_restored` did not."""

    occurrence: OccurrenceShown
    places: int
    not_restored: tuple[NotRestoredShown, ...]


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


@routes.patch(
    "/occurrences/{occurrence_id}",
    policy=OCCURRENCE_HOSTS,
    refuses=[
        NoSuchOccurrence,
        StaleVersion,
        OccurrenceCancelledAlready,
        OccurrenceLocked,
        OccurrenceBegun,
        CapBelowTaken,
        NoSuchSpace,
        SpaceElsewhere,
        SpaceFull,
        HostNotStaff,
        HostOthersOnly,
        HostBusy,
    ],
)
async def patch_occurrence(
    occurrence_id: PathId, body: DateChange, expected: IfMatch, edge: EdgeDep
) -> OccurrenceShown:
    """Change one date: whoever has a place keeps it, and seats that come free go to those who wait."""
    standing = await OCCURRENCE.get(edge.reader[OCCURRENCES], occurrence_id)
    if standing is None:
        raise refuse(NoSuchOccurrence())
    order = ChangeOccurrence(
        occurrence_id=occurrence_id,
        title=body.title,
        cap=body.cap,
        host_ids=body.host_ids,
        moves="space_id" in body.model_fields_set,
        space_id=body.space_id,
        editor=editor_at(edge, standing.school_id),
        expected=expected,
    )
    occurrence = await edge.act(change_occurrence, order)
    edge.tag(occurrence.version)
    return OccurrenceShown.of(occurrence, True)


@routes.post(
    "/occurrences/{occurrence_id}/restore",
    policy=OCCURRENCE_HOSTS,
    refuses=[
        NoSuchOccurrence,
        NoSuchBlock,
        OccurrenceNotCancelled,
        BlockClosedToOffers,
        HostBusy,
        SpaceFull,
        EquipmentGone,
    ],
)
async def post_restore(occurrence_id: PathId, edge: EdgeDep) -> RestoredShown:
    """Undo a cancellation: who had a place or waited does so again, unless something came in between."""
    restored = await edge.act(restore_occurrence, RestoreOccurrence(occurrence_id))
    edge.tag(restored.occurrence.version)
    left = tuple(NotRestoredShown(place.placement_id, place.student_id) for place in restored.not_restored)
    return RestoredShown(OccurrenceShown.of(restored.occurrence, True), restored.places, left)

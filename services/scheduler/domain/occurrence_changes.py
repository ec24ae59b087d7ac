"""Changes of one date: what an occurrence may set for itself once it stands in a block, and how it comes back."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from contracts.scheduler import PlacementMoved, PlacementRestored, WaitlistJoined
from kit.refusals import Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import (
    CALLED_OFF,
    Occurrence,
    OccurrenceCancelledAlready,
    OccurrenceLocked,
    Waiting,
    follow,
)
from services.scheduler.domain.offers import BlockClosedToOffers, SpaceElsewhere, Unlimited, effective_cap
from services.scheduler.domain.spaces import Space
from services.scheduler.domain.weeks import Place, Week, overlapping, placement_made, with_changed


class OccurrenceBegun(Refusal):
    text = "This occurrence has begun or is over: it changes no more."


class CapBelowTaken(Refusal):
    text = "{taken} places are taken already, so the cap cannot be {cap}. Free some of them first, or set a higher cap."


class OccurrenceNotCancelled(Refusal):
    text = "This occurrence was not called off: there is nothing to restore."


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceChange:
    """What one date sets for itself; None: as it is. `moves`: into `space`, or (where that is None) out of any space.

    `space_before` is where it takes place so far.
    """

    title: str | None = None
    cap: int | Unlimited | None = None
    host_ids: tuple[str, ...] | None = None
    moves: bool = False
    space: Space | None = None
    space_before: Space | None = None


def change(occurrence: Occurrence, wanted: OccurrenceChange, now: datetime) -> Occurrence:
    """The occurrence as it will be on this date; a later change of its offer leaves this as it is.

    Raises: Refusals of OccurrenceCancelledAlready, OccurrenceLocked, OccurrenceBegun, SpaceElsewhere, CapBelowTaken.
    """
    cap = _cap(occurrence, wanted)
    away = wanted.space is not None and wanted.space.school_id != occurrence.school_id
    refuse_all(
        OccurrenceCancelledAlready() if occurrence.cancelled else None,
        OccurrenceLocked() if occurrence.locked else None,
        OccurrenceBegun() if occurrence.starts_at <= now else None,
        SpaceElsewhere() if away else None,
        CapBelowTaken(taken=occurrence.taken, cap=cap) if cap is not None and cap < occurrence.taken else None,
    )
    moved_to = wanted.space.space_id if wanted.space is not None else None
    return replace(
        occurrence,
        title=wanted.title or occurrence.title,
        cap=cap,
        host_ids=wanted.host_ids or occurrence.host_ids,
        space_id=moved_to if wanted.moves else occurrence.space_id,
        own=occurrence.own | _own(wanted),
    )


def _cap(occurrence: Occurrence, wanted: OccurrenceChange) -> int | None:
    """The new cap: the one asked for, else the new space's target where the old cap was the old space's, else as it
    is."""
    if wanted.cap is not None:
        return effective_cap(wanted.cap, None, None)
    before, after = wanted.space_before, wanted.space
    follows = occurrence.cap == before.target if before is not None else "cap" not in occurrence.own
    return after.target if wanted.moves and after is not None and follows else occurrence.cap


def _own(wanted: OccurrenceChange) -> frozenset[str]:
    cap = wanted.cap if wanted.space is None else wanted.space
    named = {"title": wanted.title, "cap": cap, "host_ids": wanted.host_ids}
    return frozenset(name for name, value in named.items() if value is not None)


def follow_occurrence(week: Week, occurrence: Occurrence) -> tuple[Week, list[PlacementMoved]]:
    """A student's week after a change of an occurrence that they hold places in: told where the space is another."""
    facts = []
    for place in week.places:
        if place.held and place.occurrence_id == occurrence.occurrence_id:
            moved = replace(place, title=occurrence.title, space_id=occurrence.space_id)
            week = with_changed(week, moved)
            facts += [_moved(week, moved)] if moved.space_id != place.space_id else []
    return week, facts


def restore(occurrence: Occurrence, block: Block, now: datetime) -> Occurrence:
    """A cancelled occurrence back in its block, at the block's times; places and line are for `put_back`, `rejoin`.

    Raises: Refusals of OccurrenceNotCancelled, BlockClosedToOffers.
    """
    closed = block.cancelled or block.locked_at is not None or block.starts_at <= now
    refuse_all(
        None if occurrence.cancelled and occurrence.cancelled_at is not None else OccurrenceNotCancelled(),
        BlockClosedToOffers(day=block.day.isoformat()) if closed else None,
    )
    back = follow(occurrence, block)
    return replace(back, cancelled=False, cancel_reason=None, cancelled_at=None, called_off=(), waiting=())


def called_off_with(place: Place, occurrence: Occurrence) -> bool:
    """Whether this place was freed by the (last) cancellation of this occurrence."""
    same = place.occurrence_id == occurrence.occurrence_id and place.reason == CALLED_OFF
    return same and place.cancelled_at == occurrence.cancelled_at


def put_back(week: Week, place: Place, occurrence: Occurrence) -> tuple[Week, PlacementRestored] | None:
    """The week with a freed place held again, at the occurrence's times; None: something came in between."""
    if overlapping(week, occurrence.starts_at, occurrence.ends_at):
        return None
    back = replace(
        place,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        cancelled_at=None,
        cancelled_by=None,
        reason=None,
    )
    again = with_changed(week, back)
    return again, _restored(again, back)


def rejoin(occurrence: Occurrence, entries: tuple[Waiting, ...]) -> tuple[Occurrence, list[WaitlistJoined]]:
    """The occurrence with those in line who waited before, in the order they had."""
    facts = [
        WaitlistJoined(
            district_id=occurrence.district_id,
            entry_id=entry.entry_id,
            occurrence_id=occurrence.occurrence_id,
            student_id=entry.student_id,
            position=position,
        )
        for position, entry in enumerate(entries, start=1)
    ]
    return replace(occurrence, waiting=entries), facts


def _moved(week: Week, place: Place) -> PlacementMoved:
    return PlacementMoved(**_fields(week, place))


def _restored(week: Week, place: Place) -> PlacementRestored:
    return PlacementRestored(**_fields(week, place))


def _fields(week: Week, place: Place) -> dict[str, Any]:
    made = placement_made(week, place)
    return {known.name: getattr(made, known.name) for known in fields(made)}

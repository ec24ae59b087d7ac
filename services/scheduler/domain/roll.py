"""The roll: who was there, said by a host or an administrator once the block is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from contracts.scheduler import PlacementAttended
from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.weeks import Place, Week, with_changed

Attendance = Literal["present", "late", "absent"]


class RollNotOpen(Refusal):
    text = "The roll opens when the block locks. Lock the block first, or wait."


class RollOfCancelled(Refusal):
    text = "This did not take place: there is no roll to take."


class NotOnThisRoll(Refusal):
    kind = Kind.INVALID
    text = "{placement_id} is no place held in this occurrence. Load the roll again."


class MinutesOutOfRange(Refusal):
    kind = Kind.INVALID
    text = "{placement_id}: minutes are 0 when absent, and otherwise from 1 to {most}."


class MarkedTwice(Refusal):
    kind = Kind.INVALID
    text = "{placement_id} stands on this roll twice. Send each placement once."


@dataclass(frozen=True, slots=True)
class RollEntry:
    """How one placement went; without `minutes`: all of it, or none when absent."""

    placement_id: str
    attendance: Attendance
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A week in which a placement was marked, and the fact."""

    week: Week
    fact: PlacementAttended


def take_roll(
    occurrence: Occurrence, weeks: Mapping[str, Week], entries: Sequence[RollEntry], taken_by: str
) -> list[Marked]:
    """The weeks that this roll changes; what it repeats changes nothing. `weeks`: by placement id.

    Raises: Refusals of RollNotOpen, RollOfCancelled, NotOnThisRoll, MarkedTwice, MinutesOutOfRange; for all entries.
    """
    places = {entry.placement_id: _place_in(occurrence, weeks, entry.placement_id) for entry in entries}
    refuse_all(
        RollOfCancelled() if occurrence.cancelled else None,
        RollNotOpen() if not occurrence.locked else None,
        *(_fault(entry, places[entry.placement_id]) for entry in entries),
        *(MarkedTwice(placement_id=twice) for twice in _twice(entries)),
    )
    found = ((entry, places[entry.placement_id]) for entry in entries)
    marked = [_mark(weeks[entry.placement_id], place, entry, taken_by) for entry, place in found if place is not None]
    return [mark for mark in marked if mark is not None]


def _place_in(occurrence: Occurrence, weeks: Mapping[str, Week], placement_id: str) -> Place | None:
    week = weeks.get(placement_id)
    for place in week.places if week is not None else ():
        if place.placement_id == placement_id and place.held and place.occurrence_id == occurrence.occurrence_id:
            return place
    return None


def _fault(entry: RollEntry, place: Place | None) -> Refusal | None:
    if place is None:
        return NotOnThisRoll(placement_id=entry.placement_id)
    least, most = (0, 0) if entry.attendance == "absent" else (1, place.planned_minutes)
    if entry.minutes is not None and not least <= entry.minutes <= most:
        return MinutesOutOfRange(placement_id=entry.placement_id, most=place.planned_minutes)
    return None


def _twice(entries: Sequence[RollEntry]) -> list[str]:
    ids = [entry.placement_id for entry in entries]
    return sorted({placement_id for placement_id in ids if ids.count(placement_id) > 1})


def _mark(week: Week, place: Place, entry: RollEntry, taken_by: str) -> Marked | None:
    whole = 0 if entry.attendance == "absent" else place.planned_minutes
    marked = replace(place, attendance=entry.attendance, minutes=whole if entry.minutes is None else entry.minutes)
    return None if marked == place else Marked(with_changed(week, marked), _attended(week, marked, taken_by))


def _attended(week: Week, place: Place, taken_by: str) -> PlacementAttended:
    assert place.attendance is not None, place
    return PlacementAttended(
        district_id=week.district_id,
        placement_id=place.placement_id,
        student_id=week.student_id,
        school_id=place.school_id,
        block_id=place.block_id,
        occurrence_id=place.occurrence_id,
        offer_id=place.offer_id,
        space_id=place.space_id,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
        cause=str(place.cause),
        goal_id=place.goal_id,
        step_id=place.step_id,
        attendance=place.attendance,
        minutes=place.minutes,
        taken_by=taken_by,
    )

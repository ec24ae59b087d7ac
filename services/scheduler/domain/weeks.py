"""Weeks: all places of one student in one week, the document that guards one place per student per minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.scheduler import PlacementCancelled, PlacementMade
from kit.refusals import Kind, Refusal

# A week keeps its newest cancelled places on record; the facts keep all of them.
MOST_CANCELLED = 60


class NoSuchPlacement(Refusal):
    kind = Kind.MISSING
    text = "There is no such placement in this district."


class Cause(StrEnum):
    """Why a placement exists; each has exactly one."""

    CHOSEN = "chosen"
    PROMOTED = "promoted"
    DISTRIBUTED = "distributed"
    PULLED = "pulled"
    ASSIGNED = "assigned"
    DEFAULT = "default"


# A student who was promoted had chosen to wait for exactly this.
OWN_CHOICE = frozenset({Cause.CHOSEN, Cause.PROMOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One placement: where, when, for which goal and why; `cancelled` says when it was freed, by whom and why.

    `occurrence_id` and `offer_id` are None for own work in a space. `replaced` is the placement it was switched from.
    `minutes` are those attended, once the roll says so.
    """

    placement_id: str
    occurrence_id: str | None
    offer_id: str | None
    space_id: str | None
    block_id: str
    school_id: str
    day: date
    starts_at: datetime
    ends_at: datetime
    title: str
    cause: Cause
    goal_id: str | None
    step_id: str | None
    replaced: str | None
    made_at: datetime
    made_by: str
    attendance: str | None = None
    minutes: int = 0
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    reason: str | None = None

    @property
    def held(self) -> bool:
        """Whether the student has this place."""
        return self.cancelled_at is None

    @property
    def planned_minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A student's week (ISO, such as 2026-W48, in the district's zone); version 0: nothing was placed in it yet."""

    version: int
    district_id: str
    student_id: str
    week: str
    places: tuple[Place, ...] = ()

    @property
    def week_id(self) -> str:
        """The document's id: a student has one document a week."""
        return week_id(self.student_id, self.week)


def week_id(student_id: str, week: str) -> str:
    """`<student_id>:<week>`."""
    return f"{student_id}:{week}"


def held_places(week: Week) -> Iterator[Place]:
    """The places the student has."""
    return (place for place in week.places if place.cancelled_at is None)


def find_place(week: Week, placement_id: str) -> Place:
    """The place with this id, held or cancelled.

    Raises: LookupError.
    """
    for place in week.places:
        if place.placement_id == placement_id:
            return place
    raise LookupError(placement_id)


def overlapping(week: Week, starts_at: datetime, ends_at: datetime) -> list[Place]:
    """The held places that share a minute with this time; one that ends when it starts does not."""
    return [place for place in held_places(week) if place.starts_at < ends_at and starts_at < place.ends_at]


def with_place(week: Week, place: Place) -> Week:
    """The week with one more place."""
    return _with_places(week, (*_recent(week.places), place))


def with_changed(week: Week, changed: Place) -> Week:
    """The week with one of its places replaced by its changed self."""
    places = tuple(changed if place.placement_id == changed.placement_id else place for place in week.places)
    return _with_places(week, places)


def _with_places(week: Week, places: tuple[Place, ...]) -> Week:
    """Named field by field: `replace` would take three times as long, and every booking passes here."""
    return Week(
        version=week.version, district_id=week.district_id, student_id=week.student_id, week=week.week, places=places
    )


def in_time_order(week: Week) -> list[Place]:
    """The held places by start."""
    return sorted(held_places(week), key=lambda place: (place.starts_at, place.placement_id))


@dataclass(frozen=True, slots=True)
class AgencyRate:
    """How much of a student's placed time they chose themselves."""

    chosen_minutes: int
    placed_minutes: int

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None where nothing is placed."""
        return round(self.chosen_minutes / self.placed_minutes, 4) if self.placed_minutes else None


def agency_rate(week: Week) -> AgencyRate:
    """Minutes by own choice, of all placed minutes of the week."""
    places = list(held_places(week))
    chosen = sum(place.planned_minutes for place in places if place.cause in OWN_CHOICE)
    return AgencyRate(chosen, sum(place.planned_minutes for place in places))


def placement_made(week: Week, place: Place) -> PlacementMade:
    """The fact that the student has this place."""
    return PlacementMade(
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
    )


def placement_cancelled(week: Week, place: Place) -> PlacementCancelled:
    """The fact that this (cancelled) place is free again."""
    assert place.reason is not None, place
    assert place.cancelled_by is not None, place
    return PlacementCancelled(
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
        reason=place.reason,
        cancelled_by=place.cancelled_by,
    )


def _recent(places: tuple[Place, ...]) -> tuple[Place, ...]:
    cancelled = [place.placement_id for place in places if place.cancelled_at is not None]
    if len(cancelled) < MOST_CANCELLED:
        return places
    oldest = cancelled[0]
    return tuple(place for place in places if place.placement_id != oldest)

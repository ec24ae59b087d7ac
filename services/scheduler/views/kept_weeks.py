"""Which places did a student ever have, and what became of each?"""

from dataclasses import dataclass
from datetime import date, datetime

from kit.mongo import Document
from kit.shapes import Shape
from services.scheduler.domain.weeks import Place
from services.scheduler.store.weeks import WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlace:
    """A place as it is kept: by which cause and by whom it was made, attended or not, and why it was freed."""

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
    cause: str
    goal_id: str | None
    step_id: str | None
    replaced: str | None
    made_at: datetime
    made_by: str
    attendance: str | None
    minutes: int
    cancelled_at: datetime | None
    cancelled_by: str | None
    reason: str | None


KEPT_PLACE = Shape(KeptPlace, Place)


@dataclass(frozen=True, slots=True)
class KeptWeek:
    """A week (ISO, such as 2026-W48) with all its places, held and cancelled."""

    week: str
    places: tuple[KeptPlace, ...]


def kept_week(row: Document) -> KeptWeek:
    """The week in a document."""
    week = WEEK.unpack(row)
    return KeptWeek(week.week, tuple(KEPT_PLACE(place) for place in week.places))

"""What is shown of offers and occurrences, and what of it to staff alone."""

from dataclasses import dataclass
from datetime import date, datetime

from kit.shapes import Shape
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence
from services.scheduler.domain.offers import Offer
from services.scheduler.domain.openings import seats_left


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferShown:
    """An offer. Who is allowed or blocked by name is for staff; others see grades and classes."""

    offer_id: str
    version: int
    school_id: str
    title: str
    description: str
    kind: str
    host_ids: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    skills: tuple[str, ...]
    eligibility: Eligibility
    cap: int | None
    once_a_day: bool
    most_a_week: int | None
    equipment: tuple[EquipmentNeed, ...]
    withdrawn: bool

    @classmethod
    def of(cls, offer: Offer, staff: bool) -> "OfferShown":
        """What may be shown of an offer."""
        return OFFER(offer, eligibility=_eligibility(offer.eligibility, staff))


OFFER = Shape(OfferShown, Offer, "eligibility")


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceShown:
    """An occurrence; who waits stands nowhere but on the student's own week and on the roll."""

    occurrence_id: str
    version: int
    school_id: str
    offer_id: str
    block_id: str
    space_id: str | None
    day: date
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    locked: bool
    cancelled: bool
    cancel_reason: str | None
    title: str
    kind: str
    host_ids: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    skills: tuple[str, ...]
    eligibility: Eligibility
    cap: int | None
    taken: int
    seats_left: int | None
    waiting: int
    once_a_day: bool
    most_a_week: int | None
    equipment: tuple[EquipmentNeed, ...]

    @classmethod
    def of(cls, occurrence: Occurrence, staff: bool) -> "OccurrenceShown":
        """What may be shown of an occurrence."""
        return OCCURRENCE(
            occurrence,
            eligibility=_eligibility(occurrence.eligibility, staff),
            seats_left=seats_left(occurrence),
            waiting=len(occurrence.waiting),
        )


OCCURRENCE = Shape(OccurrenceShown, Occurrence, "eligibility", "seats_left", "waiting")


def _eligibility(eligibility: Eligibility, staff: bool) -> Eligibility:
    return eligibility if staff else Eligibility(grades=eligibility.grades, class_ids=eligibility.class_ids)

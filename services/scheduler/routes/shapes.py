"""What is shown of offers and occurrences, and what of it to staff alone."""

from dataclasses import dataclass
from datetime import date, datetime

from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence, seats_left
from services.scheduler.domain.offers import Offer


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
        return cls(
            offer_id=offer.offer_id,
            version=offer.version,
            school_id=offer.school_id,
            title=offer.title,
            description=offer.description,
            kind=offer.kind,
            host_ids=offer.host_ids,
            tags=offer.tags,
            target_ids=offer.target_ids,
            skills=offer.skills,
            eligibility=_eligibility(offer.eligibility, staff),
            cap=offer.cap,
            once_a_day=offer.once_a_day,
            most_a_week=offer.most_a_week,
            equipment=offer.equipment,
            withdrawn=offer.withdrawn,
        )


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
        return cls(
            occurrence_id=occurrence.occurrence_id,
            version=occurrence.version,
            school_id=occurrence.school_id,
            offer_id=occurrence.offer_id,
            block_id=occurrence.block_id,
            space_id=occurrence.space_id,
            day=occurrence.day,
            starts_at=occurrence.starts_at,
            ends_at=occurrence.ends_at,
            opens_at=occurrence.opens_at,
            closes_at=occurrence.closes_at,
            locked=occurrence.locked,
            cancelled=occurrence.cancelled,
            cancel_reason=occurrence.cancel_reason,
            title=occurrence.title,
            kind=occurrence.kind,
            host_ids=occurrence.host_ids,
            tags=occurrence.tags,
            target_ids=occurrence.target_ids,
            skills=occurrence.skills,
            eligibility=_eligibility(occurrence.eligibility, staff),
            cap=occurrence.cap,
            taken=occurrence.taken,
            seats_left=seats_left(occurrence),
            waiting=len(occurrence.waiting),
            once_a_day=occurrence.once_a_day,
            most_a_week=occurrence.most_a_week,
            equipment=occurrence.equipment,
        )


def _eligibility(eligibility: Eligibility, staff: bool) -> Eligibility:
    return eligibility if staff else Eligibility(grades=eligibility.grades, class_ids=eligibility.class_ids)

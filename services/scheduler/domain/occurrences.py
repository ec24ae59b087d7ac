"""Occurrences: an offer in one block, with its seats, its waitlist and all that a booking needs to decide."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.scheduler import OccurrenceCancelled, OccurrenceScheduled
from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.eligibility import EVERYONE, Eligibility, without

# The reason code of places that were freed because their occurrence was cancelled.
CALLED_OFF = "occurrence-cancelled"


class NoSuchOccurrence(Refusal):
    kind = Kind.MISSING
    text = "There is no such occurrence in this district."


class OccurrenceCancelledAlready(Refusal):
    text = "This occurrence is cancelled already."


class OccurrenceLocked(Refusal):
    text = "This occurrence is locked: it changes no more."


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentNeed:
    """What an occurrence takes from a pool: so many for each seat, and so many in any case."""

    pool_id: str
    each_seat: int = 0
    fixed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A student who waits for a seat since a moment; `instead_of` is the placement that a promotion frees."""

    entry_id: str
    student_id: str
    since: datetime
    goal_id: str | None = None
    step_id: str | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An offer in one block. The offer's fields are copied in, so that a booking reads this one document.

    `cap` None is unlimited, 0 lets nobody in. `own` names the fields that were set for this occurrence alone and that
    a change of the offer leaves as they are: title, cap, host_ids. `called_off` are those who waited when it was
    cancelled (at `cancelled_at`), for whoever undoes that.
    """

    occurrence_id: str
    version: int
    district_id: str
    school_id: str
    offer_id: str
    block_id: str
    space_id: str | None
    day: date
    week: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    locked: bool = False
    cancelled: bool = False
    title: str
    kind: str
    host_ids: tuple[str, ...]
    tags: tuple[str, ...] = ()
    target_ids: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    eligibility: Eligibility = EVERYONE
    cap: int | None
    once_a_day: bool = False
    most_a_week: int | None = None
    equipment: tuple[EquipmentNeed, ...] = ()
    own: frozenset[str] = frozenset()
    cancel_reason: str | None = None
    cancelled_at: datetime | None = None
    called_off: tuple[Waiting, ...] = ()
    taken: int = 0
    waiting: tuple[Waiting, ...] = ()


def scheduled(occurrence: Occurrence) -> OccurrenceScheduled:
    """The fact that the offer takes place in this block, as it stands now."""
    return OccurrenceScheduled(
        district_id=occurrence.district_id,
        occurrence_id=occurrence.occurrence_id,
        offer_id=occurrence.offer_id,
        school_id=occurrence.school_id,
        block_id=occurrence.block_id,
        space_id=occurrence.space_id,
        host_ids=occurrence.host_ids,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        cap=occurrence.cap,
    )


def cancel(occurrence: Occurrence, reason: str | None) -> tuple[Occurrence, list[OccurrenceCancelled]]:
    """Cancel an occurrence, with the reason that its students will read.

    Raises: Refusals of OccurrenceCancelledAlready, OccurrenceLocked.
    """
    refuse_all(
        OccurrenceCancelledAlready() if occurrence.cancelled else None,
        OccurrenceLocked() if occurrence.locked else None,
    )
    fact = OccurrenceCancelled(
        district_id=occurrence.district_id,
        occurrence_id=occurrence.occurrence_id,
        offer_id=occurrence.offer_id,
        school_id=occurrence.school_id,
        block_id=occurrence.block_id,
    )
    return replace(occurrence, cancelled=True, cancel_reason=reason), [fact]


def lock(occurrence: Occurrence) -> Occurrence:
    """The occurrence of a block that locked."""
    return replace(occurrence, locked=True)


def follow(occurrence: Occurrence, block: Block) -> Occurrence:
    """The occurrence with the times and windows of its block, which moved."""
    return replace(
        occurrence,
        week=block.week,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
        opens_at=block.opens_at,
        closes_at=block.closes_at,
    )


def in_use(occurrence: Occurrence) -> bool:
    """Whether somebody has a place here, or waits for one."""
    return occurrence.taken > 0 or bool(occurrence.waiting)


def forget(occurrence: Occurrence, person_id: str) -> Occurrence:
    """The occurrence without any mention of this person in its lists."""
    waiting = tuple(entry for entry in occurrence.waiting if entry.student_id != person_id)
    called_off = tuple(entry for entry in occurrence.called_off if entry.student_id != person_id)
    eligibility = without(occurrence.eligibility, person_id)
    return replace(occurrence, waiting=waiting, called_off=called_off, eligibility=eligibility)

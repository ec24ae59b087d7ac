"""What the scheduler announces: blocks, offers, occurrences, placements, the waitlist and ranked rounds."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.fact import Fact, fact


@fact("scheduler.block.generated.v1", topic="scheduler-blocks", key="block_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BlockGenerated(Fact):
    """One dated piece of a period stands in a school's calendar."""

    block_id: str
    school_id: str
    period_id: str
    day: date
    starts_at: datetime
    ends_at: datetime


@fact("scheduler.block.locked.v1", topic="scheduler-blocks", key="block_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLocked(Fact):
    """A block stopped changing; the roll can be taken."""

    block_id: str
    school_id: str
    locked_at: datetime


@fact("scheduler.block.cancelled.v1", topic="scheduler-blocks", key="block_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCancelled(Fact):
    """A block is out of the calendar: cancelled by hand, or no longer part of its day pattern."""

    block_id: str
    school_id: str


@fact("scheduler.offer.published.v1", topic="scheduler-offers", key="offer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPublished(Fact):
    """Something to do is on offer at a school, or its terms changed."""

    offer_id: str
    school_id: str
    host_ids: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    skills: tuple[str, ...]


@fact("scheduler.occurrence.scheduled.v1", topic="scheduler-occurrences", key="occurrence_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceScheduled(Fact):
    """An offer takes place in one block."""

    occurrence_id: str
    offer_id: str
    school_id: str
    block_id: str
    space_id: str | None
    host_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    cap: int | None


@fact("scheduler.occurrence.cancelled.v1", topic="scheduler-occurrences", key="occurrence_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceCancelled(Fact):
    """An occurrence will not take place; its students' placements are cancelled with it."""

    occurrence_id: str
    offer_id: str
    school_id: str
    block_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlacementFact(Fact):
    """What every fact about a placement carries: who, when, where, for which goal, and why it exists."""

    placement_id: str
    student_id: str
    school_id: str
    block_id: str
    occurrence_id: str | None
    offer_id: str | None
    space_id: str | None
    starts_at: datetime
    ends_at: datetime
    cause: str
    goal_id: str | None
    step_id: str | None


@fact("scheduler.placement.made.v1", topic="scheduler-placements", key="placement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementMade(_PlacementFact):
    """A student has a place: chosen, promoted, distributed, pulled, assigned or by default."""


@fact("scheduler.placement.moved.v1", topic="scheduler-placements", key="placement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementMoved(PlacementMade):
    """A student still has a place, in another space than before: its occurrence moved."""


@fact("scheduler.placement.restored.v1", topic="scheduler-placements", key="placement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRestored(PlacementMade):
    """A student has a place again that was cancelled with its occurrence: the occurrence takes place after all."""


@fact("scheduler.placement.cancelled.v1", topic="scheduler-placements", key="placement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementCancelled(_PlacementFact):
    """A student's place is free again; `reason` is a code such as by-student, switched, occurrence-cancelled."""

    reason: str
    cancelled_by: str


@fact("scheduler.placement.attended.v1", topic="scheduler-placements", key="placement_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementAttended(_PlacementFact):
    """The roll says how a placement went: `attendance` is present, late or absent; minutes are 0 when absent."""

    attendance: str
    minutes: int
    taken_by: str


@fact("scheduler.waitlist_entry.joined.v1", topic="scheduler-waitlist-entries", key="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistJoined(Fact):
    """A student waits for a seat, at this position when joining."""

    entry_id: str
    occurrence_id: str
    student_id: str
    position: int


@fact("scheduler.waitlist_entry.promoted.v1", topic="scheduler-waitlist-entries", key="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistPromoted(Fact):
    """A waiting student got the seat that came free, in the same transaction that freed it."""

    entry_id: str
    occurrence_id: str
    student_id: str
    placement_id: str
    freed_placement_id: str


@fact("scheduler.waitlist_entry.left.v1", topic="scheduler-waitlist-entries", key="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistLeft(Fact):
    """A waiting student waits no longer; `reason` is a code such as by-student or occurrence-cancelled."""

    entry_id: str
    occurrence_id: str
    student_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _RoundFact(Fact):
    """What every fact about a ranked round carries: which round, at which school."""

    round_id: str
    school_id: str


@fact("scheduler.round.opened.v1", topic="scheduler-rounds", key="round_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOpened(_RoundFact):
    """Students rank what takes place in these blocks until it closes; seats there are not first come meanwhile."""

    block_ids: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime


@fact("scheduler.round.called_off.v1", topic="scheduler-rounds", key="round_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCalledOff(_RoundFact):
    """A round will not be distributed; its seats are first come again."""


@fact("scheduler.round.published.v1", topic="scheduler-rounds", key="round_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPublished(_RoundFact):
    """A run of the round counts: its placements are made, save those that were not possible any more.

    `result_digest` is the same for whoever runs the same input with the same seed.
    """

    run_id: str
    seed: int
    result_digest: str
    students: int
    placed: int
    not_placed: int
    published_by: str


@fact("scheduler.round.undone.v1", topic="scheduler-rounds", key="round_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundUndone(_RoundFact):
    """A published run was taken back: its placements are cancelled, earlier places returned where a seat was left."""

    run_id: str
    freed: int
    returned: int
    not_returned: int
    undone_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _RoundResultFact(Fact):
    """What every fact about one student's result carries."""

    result_id: str
    round_id: str
    run_id: str
    school_id: str
    student_id: str


@fact("scheduler.round_result.published.v1", topic="scheduler-round-results", key="result_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResultPublished(_RoundResultFact):
    """A student's part of a published run: in how many of the blocks they ranked for they have a place.

    Why the best choice they missed was not given, and what would have changed it, are codes; null: nothing was missed.
    """

    blocks: int
    placed: int
    missed_occurrence_id: str | None
    missed_rank: int | None
    reason: str | None
    seats: int | None
    ranked: int | None
    change: str | None
    credit_hundredths: int | None


@fact("scheduler.round_result.withdrawn.v1", topic="scheduler-round-results", key="result_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResultWithdrawn(_RoundResultFact):
    """A student's result counts no longer; so many of the places they had left for it are theirs again."""

    returned: int
    not_returned: int


@fact("scheduler.learner.erased.v1", topic="scheduler-learners", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerErased(Fact):
    """The scheduler removed what it held of a person: how many documents of each kind."""

    person_id: str
    erasure_id: str
    removed: dict[str, int]

"""A host takes the roll: all of it in one transaction, as often as needed."""

from dataclasses import dataclass

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain import roll
from services.scheduler.domain.occurrences import NoSuchOccurrence, Occurrence
from services.scheduler.domain.weeks import Week
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.weeks import WEEK, WEEKS


@dataclass(frozen=True, slots=True)
class TakeRoll:
    """How each of these placements went, and who says so."""

    occurrence_id: str
    entries: tuple[roll.RollEntry, ...]
    taken_by: str


@dataclass(frozen=True, slots=True)
class RollTaken:
    """How many placements this roll changed; the others stood like that already."""

    changed: int


async def take_roll(tx: Transaction, order: TakeRoll) -> RollTaken:
    """Mark every placement of the roll, and announce those that changed.

    Raises: Refusals of NoSuchOccurrence and of `roll.take_roll`.
    """
    occurrence = await OCCURRENCE.get(tx[OCCURRENCES], order.occurrence_id)
    if occurrence is None:
        raise refuse(NoSuchOccurrence())
    weeks = await _weeks(tx, occurrence)
    marked = roll.take_roll(occurrence, weeks, order.entries, order.taken_by)
    for mark in marked:
        tx[WEEKS].save(WEEK.pack(mark.week), [mark.fact])
    return RollTaken(len(marked))


async def _weeks(tx: Transaction, occurrence: Occurrence) -> dict[str, Week]:
    """The weeks with a place in this occurrence, by placement id, from one indexed query."""
    weeks = await WEEK.find(tx[WEEKS], {"places.occurrence_id": occurrence.occurrence_id})
    return {
        place.placement_id: week
        for week in weeks
        for place in week.places
        if place.occurrence_id == occurrence.occurrence_id
    }

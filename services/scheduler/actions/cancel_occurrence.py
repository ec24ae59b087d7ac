"""An occurrence will not take place: its students get their time back, and hear why."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.actions.release_placements import release_placements
from services.scheduler.domain.occurrences import CALLED_OFF, NoSuchOccurrence, Occurrence, cancel
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES


@dataclass(frozen=True, slots=True)
class CancelOccurrence:
    """Which occurrence, the reason that its students read, and who cancels it."""

    occurrence_id: str
    reason: str
    cancelled_by: str


async def cancel_occurrence(tx: Transaction, order: CancelOccurrence) -> Occurrence:
    """Cancel an occurrence, with its placements and its waitlist, in one act.

    Raises: Refusals of NoSuchOccurrence, OccurrenceCancelledAlready, OccurrenceLocked.
    """
    occurrence = await OCCURRENCE.get(tx[OCCURRENCES], order.occurrence_id)
    if occurrence is None:
        raise refuse(NoSuchOccurrence())
    cancelled, facts = cancel(occurrence, order.reason)
    cancelled = replace(cancelled, cancelled_at=tx.now, called_off=occurrence.waiting)
    await keep_host_weeks(tx, [occurrence], [])
    released = await release_placements(tx, cancelled, CALLED_OFF, order.cancelled_by)
    saved = tx[OCCURRENCES].save(OCCURRENCE.pack(released.occurrence), [*released.facts, *facts])
    return replace(released.occurrence, version=saved)

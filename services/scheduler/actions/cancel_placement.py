"""A place is given back: the first in line gets the seat, and so on, in the same transaction."""

from dataclasses import dataclass

from kit.transaction import Transaction
from services.scheduler.actions.book_places import PLACEMENT, Placement
from services.scheduler.actions.fill_seats import fill_seats
from services.scheduler.domain.freeing import Freeing, free_place, place_of
from services.scheduler.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class CancelPlacement:
    """A placement to give back, by whom, and why (a code such as by-student or by-staff)."""

    placement_id: str
    caller_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The place that was given back, and how many students moved up because of it."""

    placement: Placement
    promoted: int


async def cancel_placement(tx: Transaction, order: CancelPlacement) -> Cancelled:
    """Give a place back and let the lines move.

    Raises: Refusals of NoSuchPlacement, PlaceNotHeld, Locked.
    """
    ledger = Ledger(tx)
    await ledger.open_places([order.placement_id])
    week, _ = place_of(ledger.board, order.placement_id)
    freed = free_place(ledger.board, order.placement_id, Freeing(tx.now, order.caller_id, order.reason))
    promoted = await fill_seats(ledger, [freed])
    ledger.save()
    return Cancelled(PLACEMENT(freed, student_id=week.student_id), len(promoted))

"""A student waits no longer."""

from dataclasses import dataclass

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.waiting import NoSuchEntry, leave
from services.scheduler.store.ledger import Ledger
from services.scheduler.store.occurrences import OCCURRENCES


@dataclass(frozen=True, slots=True)
class LeaveWaitlist:
    """An entry to strike, and why (a code such as by-student or by-staff)."""

    entry_id: str
    reason: str


async def leave_waitlist(tx: Transaction, order: LeaveWaitlist) -> None:
    """Leave the line; those behind move up.

    Raises: Refusals of NoSuchEntry.
    """
    found = await tx[OCCURRENCES].one({"waiting.entry_id": order.entry_id}, ["_id"])
    if found is None:
        raise refuse(NoSuchEntry())
    ledger = Ledger(tx)
    await ledger.load_occurrences([found["_id"]])
    leave(ledger.board, found["_id"], order.entry_id, order.reason)
    ledger.save()

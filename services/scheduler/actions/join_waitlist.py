"""A student joins the line for a full occurrence."""

from dataclasses import dataclass

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import serve_lines
from services.scheduler.domain.booking import Wish
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.domain.waiting import join
from services.scheduler.domain.weeks import Cause
from services.scheduler.store.ledger import Ledger, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWaitlist:
    """A wish to wait; `instead_of` is the place that a promotion frees."""

    entry_id: str
    occurrence_id: str
    student_id: str
    goal_id: str | None = None
    step_id: str | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A waitlist entry, as it is answered; position 1 gets the next seat."""

    entry_id: str
    occurrence_id: str
    student_id: str
    position: int


async def join_waitlist(tx: Transaction, order: JoinWaitlist) -> Entry:
    """Stand at the end of the line.

    Raises: Refusals of `join`, NoSuchOccurrence, NoSuchStudent.
    """
    ledger = Ledger(tx)
    await ledger.open_seats([Seat(order.occurrence_id, order.student_id, order.goal_id is not None, order.instead_of)])
    if ledger.board.occurrences.get(order.occurrence_id) is None:
        raise refuse(NoSuchOccurrence())
    wish = _wish(ledger, order)
    await serve_lines(ledger, [order.occurrence_id])
    position = join(ledger.board, wish, order.occurrence_id, order.entry_id, order.instead_of)
    ledger.save()
    return Entry(order.entry_id, order.occurrence_id, order.student_id, position)


def _wish(ledger: Ledger, order: JoinWaitlist) -> Wish:
    student = ledger.students.get(order.student_id)
    if student is None:
        raise refuse(NoSuchStudent())
    return Wish(
        placement_id=order.entry_id,
        student=student,
        learner=ledger.learners.get(order.student_id),
        goal_id=order.goal_id,
        step_id=order.step_id,
        cause=Cause.CHOSEN,
        made_by=order.student_id,
        made_at=ledger.tx.now,
    )

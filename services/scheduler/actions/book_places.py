"""Students book places in occurrences: all who ask at the same time in one transaction, in the order they came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kit.group_commit import Asked
from kit.refusals import Refusals, refuse
from kit.shapes import Shape
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import fill_seats, serve_lines
from services.scheduler.domain.booking import Wish, take_seat
from services.scheduler.domain.freeing import switch
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.domain.weeks import Cause, Place
from services.scheduler.store.ledger import Ledger, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPlace:
    """A place wished for. `cause` is chosen (the student asks) or assigned (staff); `instead_of` is left for it."""

    placement_id: str
    occurrence_id: str
    student_id: str
    caller_id: str
    cause: Cause
    goal_id: str | None = None
    step_id: str | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A student's place, as it is answered. `replaced`: the placement it was switched from."""

    placement_id: str
    student_id: str
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
    cancelled_at: datetime | None


PLACEMENT = Shape(Placement, Place, "student_id")


async def book_places(tx: Transaction, asked: Sequence[Asked[BookPlace]]) -> list[Placement | Refusals]:
    """Decide each order after the other on the same board: the second sees the seat that the first one took.

    A refused order is answered by its reasons and takes nothing. What changed is saved once, for all.
    """
    ledger = Ledger(tx)
    await ledger.open_seats(_seat(one.order) for one in asked)
    outcomes = [await _decide(ledger, one) for one in asked]
    ledger.save()
    return outcomes


def _seat(order: BookPlace) -> Seat:
    return Seat(order.occurrence_id, order.student_id, order.goal_id is not None, order.instead_of)


async def _decide(ledger: Ledger, asked: Asked[BookPlace]) -> Placement | Refusals:
    order = asked.order
    try:
        place = await _book(ledger, order)
    except Refusals as refusals:
        return refusals
    finally:
        ledger.tell(asked.trace)
    return PLACEMENT(place, student_id=order.student_id)


async def _book(ledger: Ledger, order: BookPlace) -> Place:
    occurrence = ledger.board.occurrences.get(order.occurrence_id)
    if occurrence is None:
        raise refuse(NoSuchOccurrence())
    wish = _wish(ledger, order)
    if occurrence.waiting:
        await serve_lines(ledger, [order.occurrence_id])
    if order.instead_of is None:
        return take_seat(ledger.board, wish, order.occurrence_id)
    place, freed = switch(ledger.board, wish, order.occurrence_id, order.instead_of)
    await fill_seats(ledger, [freed])
    return place


def _wish(ledger: Ledger, order: BookPlace) -> Wish:
    student = ledger.students.get(order.student_id)
    if student is None:
        raise refuse(NoSuchStudent())
    return Wish(
        placement_id=order.placement_id,
        student=student,
        learner=ledger.learners.get(order.student_id),
        goal_id=order.goal_id,
        step_id=order.step_id,
        cause=order.cause,
        made_by=order.caller_id,
        made_at=ledger.tx.now,
    )

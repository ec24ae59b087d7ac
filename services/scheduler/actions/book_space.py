"""A student books a space for their own work: no host, no offer, a seat and a block."""

import asyncio
from dataclasses import dataclass

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.book_places import PLACEMENT, Placement
from services.scheduler.domain.blocks import Block, NoSuchBlock
from services.scheduler.domain.booking import Wish, put_made
from services.scheduler.domain.own_work import book_own_work
from services.scheduler.domain.resource_days import ResourceDay, resource_day_id
from services.scheduler.domain.spaces import NoSuchSpace, Space, space_day
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.domain.weeks import Cause, week_id
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.ledger import Ledger
from services.scheduler.store.spaces import SPACE, SPACES


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSpace:
    """A seat for own work wished for, in a space during a block."""

    placement_id: str
    space_id: str
    block_id: str
    student_id: str
    caller_id: str
    cause: Cause
    goal_id: str | None = None
    step_id: str | None = None


async def book_space(tx: Transaction, order: BookSpace) -> Placement:
    """Book a seat for own work.

    Raises: Refusals of `book_own_work`, NoSuchSpace, NoSuchBlock, NoSuchStudent.
    """
    space, block = await SPACE.get(tx[SPACES], order.space_id), await BLOCK.get(tx[BLOCKS], order.block_id)
    if space is None:
        raise refuse(NoSuchSpace())
    if block is None:
        raise refuse(NoSuchBlock())
    ledger = Ledger(tx)
    await _load(ledger, order, block)
    week = ledger.board.weeks[week_id(order.student_id, block.week)]
    booked = book_own_work(_wish(ledger, order), space, block, week, _day(ledger, space, block))
    place = put_made(ledger.board, booked)
    ledger.save()
    return PLACEMENT(place, student_id=order.student_id)


async def _load(ledger: Ledger, order: BookSpace, block: Block) -> None:
    await asyncio.gather(
        ledger.load_students([order.student_id]),
        ledger.load_learners([order.student_id] if order.goal_id is not None else []),
        ledger.load_weeks([(order.student_id, block.week)]),
        ledger.load_days_of([resource_day_id(order.space_id, block.day)]),
    )


def _day(ledger: Ledger, space: Space, block: Block) -> ResourceDay:
    known = ledger.board.days.get(resource_day_id(space.space_id, block.day))
    return known if known is not None else space_day(space, block.day)


def _wish(ledger: Ledger, order: BookSpace) -> Wish:
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

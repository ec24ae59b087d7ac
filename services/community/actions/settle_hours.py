"""Hours are settled, in two different acts: the partner verifies, the school approves."""

from dataclasses import dataclass, replace

from contracts.fact import Fact
from kit.transaction import Transaction
from services.community.domain import hours as rules
from services.community.domain.hours import Hours, Outcome, counts
from services.community.store.collections import HOURS, HOURS_RECORD, TIMESHEET, TIMESHEETS
from services.community.store.finding import hours_of, timesheet_of


@dataclass(frozen=True, slots=True)
class VerifyHours:
    """What the partner says to which hours."""

    hours_id: str
    by: str
    outcome: Outcome
    minutes: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ApproveHours:
    """Whether the school approves which hours."""

    hours_id: str
    by: str
    approved: bool
    reason: str | None = None


async def verify_hours(tx: Transaction, order: VerifyHours) -> Hours:
    """The partner's act. Raises: Refusals of NoSuchHours, HoursSettled, ChangeUnexplained."""
    hours = await hours_of(tx[HOURS], order.hours_id)
    return await _save(tx, *rules.verify(hours, order.outcome, order.by, tx.now, order.minutes, order.reason))


async def approve_hours(tx: Transaction, order: ApproveHours) -> Hours:
    """The school's act.

    Raises: Refusals of NoSuchHours, HoursUnverified, HoursSettled, SamePersonTwice, ChangeUnexplained.
    """
    hours = await hours_of(tx[HOURS], order.hours_id)
    return await _save(tx, *rules.approve(hours, order.approved, order.by, tx.now, order.reason))


async def _save(tx: Transaction, hours: Hours, facts: list[Fact]) -> Hours:
    if not counts(hours):
        timesheet = await timesheet_of(tx[TIMESHEETS], hours.person_id)
        tx[TIMESHEETS].save(TIMESHEET.pack(rules.give_up(timesheet, hours.hours_id)))
    return replace(hours, version=tx[HOURS].save(HOURS_RECORD.pack(hours), facts))

"""A school gives a period new terms from a date on."""

from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.periods import NoSuchPeriod, Period, Terms, renew
from services.scheduler.store.timetables import PERIOD, PERIODS, period_of


@dataclass(frozen=True, slots=True)
class RenewPeriod:
    """Which period, its new terms, and the version it was read at, if the caller says so."""

    school_id: str
    period_id: str
    terms: Terms
    expected: int | None


async def renew_period(tx: Transaction, order: RenewPeriod) -> Period:
    """Add terms to a period; earlier ones stay.

    Raises: Refusals of NoSuchPeriod, StaleVersion, TermsNotLater, TermsEndBeforeStart.
    """
    period = await period_of(tx[PERIODS], order.school_id, order.period_id)
    if period is None:
        raise refuse(NoSuchPeriod(period_id=order.period_id))
    check_version(period.version, order.expected)
    renewed = renew(period, order.terms)
    return replace(renewed, version=tx[PERIODS].save(PERIOD.pack(renewed)))

"""A school adds a period."""

from dataclasses import replace

from kit.transaction import Transaction
from services.scheduler.domain.periods import Period, check_terms
from services.scheduler.store.timetables import PERIOD, PERIODS


async def add_period(tx: Transaction, period: Period) -> Period:
    """Add a period with its first terms.

    Raises: Refusals of TermsEndBeforeStart.
    """
    check_terms(period.terms[0])
    return replace(period, version=tx[PERIODS].save(PERIOD.pack(period)))

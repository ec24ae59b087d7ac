"""The coming days of a resource take over its new limit."""

from datetime import timedelta

from kit.transaction import Transaction
from services.scheduler.domain.resource_days import set_limit
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS, days_from


async def limit_days(tx: Transaction, resource_id: str, limit: int, target: int) -> None:
    """Set the limit on every day from today on (from yesterday, as somewhere it still may be).

    Raises: Refusals of LimitBelowUse when more is in use on one of them.
    """
    yesterday = tx.now.date() - timedelta(days=1)
    for day in await days_from(tx[RESOURCE_DAYS], resource_id, yesterday):
        tx[RESOURCE_DAYS].save(RESOURCE_DAY.pack(set_limit(day, limit, target)))

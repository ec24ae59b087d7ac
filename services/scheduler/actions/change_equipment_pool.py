"""A school changes an equipment pool."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kit.conditions import check_version
from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.limit_days import limit_days
from services.scheduler.domain.spaces import EquipmentPool, NoSuchPool
from services.scheduler.store.spaces import POOL, POOLS


@dataclass(frozen=True, slots=True)
class ChangePool:
    """Which pool of which school, the fields to change, and the version it was read at, if given."""

    school_id: str
    pool_id: str
    changes: Mapping[str, Any]
    expected: int | None


async def change_equipment_pool(tx: Transaction, order: ChangePool) -> EquipmentPool:
    """Change a pool; a new count holds from today on.

    Raises: Refusals of NoSuchPool, StaleVersion, LimitBelowUse.
    """
    pool = (await POOL.many(tx[POOLS], [order.pool_id])).get(order.pool_id)
    if pool is None or pool.school_id != order.school_id:
        raise refuse(NoSuchPool(pool_id=order.pool_id))
    check_version(pool.version, order.expected)
    changed = replace(pool, **order.changes)
    if changed.count != pool.count:
        await limit_days(tx, pool.pool_id, changed.count, changed.count)
    return replace(changed, version=tx[POOLS].save(POOL.pack(changed)))

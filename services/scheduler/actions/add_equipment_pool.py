"""A school adds an equipment pool."""

from dataclasses import replace

from kit.transaction import Transaction
from services.scheduler.domain.spaces import EquipmentPool
from services.scheduler.store.spaces import POOL, POOLS


async def add_equipment_pool(tx: Transaction, pool: EquipmentPool) -> EquipmentPool:
    """Add a pool."""
    return replace(pool, version=tx[POOLS].save(POOL.pack(pool)))

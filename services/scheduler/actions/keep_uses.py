"""Spaces' and pools' days follow what takes place in them: entered, moved with the block, struck."""

from collections.abc import Iterable, Mapping, Sequence

from kit.transaction import Transaction
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay, move, release, reserve, resource_day_id, take
from services.scheduler.domain.spaces import EquipmentPool, Space, pool_day, space_day
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS, days_with


async def enter_uses(
    tx: Transaction, occurrences: Sequence[Occurrence], space: Space | None, pools: Mapping[str, EquipmentPool]
) -> None:
    """Enter new occurrences in the days of their space and pools; what they need in any case is taken at once.

    Raises: Refusals of EquipmentGone.
    """
    fresh = _fresh_days(occurrences, space, pools)
    days = fresh | await RESOURCE_DAY.many(tx[RESOURCE_DAYS], sorted(fresh))
    for occurrence in occurrences:
        ref, starts_at, ends_at = occurrence.occurrence_id, occurrence.starts_at, occurrence.ends_at
        if occurrence.space_id is not None:
            day_id = resource_day_id(occurrence.space_id, occurrence.day)
            days[day_id] = reserve(days[day_id], ref, starts_at, ends_at)
        for need in occurrence.equipment:
            day_id = resource_day_id(need.pool_id, occurrence.day)
            days[day_id] = take(days[day_id], ref, starts_at, ends_at, need.fixed)
    _save(tx, days.values())


async def move_uses(tx: Transaction, occurrences: Sequence[Occurrence]) -> None:
    """Move the uses of these occurrences to their new times.

    Raises: Refusals of SpaceFull or EquipmentGone.
    """
    days = await days_with(tx[RESOURCE_DAYS], [occurrence.occurrence_id for occurrence in occurrences])
    moved = dict(days)
    for occurrence in occurrences:
        for day_id in days:
            moved[day_id] = move(moved[day_id], occurrence.occurrence_id, occurrence.starts_at, occurrence.ends_at)
    _save(tx, [day for day_id, day in moved.items() if day != days[day_id]])


async def strike_uses(tx: Transaction, refs: Sequence[str]) -> None:
    """Strike the uses of these refs, with all that they took."""
    days = await days_with(tx[RESOURCE_DAYS], refs)
    for ref in refs:
        days = {day_id: release(day, ref) for day_id, day in days.items()}
    _save(tx, days.values())


def _fresh_days(
    occurrences: Sequence[Occurrence], space: Space | None, pools: Mapping[str, EquipmentPool]
) -> dict[str, ResourceDay]:
    days = {occurrence.day for occurrence in occurrences}
    made = [space_day(space, day) for day in days] if space is not None else []
    made += [pool_day(pool, day) for pool in pools.values() for day in days]
    return {day.day_id: day for day in made}


def _save(tx: Transaction, days: Iterable[ResourceDay]) -> None:
    for day in days:
        tx[RESOURCE_DAYS].save(RESOURCE_DAY.pack(day))

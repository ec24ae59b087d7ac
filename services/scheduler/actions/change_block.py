"""A school overrides one block: other times, or none at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.fact import Fact
from kit.conditions import check_version
from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.follow_blocks import blocks_in_use, follow_blocks, leave_blocks
from services.scheduler.domain.blocks import Block, NoSuchBlock, Zones, cancel, move
from services.scheduler.domain.calendars import CalendarMissing, zone_of
from services.scheduler.domain.resource_days import resource_day_id
from services.scheduler.domain.spaces import space_day
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.schools import DISTRICTS, district_zone
from services.scheduler.store.spaces import SPACES, own_work_spaces
from services.scheduler.store.timetables import CALENDAR, CALENDARS


@dataclass(frozen=True, slots=True)
class ChangeBlock:
    """Which block, its new times (None: as they are) or that it is cancelled; the version it was read at, if given."""

    block_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    cancelled: bool
    expected: int | None


async def change_block(tx: Transaction, order: ChangeBlock) -> Block:
    """Move or cancel a block that nobody uses yet; its empty occurrences go along.

    Raises: Refusals of NoSuchBlock, StaleVersion, CalendarMissing, DistrictUnknown, those of `move` and `cancel`, and
    HostBusy, SpaceFull or EquipmentGone where the new times are taken.
    """
    block = await BLOCK.get(tx[BLOCKS], order.block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    check_version(block.version, order.expected)
    used = block.block_id in await blocks_in_use(tx, [block.block_id])
    if order.cancelled:
        changed, gone = cancel(block, tx.now, used)
        await leave_blocks(tx, [changed])
        return await _save(tx, changed, gone)
    starts_at, ends_at = order.starts_at or block.starts_at, order.ends_at or block.ends_at
    changed, stands = move(block, starts_at, ends_at, tx.now, await _zones(tx, block), used)
    await follow_blocks(tx, [changed])
    return await _save(tx, changed, stands)


async def _zones(tx: Transaction, block: Block) -> Zones:
    calendar = await CALENDAR.get(tx[CALENDARS], block.school_id)
    if calendar is None:
        raise refuse(CalendarMissing())
    return Zones(zone_of(calendar.time_zone), await district_zone(tx[DISTRICTS], block.district_id))


async def _save(tx: Transaction, block: Block, facts: Sequence[Fact]) -> Block:
    await _hold_own_work(tx, block)
    return replace(block, version=tx[BLOCKS].save(BLOCK.pack(block), facts))


async def _hold_own_work(tx: Transaction, block: Block) -> None:
    """Write the day of every space for own work, unchanged.

    A booking for own work reads the block but does not write it; it writes the space's day. So does this, and of two
    at once one runs again and sees the other.
    """
    spaces = await own_work_spaces(tx[SPACES], [block.school_id])
    known = await RESOURCE_DAY.many(tx[RESOURCE_DAYS], [resource_day_id(space.space_id, block.day) for space in spaces])
    for space in spaces:
        day = known.get(resource_day_id(space.space_id, block.day)) or space_day(space, block.day)
        tx[RESOURCE_DAYS].save(RESOURCE_DAY.pack(day))

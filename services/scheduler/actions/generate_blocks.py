"""A school generates its blocks from a day pattern, as often as it likes."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.follow_blocks import blocks_in_use, follow_blocks, leave_blocks
from services.scheduler.domain.blocks import Block, Zones, generated, withdrawn
from services.scheduler.domain.calendars import CalendarMissing, zone_of
from services.scheduler.domain.day_patterns import NoSuchPattern
from services.scheduler.domain.generation import Generation, Timetable, planned, reconcile
from services.scheduler.store.blocks import BLOCK, BLOCKS, blocks_between
from services.scheduler.store.schools import DISTRICTS, district_zone
from services.scheduler.store.timetables import CALENDAR, CALENDARS, PATTERNS, PERIODS, pattern_of, periods_of


@dataclass(frozen=True, slots=True)
class GenerateBlocks:
    """From which pattern, for which days (both included)."""

    school_id: str
    pattern_id: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class GeneratedBlocks:
    """How many were added, changed, withdrawn or left as they were, and the blocks that stand in these days now.

    `kept`: left against the pattern, as they are past, locked, set by hand or in use. `passed`: not made, being over.
    """

    added: int
    changed: int
    withdrawn: int
    unchanged: int
    kept: int
    passed: int
    blocks: tuple[Block, ...]


async def generate_blocks(tx: Transaction, order: GenerateBlocks) -> GeneratedBlocks:
    """Generate blocks; again and again is safe, and what has not changed is not written.

    Raises: Refusals of NoSuchPattern, CalendarMissing, DistrictUnknown, RangeOutOfBounds, NoSuchPeriod,
    BlockCrossesWeek, HostBusy, SpaceFull, EquipmentGone.
    """
    wanted = planned(await _timetable(tx, order), order.first, order.last)
    standing = await blocks_between(tx[BLOCKS], [order.school_id], order.first, order.last)
    used = await blocks_in_use(tx, [block.block_id for block in standing])
    generation = reconcile(order.pattern_id, wanted, standing, used, tx.now)
    await follow_blocks(tx, generation.changed)
    await leave_blocks(tx, generation.withdrawn)
    return _answer(generation, standing, _save(tx, generation))


async def _timetable(tx: Transaction, order: GenerateBlocks) -> Timetable:
    pattern = await pattern_of(tx[PATTERNS], order.school_id, order.pattern_id)
    calendar = await CALENDAR.get(tx[CALENDARS], order.school_id)
    if pattern is None:
        raise refuse(NoSuchPattern())
    if calendar is None:
        raise refuse(CalendarMissing())
    zones = Zones(zone_of(calendar.time_zone), await district_zone(tx[DISTRICTS], tx.district_id))
    periods = await periods_of(tx[PERIODS], order.school_id)
    return Timetable(pattern=pattern, periods=periods, calendar=calendar, zones=zones)


def _save(tx: Transaction, generation: Generation) -> list[Block]:
    """Save what is new, changed or withdrawn, each with its fact; the blocks with their new versions."""
    saved = [
        replace(block, version=tx[BLOCKS].save(BLOCK.pack(block), [generated(block)]))
        for block in (*generation.added, *generation.changed)
    ]
    for block in generation.withdrawn:
        gone, facts = withdrawn(block)
        saved.append(replace(gone, version=tx[BLOCKS].save(BLOCK.pack(gone), facts)))
    return saved


def _answer(generation: Generation, standing: list[Block], saved: list[Block]) -> GeneratedBlocks:
    blocks = {block.block_id: block for block in (*standing, *saved)}
    return GeneratedBlocks(
        added=len(generation.added),
        changed=len(generation.changed),
        withdrawn=len(generation.withdrawn),
        unchanged=len(generation.unchanged),
        kept=len(generation.kept),
        passed=generation.passed,
        blocks=tuple(sorted((block for block in blocks.values() if not block.cancelled), key=_in_time)),
    )


def _in_time(block: Block) -> tuple[date, datetime, str]:
    return block.day, block.starts_at, block.block_id

"""Blocks: one dated piece of a period at a school, and how it may change until it locks."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.scheduler import BlockCancelled, BlockGenerated, BlockLocked
from kit.refusals import Kind, Refusal, refuse_all


class NoSuchBlock(Refusal):
    kind = Kind.MISSING
    text = "There is no such block in this district."


class BlockLockedAlready(Refusal):
    text = "This block is locked: it changes no more."


class BlockCancelledAlready(Refusal):
    text = "This block is cancelled."


class BlockOver(Refusal):
    text = "This block has begun or is over: it changes no more."


class BlockInUse(Refusal):
    text = "Somebody has a place or waits in this block. Free those places first, then move or cancel it."


class BlockEndsBeforeStart(Refusal):
    kind = Kind.INVALID
    text = "A block ends after it starts. Check the two times."


class BlockLeavesItsDay(Refusal):
    kind = Kind.INVALID
    text = "A block stays on its day ({day}) in the school's time zone. Choose times on that day."


class BlockCrossesWeek(Refusal):
    kind = Kind.INVALID
    text = (
        "The block of {day} at {starts_at} would cross Monday's midnight in the district's time zone ({time_zone}). "
        "A block belongs to one week; end it earlier or start it later."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One dated piece of a period. `planned_at` is the start its pattern said: with an override it stays what it was.

    Times are aware, in UTC; `day` is the school's, `week` (such as 2026-W48) the district's. Sign-up is open from
    `opens_at` until `closes_at`; at `locks_at` the block locks by itself unless somebody locks it before.
    """

    block_id: str
    version: int
    district_id: str
    school_id: str
    period_id: str
    period_name: str
    pattern_id: str
    rotation_day: str | None
    day: date
    week: str
    planned_at: datetime
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    locks_at: datetime
    locked_at: datetime | None = None
    cancelled: bool = False
    overridden: bool = False


def week_of(moment: datetime, zone: ZoneInfo) -> str:
    """The ISO week of a moment in this zone: `2026-W48`. Weeks turn at Monday's midnight there."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def crosses_week(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether Monday's midnight in this zone lies inside; ending exactly then is still the old week."""
    last = ends_at - timedelta(microseconds=1)
    return week_of(starts_at, zone) != week_of(last, zone)


def generated(block: Block) -> BlockGenerated:
    """The fact that this block stands in the calendar, with the times it has now."""
    return BlockGenerated(
        district_id=block.district_id,
        block_id=block.block_id,
        school_id=block.school_id,
        period_id=block.period_id,
        day=block.day,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
    )


def lock(block: Block, now: datetime) -> tuple[Block, list[BlockLocked]]:
    """Lock a block: nothing in it changes any more, and the roll can be taken. Locked already: nothing happens.

    Raises: Refusals of BlockCancelledAlready.
    """
    refuse_all(BlockCancelledAlready() if block.cancelled else None)
    if block.locked_at is not None:
        return block, []
    locked = replace(block, locked_at=now)
    fact = BlockLocked(district_id=block.district_id, block_id=block.block_id, school_id=block.school_id, locked_at=now)
    return locked, [fact]


@dataclass(frozen=True, slots=True)
class Zones:
    """The two zones that a block's times are read in: the school's for its day, the district's for its week."""

    school: ZoneInfo
    district: ZoneInfo


def move(
    block: Block, starts_at: datetime, ends_at: datetime, now: datetime, zones: Zones, in_use: bool
) -> tuple[Block, list[BlockGenerated]]:
    """Override a block's times; its windows move with its start.

    Raises: Refusals of BlockLockedAlready, BlockCancelledAlready, BlockOver, BlockInUse, BlockEndsBeforeStart,
    BlockLeavesItsDay, BlockCrossesWeek.
    """
    refuse_all(
        *_fixed(block, now),
        BlockInUse() if in_use else None,
        BlockOver() if starts_at <= now < block.starts_at else None,
        *_misfits(block, starts_at, ends_at, zones),
    )
    shift = starts_at - block.starts_at
    moved = replace(
        block,
        starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC),
        closes_at=block.closes_at + shift,
        locks_at=block.locks_at + shift,
        week=week_of(starts_at, zones.district),
        overridden=True,
    )
    return moved, [generated(moved)]


def cancel(block: Block, now: datetime, in_use: bool) -> tuple[Block, list[BlockCancelled]]:
    """Cancel a block that nobody uses; generating the calendar again does not bring it back.

    Raises: Refusals of BlockLockedAlready, BlockCancelledAlready, BlockOver, BlockInUse.
    """
    refuse_all(*_fixed(block, now), BlockInUse() if in_use else None)
    return withdrawn(replace(block, overridden=True))


def withdrawn(block: Block) -> tuple[Block, list[BlockCancelled]]:
    """The block taken out of the calendar, with the fact that says so."""
    fact = BlockCancelled(district_id=block.district_id, block_id=block.block_id, school_id=block.school_id)
    return replace(block, cancelled=True), [fact]


def is_fixed(block: Block, now: datetime) -> bool:
    """Whether a pattern may no longer touch this block: locked, begun, or overridden by hand."""
    return block.locked_at is not None or block.starts_at <= now or block.overridden


def _fixed(block: Block, now: datetime) -> tuple[Refusal | None, ...]:
    return (
        BlockLockedAlready() if block.locked_at is not None else None,
        BlockCancelledAlready() if block.cancelled else None,
        BlockOver() if block.starts_at <= now else None,
    )


def _misfits(block: Block, starts_at: datetime, ends_at: datetime, zones: Zones) -> tuple[Refusal | None, ...]:
    if ends_at <= starts_at:
        return (BlockEndsBeforeStart(),)
    days = {moment.astimezone(zones.school).date() for moment in (starts_at, ends_at - timedelta(microseconds=1))}
    return (
        BlockLeavesItsDay(day=block.day.isoformat()) if days != {block.day} else None,
        week_crossing(block.day, starts_at, ends_at, zones),
    )


def week_crossing(day: date, starts_at: datetime, ends_at: datetime, zones: Zones) -> BlockCrossesWeek | None:
    """The reason against a block over the district's Monday midnight, or None."""
    if not crosses_week(starts_at, ends_at, zones.district):
        return None
    local = starts_at.astimezone(zones.school).strftime("%H:%M")
    return BlockCrossesWeek(day=day.isoformat(), starts_at=local, time_zone=zones.district.key)

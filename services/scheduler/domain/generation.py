"""Generation: blocks from a day pattern, again and again, without touching what is past, locked or set by hand."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from kit.refusals import Refusal, refuse_all
from services.scheduler.domain.blocks import Block, Zones, is_fixed, week_crossing, week_of
from services.scheduler.domain.calendars import Calendar, local_times, windows
from services.scheduler.domain.day_patterns import BellEntry, DayPattern, DayPlan, plan
from services.scheduler.domain.periods import NoSuchPeriod, Period, terms_on

Slot = tuple[str, date, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """All that blocks are generated from."""

    pattern: DayPattern
    periods: Mapping[str, Period]
    calendar: Calendar
    zones: Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What generating again comes to: blocks to add, to change and to withdraw; the others stay as they are.

    `kept`: may no longer change (past, locked, set by hand) or are in use. `passed`: planned for times that are over.
    """

    added: tuple[Block, ...]
    changed: tuple[Block, ...]
    withdrawn: tuple[Block, ...]
    unchanged: tuple[Block, ...]
    kept: tuple[Block, ...]
    passed: int


def planned(timetable: Timetable, first: date, last: date) -> list[Block]:
    """The blocks that the pattern says (version 0). Days on which a period has no terms have none of it.

    Raises: Refusals of NoSuchPeriod, BlockCrossesWeek, RangeOutOfBounds.
    """
    days = plan(timetable.pattern, first, last)
    asked = {entry.period_id for bell in timetable.pattern.bells for entry in bell.entries}
    refuse_all(*(NoSuchPeriod(period_id=period_id) for period_id in sorted(asked - timetable.periods.keys())))
    blocks = [block for day_plan in days for block in _blocks_of(timetable, day_plan)]
    refuse_all(*_crossings(blocks, timetable.zones))
    return blocks


def block_id_of(school_id: str, period_id: str, day: date, planned_at: datetime) -> str:
    """The id of the block in this slot: the same however often it is generated, and by whom."""
    slot_text = f"{school_id}|{period_id}|{day.isoformat()}|{planned_at.isoformat()}"
    return f"block_{hashlib.sha256(slot_text.encode()).hexdigest()[:32]}"


def slot(block: Block) -> Slot:
    """What makes a block the same one when it is generated again: period, day and planned start."""
    return block.period_id, block.day, block.planned_at


def reconcile(
    pattern_id: str, blocks: Sequence[Block], standing: Sequence[Block], in_use: AbstractSet[str], now: datetime
) -> Generation:
    """Compare the planned blocks with those that stand in the same range; `in_use` are ids of blocks with placements.

    Past, locked and overridden blocks never change; a block that is in use keeps its times until it is free. Blocks of
    another pattern are left alone, unless this one plans the same.
    """
    wanted = {slot(block): block for block in blocks}
    known = {slot(block): block for block in standing}
    fresh = [block for key, block in wanted.items() if key not in known]
    pairs = [(known[key], block) for key, block in wanted.items() if key in known]
    loose = [known[key] for key in known.keys() - wanted.keys() if _is_of(pattern_id, known[key])]
    changes = [(old, _renewed(old, new)) for old, new in pairs]
    free = [(old, new) for old, new in changes if new != old and _may_become(old, new, in_use, now)]
    gone = [old for old in loose if not (is_fixed(old, now) or old.block_id in in_use)]
    still = {old.block_id for old, _ in free} | {old.block_id for old in gone}
    differing = [old for old, new in changes if new != old] + loose
    return Generation(
        added=tuple(block for block in fresh if block.starts_at > now),
        changed=tuple(new for _, new in free),
        withdrawn=tuple(gone),
        unchanged=tuple(old for old, new in changes if new == old),
        kept=tuple(old for old in differing if old.block_id not in still),
        passed=sum(block.starts_at <= now for block in fresh),
    )


def _is_of(pattern_id: str, block: Block) -> bool:
    return block.pattern_id == pattern_id and not block.cancelled


def _may_become(old: Block, new: Block, in_use: AbstractSet[str], now: datetime) -> bool:
    """Whether a pattern may change this block so: windows and names until it begins, times only while it is free."""
    moves = (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at)
    return not is_fixed(old, now) and not (moves and old.block_id in in_use)


def _renewed(old: Block, new: Block) -> Block:
    """The standing block with what the pattern says now; a withdrawn one comes back."""
    return replace(
        new,
        block_id=old.block_id,
        version=old.version,
        cancelled=old.cancelled and old.overridden,
        locked_at=old.locked_at,
        overridden=old.overridden,
    )


def _blocks_of(timetable: Timetable, day_plan: DayPlan) -> Iterator[Block]:
    for entry in day_plan.entries:
        terms = terms_on(timetable.periods[entry.period_id], day_plan.day)
        if terms is not None:
            yield _block(timetable, day_plan, entry, terms.name)


def _block(timetable: Timetable, day_plan: DayPlan, entry: BellEntry, period_name: str) -> Block:
    zones, pattern = timetable.zones, timetable.pattern
    starts_at, ends_at = local_times(day_plan.day, entry.starts, entry.ends, zones.school)
    window = windows(timetable.calendar, day_plan.day, starts_at)
    return Block(
        block_id=block_id_of(pattern.school_id, entry.period_id, day_plan.day, starts_at),
        version=0,
        district_id=pattern.district_id,
        school_id=pattern.school_id,
        period_id=entry.period_id,
        period_name=period_name,
        pattern_id=pattern.pattern_id,
        rotation_day=day_plan.rotation_day,
        day=day_plan.day,
        week=week_of(starts_at, zones.district),
        planned_at=starts_at,
        starts_at=starts_at,
        ends_at=ends_at,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        locks_at=window.locks_at,
    )


def _crossings(blocks: Sequence[Block], zones: Zones) -> Iterator[Refusal | None]:
    return (week_crossing(block.day, block.starts_at, block.ends_at, zones) for block in blocks)

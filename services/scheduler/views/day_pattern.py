"""What would each date be? A day pattern seen before anything is generated from it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kit.edge import Reader
from kit.refusals import refuse
from services.scheduler.domain.blocks import Block, Zones
from services.scheduler.domain.calendars import CalendarMissing, zone_of
from services.scheduler.domain.day_patterns import NoSuchPattern, plan
from services.scheduler.domain.generation import Timetable, planned
from services.scheduler.store.schools import DISTRICTS, district_zone
from services.scheduler.store.timetables import CALENDAR, CALENDARS, PATTERNS, PERIODS, pattern_of, periods_of


@dataclass(frozen=True, slots=True)
class PreviewedBlock:
    """A block as it would be generated."""

    period_id: str
    period_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PreviewedDay:
    """A date: school, holiday or no-school; its rotation day, bell schedule and blocks."""

    day: date
    kind: str
    rotation_day: str | None
    bell: str | None
    blocks: tuple[PreviewedBlock, ...]


async def preview(reader: Reader, school_id: str, pattern_id: str, first: date, last: date) -> list[PreviewedDay]:
    """Every date from `first` to `last`.

    Raises: Refusals of NoSuchPattern, CalendarMissing, DistrictUnknown, and those of `planned`.
    """
    timetable = await timetable_of(reader, school_id, pattern_id)
    blocks = planned(timetable, first, last)
    return [
        PreviewedDay(day.day, day.kind, day.rotation_day, day.bell, tuple(_of(day.day, blocks)))
        for day in plan(timetable.pattern, first, last)
    ]


async def timetable_of(reader: Reader, school_id: str, pattern_id: str) -> Timetable:
    """All that blocks are generated from.

    Raises: Refusals of NoSuchPattern, CalendarMissing, DistrictUnknown.
    """
    pattern, calendar, periods, district = await asyncio.gather(
        pattern_of(reader[PATTERNS], school_id, pattern_id),
        CALENDAR.get(reader[CALENDARS], school_id),
        periods_of(reader[PERIODS], school_id),
        district_zone(reader[DISTRICTS], reader.district_id),
    )
    if pattern is None:
        raise refuse(NoSuchPattern())
    if calendar is None:
        raise refuse(CalendarMissing())
    zones = Zones(zone_of(calendar.time_zone), district)
    return Timetable(pattern=pattern, periods=periods, calendar=calendar, zones=zones)


def _of(day: date, blocks: Iterable[Block]) -> Iterable[PreviewedBlock]:
    for block in sorted(blocks, key=lambda block: block.starts_at):
        if block.day == day:
            yield PreviewedBlock(block.period_id, block.period_name, block.starts_at, block.ends_at)

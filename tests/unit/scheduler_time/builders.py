"""Builders of the scheduler's values: a story says what matters, the rest is as usual."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduler.domain.blocks import Block, Zones
from services.scheduler.domain.calendars import Calendar
from services.scheduler.domain.day_patterns import Bell, BellEntry, DayException, DayPattern
from services.scheduler.domain.generation import Timetable
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.offers import Offer
from services.scheduler.domain.periods import Period, Terms
from services.scheduler.domain.resource_days import ResourceDay
from services.scheduler.domain.spaces import Space

DISTRICT, SCHOOL = "district_1", "school_1"
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
REGULAR = Bell(
    name="regular",
    entries=(
        BellEntry(period_id="period_1", starts=time(8, 30), ends=time(9, 30)),
        BellEntry(period_id="period_2", starts=time(9, 40), ends=time(10, 40)),
    ),
)
LATE = Bell(
    name="late",
    entries=(BellEntry(period_id="period_1", starts=time(10), ends=time(11)),),
)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """A moment of the day, in UTC."""
    return datetime.combine(day, time(0), UTC) + timedelta(hours=hour, minutes=minute)


def a_pattern(*exceptions: DayException, **changes: Any) -> DayPattern:
    fields: dict[str, Any] = {
        "pattern_id": "pattern_1",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "name": "A and B days",
        "rotation": "cycle",
        "rotation_days": ("A", "B"),
        "starts_on": MONDAY,
        "regular": "regular",
        "bells": (REGULAR, LATE),
        "exceptions": exceptions,
    }
    return DayPattern(**(fields | changes))


def a_calendar(**changes: Any) -> Calendar:
    fields: dict[str, Any] = {
        "school_id": SCHOOL,
        "version": 1,
        "district_id": DISTRICT,
        "time_zone": "Europe/London",
        "opens_days_ahead": 7,
        "closes_minutes_before": 15,
        "lock_minutes_before": 5,
    }
    return Calendar(**(fields | changes))


def a_timetable(
    pattern: DayPattern | None = None, zone: str = "Europe/London", district_zone: str | None = None, **calendar: Any
) -> Timetable:
    periods = {
        period_id: Period(
            period_id=period_id,
            version=1,
            district_id=DISTRICT,
            school_id=SCHOOL,
            terms=(Terms(name=period_id.replace("_", " "), from_on=date(2020, 1, 1)),),
        )
        for period_id in ("period_1", "period_2")
    }
    return Timetable(
        pattern=pattern or a_pattern(),
        periods=periods,
        calendar=a_calendar(time_zone=zone, **calendar),
        zones=Zones(ZoneInfo(zone), ZoneInfo(district_zone or zone)),
    )


def a_block(**changes: Any) -> Block:
    fields: dict[str, Any] = {
        "block_id": "block_1",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "period_id": "period_1",
        "period_name": "First",
        "pattern_id": "pattern_1",
        "rotation_day": "A",
        "day": MONDAY,
        "week": "2026-W49",
        "planned_at": at(8, 30),
        "starts_at": at(8, 30),
        "ends_at": at(9, 30),
        "opens_at": at(0) - timedelta(days=7),
        "closes_at": at(8, 15),
        "locks_at": at(8, 25),
    }
    return Block(**(fields | changes))


def an_offer(**changes: Any) -> Offer:
    fields: dict[str, Any] = {
        "offer_id": "offer_1",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "title": "Bike workshop",
        "host_ids": ("person_host",),
    }
    return Offer(**(fields | changes))


def an_occurrence(**changes: Any) -> Occurrence:
    fields: dict[str, Any] = {
        "occurrence_id": "occ_1",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "offer_id": "offer_1",
        "block_id": "block_1",
        "space_id": None,
        "day": MONDAY,
        "week": "2026-W49",
        "starts_at": at(8, 30),
        "ends_at": at(9, 30),
        "opens_at": at(0) - timedelta(days=7),
        "closes_at": at(8, 15),
        "title": "Bike workshop",
        "kind": "session",
        "host_ids": ("person_host",),
        "cap": 10,
    }
    return Occurrence(**(fields | changes))


def a_space(**changes: Any) -> Space:
    fields: dict[str, Any] = {
        "space_id": "space_1",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "name": "Workshop",
        "legal_limit": 20,
        "target": 16,
    }
    return Space(**(fields | changes))


def a_day(limit: int = 20, **changes: Any) -> ResourceDay:
    fields: dict[str, Any] = {
        "day_id": "space_1:2026-11-30",
        "resource_id": "space_1",
        "kind": "space",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "day": MONDAY,
        "limit": limit,
        "target": limit,
    }
    return ResourceDay(**(fields | changes))

"""A school sets its time zone and its sign-up times."""

from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.transaction import Transaction
from services.scheduler.domain.calendars import Calendar, check_calendar
from services.scheduler.store.timetables import CALENDAR, CALENDARS


@dataclass(frozen=True, slots=True)
class SetCalendar:
    """The calendar as it should be; `expected` is the version it was read at, if the caller says so."""

    calendar: Calendar
    expected: int | None


async def set_calendar(tx: Transaction, order: SetCalendar) -> Calendar:
    """Set a school's calendar; blocks take it over when they are generated again.

    Raises: Refusals of UnknownTimeZone, ClosesAfterLock, StaleVersion.
    """
    standing = await CALENDAR.get(tx[CALENDARS], order.calendar.school_id)
    version = standing.version if standing else 0
    check_version(version, order.expected)
    calendar = check_calendar(replace(order.calendar, version=version))
    return replace(calendar, version=tx[CALENDARS].save(CALENDAR.pack(calendar)))

"""A school's calendar: its time zone, and when sign-up opens, closes and locks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kit.refusals import Kind, Refusal, refuse, refuse_all


class UnknownTimeZone(Refusal):
    kind = Kind.INVALID
    text = "{time_zone} is no time zone. Give a name from the IANA database, such as Europe/London or America/Chicago."


class ClosesAfterLock(Refusal):
    kind = Kind.INVALID
    text = (
        "Sign-up would close {closes_minutes_before} minutes before a block, which is after it locks "
        "({lock_minutes_before} minutes before). Let it close no later than it locks."
    )


class CalendarMissing(Refusal):
    kind = Kind.MISSING
    text = "This school has no calendar yet. Set its time zone and sign-up times first."


class DistrictUnknown(Refusal):
    kind = Kind.UNAVAILABLE
    text = "The district's time zone has not arrived here yet. Try again in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Sign-up opens at midnight some days ahead; it closes, and the block locks, some minutes before the start."""

    school_id: str
    version: int
    district_id: str
    time_zone: str
    opens_days_ahead: int
    closes_minutes_before: int
    lock_minutes_before: int


@dataclass(frozen=True, slots=True)
class Windows:
    """When sign-up for a block opens and closes, and when the block locks; aware, in UTC."""

    opens_at: datetime
    closes_at: datetime
    locks_at: datetime


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises: Refusals of UnknownTimeZone.
    """
    # Only Area/City names and UTC: `localtime` or a path would mean another zone on another machine.
    well_formed = name == "UTC" or ("/" in name and not name.startswith(("/", ".")) and ".." not in name)
    try:
        if well_formed:
            return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise refuse(UnknownTimeZone(time_zone=name)) from error
    raise refuse(UnknownTimeZone(time_zone=name))


def check_calendar(calendar: Calendar) -> Calendar:
    """The calendar, if its zone exists and sign-up closes no later than blocks lock.

    Raises: Refusals of UnknownTimeZone, ClosesAfterLock.
    """
    zone_of(calendar.time_zone)
    late = calendar.closes_minutes_before < calendar.lock_minutes_before
    refuse_all(
        ClosesAfterLock(
            closes_minutes_before=calendar.closes_minutes_before, lock_minutes_before=calendar.lock_minutes_before
        )
        if late
        else None
    )
    return calendar


def windows(calendar: Calendar, day: date, starts_at: datetime) -> Windows:
    """The windows of a block on this day, by the school's clock."""
    opens_on = day - timedelta(days=calendar.opens_days_ahead)
    opens_at = datetime.combine(opens_on, time(0), zone_of(calendar.time_zone)).astimezone(UTC)
    return Windows(
        opens_at=opens_at,
        closes_at=starts_at - timedelta(minutes=calendar.closes_minutes_before),
        locks_at=starts_at - timedelta(minutes=calendar.lock_minutes_before),
    )


def local_times(day: date, starts: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end, in UTC, of what a wall clock in this zone shows as `starts` to `ends` on this day.

    A time the clock skips (spring) counts from before the leap, so that it is as much later as the clock leapt. A time
    that the clock shows twice (autumn) is the first of the two. Where the end would come before the start by that, the
    length is the wall clock's.
    """
    starts_at = datetime.combine(day, starts, zone).astimezone(UTC)
    ends_at = datetime.combine(day, ends, zone).astimezone(UTC)
    if ends_at <= starts_at:
        ends_at = starts_at + (datetime.combine(day, ends) - datetime.combine(day, starts))
    return starts_at, ends_at

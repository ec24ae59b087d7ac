"""Calendars: wall clocks that leap, and the windows of sign-up."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.refusals import Refusals
from services.scheduler.domain.calendars import check_calendar, local_times, windows, zone_of
from tests.unit.scheduler_time.builders import MONDAY, a_calendar

CHICAGO = ZoneInfo("America/Chicago")
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_school_day_is_an_hour_later_in_utc_in_winter() -> None:
    summer, _ = local_times(date(2026, 10, 30), time(8), time(9), CHICAGO)
    winter, _ = local_times(date(2026, 11, 2), time(8), time(9), CHICAGO)
    assert (summer, winter) == (utc(2026, 10, 30, 13), utc(2026, 11, 2, 14))


def test_a_time_the_clock_skips_is_later_by_the_leap() -> None:
    starts_at, ends_at = local_times(SPRING, time(2, 30), time(3, 45), CHICAGO)
    assert (starts_at, ends_at) == (utc(2027, 3, 14, 8, 30), utc(2027, 3, 14, 8, 45))


def test_a_block_inside_the_skipped_hour_keeps_its_length() -> None:
    starts_at, ends_at = local_times(SPRING, time(2, 15), time(2, 45), CHICAGO)
    assert (starts_at, ends_at) == (utc(2027, 3, 14, 8, 15), utc(2027, 3, 14, 8, 45))


def test_an_end_that_would_come_before_the_leapt_start_keeps_the_length() -> None:
    starts_at, ends_at = local_times(SPRING, time(2, 30), time(3), CHICAGO)
    assert (starts_at, ends_at) == (utc(2027, 3, 14, 8, 30), utc(2027, 3, 14, 9))


def test_a_block_over_the_leap_ends_when_the_wall_clock_says() -> None:
    starts_at, ends_at = local_times(SPRING, time(1), time(4), CHICAGO)
    assert (ends_at - starts_at, ends_at) == (timedelta(hours=2), utc(2027, 3, 14, 9))


def test_a_time_the_clock_shows_twice_is_the_first_one() -> None:
    starts_at, ends_at = local_times(AUTUMN, time(1, 15), time(1, 45), CHICAGO)
    assert (starts_at, ends_at) == (utc(2027, 11, 7, 6, 15), utc(2027, 11, 7, 6, 45))


def test_a_block_over_the_repeated_hour_is_an_hour_longer() -> None:
    starts_at, ends_at = local_times(AUTUMN, time(0, 30), time(2, 30), CHICAGO)
    assert ends_at - starts_at == timedelta(hours=3)


@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    minutes=st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda pair: pair[0] != pair[1]),
)
def test_a_block_always_ends_after_it_starts(zone: str, day: date, minutes: tuple[int, int]) -> None:
    starts, ends = (time(minute // 60, minute % 60) for minute in sorted(minutes))
    starts_at, ends_at = local_times(day, starts, ends, ZoneInfo(zone))
    assert starts_at < ends_at
    assert starts_at.utcoffset() == ends_at.utcoffset() == timedelta(0)


def test_sign_up_opens_at_the_schools_midnight_across_a_clock_change() -> None:
    calendar = a_calendar(time_zone="America/Chicago", opens_days_ahead=7)
    starts_at, _ = local_times(date(2026, 11, 4), time(8), time(9), CHICAGO)
    opens_at = windows(calendar, date(2026, 11, 4), starts_at).opens_at
    assert opens_at == utc(2026, 10, 28, 5)


def test_sign_up_closes_and_locks_minutes_before_the_start() -> None:
    starts_at = utc(2026, 11, 30, 8, 30)
    window = windows(a_calendar(closes_minutes_before=15, lock_minutes_before=5), MONDAY, starts_at)
    assert (starts_at - window.closes_at, starts_at - window.locks_at) == (timedelta(minutes=15), timedelta(minutes=5))


@pytest.mark.parametrize("name", ["Mars/Olympus", "localtime", "../etc/passwd", "/etc/localtime", "", "europe london"])
def test_a_name_that_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(Refusals) as refused:
        zone_of(name)
    assert refused.value.codes == {"unknown-time-zone"}


@pytest.mark.parametrize("name", ["UTC", "Europe/London", "America/Argentina/Buenos_Aires"])
def test_a_name_of_the_iana_database_is_a_time_zone(name: str) -> None:
    assert zone_of(name).key == name


def test_sign_up_cannot_close_after_the_lock() -> None:
    with pytest.raises(Refusals) as refused:
        check_calendar(a_calendar(closes_minutes_before=0, lock_minutes_before=5))
    assert refused.value.codes == {"closes-after-lock"}

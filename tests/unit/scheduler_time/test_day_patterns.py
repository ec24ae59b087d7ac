"""Day patterns: rotation, bell schedules and exceptions."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.refusals import Refusals
from services.scheduler.domain.day_patterns import (
    WEEKDAYS,
    Bell,
    BellEntry,
    DayException,
    DayPattern,
    DayPlan,
    check_pattern,
    plan,
)
from tests.unit.scheduler_time.builders import LATE, MONDAY, REGULAR, a_pattern


def days(pattern: DayPattern, length: int) -> list[DayPlan]:
    return plan(pattern, pattern.starts_on, pattern.starts_on + timedelta(days=length - 1))


def rotation(pattern: DayPattern, length: int) -> list[str | None]:
    return [day.rotation_day for day in days(pattern, length) if day.kind == "school"]


def test_a_and_b_days_take_turns_over_the_weekend() -> None:
    assert rotation(a_pattern(), 9) == ["A", "B", "A", "B", "A", "B", "A"]


def test_a_week_ends_with_two_days_without_school() -> None:
    assert [day.kind for day in days(a_pattern(), 7)] == ["school"] * 5 + ["no-school"] * 2


def test_a_holiday_leaves_the_rotation_where_it_was() -> None:
    holiday = DayException(day=MONDAY + timedelta(days=1), holiday=True)
    assert rotation(a_pattern(holiday), 5) == ["A", "B", "A", "B"]


def test_a_holiday_that_consumes_uses_up_its_rotation_day() -> None:
    holiday = DayException(day=MONDAY + timedelta(days=1), holiday=True, consumes=True)
    assert rotation(a_pattern(holiday), 5) == ["A", "A", "B", "A"]


def test_a_holiday_at_the_weekend_consumes_nothing() -> None:
    holiday = DayException(day=MONDAY + timedelta(days=5), holiday=True, consumes=True)
    assert rotation(a_pattern(holiday), 8) == rotation(a_pattern(), 8)


def test_another_rotation_day_holds_for_that_date_alone() -> None:
    exception = DayException(day=MONDAY + timedelta(days=1), rotation_day="A")
    assert rotation(a_pattern(exception), 4) == ["A", "A", "A", "B"]


def test_a_late_start_rings_another_bell() -> None:
    exception = DayException(day=MONDAY + timedelta(days=2), bell="late")
    assert [day.bell for day in days(a_pattern(exception), 4)] == ["regular", "regular", "late", "regular"]


def test_a_weekday_may_have_its_own_bell_every_week() -> None:
    pattern = a_pattern(bells=(REGULAR, replace(LATE, weekdays=("wednesday",))))
    assert [day.day for day in days(pattern, 14) if day.bell == "late"] == [date(2026, 12, 2), date(2026, 12, 9)]


def test_a_saturday_with_a_rotation_day_is_called_in_without_moving_the_rotation() -> None:
    saturday = DayException(day=MONDAY + timedelta(days=5), rotation_day="A")
    assert rotation(a_pattern(saturday), 8) == ["A", "B", "A", "B", "A", "A", "B"]


def test_a_saturday_with_a_bell_alone_takes_the_next_rotation_day() -> None:
    saturday = DayException(day=MONDAY + timedelta(days=5), bell="late")
    assert rotation(a_pattern(saturday), 8) == ["A", "B", "A", "B", "A", "B", "A"]


def test_a_period_rings_on_its_rotation_days_alone() -> None:
    bell = Bell(name="regular", entries=(BellEntry(period_id="period_1", starts=time(8), ends=time(9), on=("B",)),))
    assert [len(day.entries) for day in days(a_pattern(bells=(bell,)), 4)] == [0, 1, 0, 1]


def test_in_a_weekday_pattern_the_rotation_day_is_the_weekday() -> None:
    assert rotation(a_pattern(rotation="weekday", rotation_days=()), 7) == list(WEEKDAYS[:5])


def test_before_the_pattern_starts_there_is_no_school() -> None:
    plans = plan(a_pattern(), MONDAY - timedelta(days=3), MONDAY)
    assert [day.kind for day in plans] == ["no-school"] * 3 + ["school"]


@given(
    length=st.integers(1, 7), cut=st.integers(0, 150), width=st.integers(0, 30), holidays=st.sets(st.integers(0, 180))
)
def test_what_a_date_is_does_not_depend_on_the_range_that_is_asked(
    length: int, cut: int, width: int, holidays: set[int]
) -> None:
    exceptions = [DayException(day=MONDAY + timedelta(days=day), holiday=True) for day in sorted(holidays)]
    pattern = a_pattern(*exceptions, rotation_days=tuple("ABCDEFG"[:length]))
    whole = days(pattern, 190)
    first = MONDAY + timedelta(days=cut)
    assert plan(pattern, first, first + timedelta(days=width)) == whole[cut : cut + width + 1]


@given(length=st.integers(1, 6), holidays=st.sets(st.integers(0, 60)))
def test_school_days_run_through_the_rotation_without_a_gap(length: int, holidays: set[int]) -> None:
    exceptions = [DayException(day=MONDAY + timedelta(days=day), holiday=True) for day in sorted(holidays)]
    names = tuple("ABCDEF"[:length])
    seen = rotation(a_pattern(*exceptions, rotation_days=names), 60)
    assert seen == [names[place % length] for place in range(len(seen))]


def test_all_faults_of_a_pattern_are_told_together() -> None:
    backward = Bell(name="late", entries=(BellEntry(period_id="period_1", starts=time(9), ends=time(8)),))
    wrong_day = Bell(
        name="regular", entries=(BellEntry(period_id="period_1", starts=time(8), ends=time(9), on=("C",)),)
    )
    pattern = a_pattern(DayException(day=MONDAY, bell="early"), rotation_days=("A", "A"), bells=(wrong_day, backward))
    with pytest.raises(Refusals) as refused:
        check_pattern(pattern)
    assert refused.value.codes == {"unknown-bell", "unknown-rotation-day", "bell-ends-before-start", "named-twice"}


def test_a_period_cannot_ring_twice_at_one_time_on_one_day() -> None:
    entry = BellEntry(period_id="period_1", starts=time(8), ends=time(9), on=("A",))
    pattern = a_pattern(bells=(Bell(name="regular", entries=(entry, replace(entry, ends=time(10), on=()))),))
    with pytest.raises(Refusals) as refused:
        check_pattern(pattern)
    assert refused.value.codes == {"rung-twice"}


def test_a_period_may_ring_at_one_time_on_different_days() -> None:
    entry = BellEntry(period_id="period_1", starts=time(8), ends=time(9), on=("A",))
    pattern = a_pattern(bells=(Bell(name="regular", entries=(entry, replace(entry, ends=time(10), on=("B",)))),))
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(("first", "last"), [(1, 0), (0, 201)])
def test_a_range_that_is_backward_or_too_long_is_refused(first: int, last: int) -> None:
    with pytest.raises(Refusals) as refused:
        plan(a_pattern(), MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    assert refused.value.codes == {"range-out-of-bounds"}

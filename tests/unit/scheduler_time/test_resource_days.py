"""Resource days: the clock decides, and the limit is never passed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.refusals import Refusals
from services.scheduler.domain.resource_days import (
    ResourceDay,
    give_back,
    left,
    move,
    peak,
    release,
    reserve,
    set_limit,
    shortage,
    take,
    used,
)
from tests.unit.scheduler_time.builders import a_day, at

TIMES = st.tuples(st.integers(0, 47), st.integers(1, 12)).map(
    lambda pair: (at(0) + timedelta(minutes=30 * pair[0]), at(0) + timedelta(minutes=30 * (pair[0] + pair[1])))
)
TAKINGS = st.lists(st.tuples(st.sampled_from("abcdef"), TIMES, st.integers(1, 4)), max_size=25)


def test_overlapping_uses_count_together() -> None:
    day = take(a_day(), "a", at(8), at(10), 5)
    day = take(day, "b", at(9), at(11), 7)
    assert (peak(day, at(8), at(9)), peak(day, at(9), at(10)), peak(day, at(10), at(11))) == (5, 12, 7)


def test_uses_that_only_touch_do_not_add_up() -> None:
    day = take(take(a_day(limit=5), "a", at(8), at(9), 5), "b", at(9), at(10), 5)
    assert peak(day, at(8), at(10)) == 5


def test_two_uses_after_each_other_inside_a_long_one_count_once_each() -> None:
    day = take(take(a_day(limit=6), "a", at(8), at(9), 5), "b", at(9), at(10), 5)
    assert left(day, at(8), at(10)) == 1


def test_the_legal_limit_is_refused_with_numbers_for_staff_alone() -> None:
    day = take(a_day(limit=2), "a", at(8), at(9), 2)
    with pytest.raises(Refusals) as refused:
        take(day, "b", at(8, 59), at(10))
    (reason,) = refused.value.reasons
    assert (reason.code, reason.details) == ("space-full", {"limit": 2, "taken": 2, "wanted": 1})


def test_a_pool_says_that_the_equipment_is_gone() -> None:
    reason = shortage(a_day(limit=3, kind="pool"), at(8), at(9), 4)
    assert reason is not None
    assert reason.code == "equipment-gone"


def test_what_was_not_taken_cannot_be_given_back() -> None:
    with pytest.raises(Refusals) as refused:
        give_back(reserve(a_day(), "a", at(8), at(9)), "a")
    assert refused.value.codes == {"not-taken"}


def test_reserving_twice_keeps_what_was_taken() -> None:
    day = take(a_day(), "a", at(8), at(9), 3)
    assert reserve(day, "a", at(8), at(9)) == day


def test_a_use_moves_with_what_it_took() -> None:
    day = move(take(a_day(), "a", at(8), at(9), 3), "a", at(10), at(11))
    assert (peak(day, at(8), at(9)), peak(day, at(10), at(11))) == (0, 3)


def test_a_use_cannot_move_to_where_others_leave_too_little() -> None:
    day = take(take(a_day(limit=4), "a", at(8), at(9), 3), "b", at(10), at(11), 2)
    with pytest.raises(Refusals) as refused:
        move(day, "a", at(10), at(11))
    assert refused.value.codes == {"space-full"}


def test_moving_a_ref_that_the_day_does_not_know_changes_nothing() -> None:
    day = take(a_day(), "a", at(8), at(9), 3)
    assert move(day, "b", at(10), at(11)) == day


def test_a_limit_cannot_go_below_what_is_in_use() -> None:
    day = take(a_day(), "a", at(8), at(9), 3)
    assert set_limit(day, 3, 3).limit == 3
    with pytest.raises(Refusals) as refused:
        set_limit(day, 2, 2)
    assert refused.value.codes == {"limit-below-use"}


@given(limit=st.integers(0, 8), takings=TAKINGS)
def test_whatever_is_taken_no_minute_passes_the_limit(
    limit: int, takings: list[tuple[str, tuple[datetime, datetime], int]]
) -> None:
    day = a_day(limit=limit)
    for place, (_, (starts_at, ends_at), wanted) in enumerate(takings):
        day = _try(day, f"use-{place}", starts_at, ends_at, wanted)
    for minute in range(0, 30 * 60, 30):
        moment = at(0) + timedelta(minutes=minute)
        assert sum(use.taken for use in day.uses if use.starts_at <= moment < use.ends_at) <= limit


@given(takings=TAKINGS)
def test_giving_all_back_leaves_an_empty_day(takings: list[tuple[str, tuple[datetime, datetime], int]]) -> None:
    day = a_day(limit=1000)
    for place, (_, (starts_at, ends_at), wanted) in enumerate(takings):
        day = take(day, f"use-{place}", starts_at, ends_at, wanted)
    for place, (_, _, wanted) in enumerate(takings):
        day = give_back(day, f"use-{place}", wanted)
    assert peak(day, at(0), at(30)) == 0
    for place in range(len(takings)):
        day = release(day, f"use-{place}")
    assert day == a_day(limit=1000)


def test_what_a_ref_used_is_counted() -> None:
    assert used(take(a_day(), "a", at(8), at(9), 3), "a") == 3
    assert used(a_day(), "a") == 0


def _try(day: ResourceDay, ref: str, starts_at: datetime, ends_at: datetime, wanted: int) -> ResourceDay:
    try:
        return take(day, ref, starts_at, ends_at, wanted)
    except Refusals:
        return day

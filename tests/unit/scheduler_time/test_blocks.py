"""Blocks: how they move, go and lock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.blocks import Zones, cancel, crosses_week, lock, move, week_of
from tests.unit.scheduler_time.builders import NOW, a_block, at

LONDON, CHICAGO = ZoneInfo("Europe/London"), ZoneInfo("America/Chicago")
ZONES = Zones(LONDON, LONDON)


def test_the_week_turns_at_mondays_midnight_of_the_district() -> None:
    moment = datetime(2026, 11, 30, 3, tzinfo=UTC)
    assert (week_of(moment, LONDON), week_of(moment, CHICAGO)) == ("2026-W49", "2026-W48")


def test_the_first_days_of_january_may_belong_to_the_old_year() -> None:
    assert week_of(datetime(2027, 1, 2, 12, tzinfo=UTC), LONDON) == "2026-W53"


def test_ending_at_mondays_midnight_is_still_the_old_week() -> None:
    midnight = datetime(2026, 11, 30, tzinfo=UTC)
    assert not crosses_week(midnight - timedelta(hours=1), midnight, LONDON)
    assert crosses_week(midnight - timedelta(hours=1), midnight + timedelta(minutes=1), LONDON)


def test_a_moved_block_keeps_what_was_planned_and_its_windows_follow() -> None:
    moved, facts = move(a_block(), at(10), at(11), NOW, ZONES, in_use=False)
    assert (moved.planned_at, moved.closes_at, moved.locks_at) == (at(8, 30), at(9, 45), at(9, 55))
    assert moved.overridden
    assert [fact.starts_at for fact in facts] == [at(10)]


def test_a_block_in_use_does_not_move() -> None:
    with pytest.raises(Refusals) as refused:
        move(a_block(), at(10), at(11), NOW, ZONES, in_use=True)
    assert refused.value.codes == {"block-in-use"}


def test_a_locked_block_in_use_hears_both_reasons() -> None:
    with pytest.raises(Refusals) as refused:
        cancel(a_block(locked_at=NOW), NOW, in_use=True)
    assert refused.value.codes == {"block-locked-already", "block-in-use"}


def test_a_block_stays_on_its_day() -> None:
    with pytest.raises(Refusals) as refused:
        move(a_block(), at(23, 30), at(24, 30), NOW, ZONES, in_use=False)
    assert refused.value.codes == {"block-leaves-its-day"}


def test_a_block_does_not_move_over_the_districts_midnight() -> None:
    with pytest.raises(Refusals) as refused:
        move(a_block(), at(5, 30), at(6, 30), NOW, Zones(LONDON, CHICAGO), in_use=False)
    assert refused.value.codes == {"block-crosses-week"}


def test_a_block_that_has_begun_changes_no_more() -> None:
    with pytest.raises(Refusals) as refused:
        move(a_block(), at(10), at(11), at(8, 31), ZONES, in_use=False)
    assert refused.value.codes == {"block-over"}


def test_a_block_cannot_move_into_the_past() -> None:
    with pytest.raises(Refusals) as refused:
        move(a_block(starts_at=at(12), ends_at=at(13)), at(8), at(9), at(10), ZONES, in_use=False)
    assert refused.value.codes == {"block-over"}


def test_locking_is_announced_once() -> None:
    locked, facts = lock(a_block(), NOW)
    assert (locked.locked_at, len(facts)) == (NOW, 1)
    assert lock(locked, NOW + timedelta(minutes=1)) == (locked, [])


def test_a_cancelled_block_does_not_lock() -> None:
    with pytest.raises(Refusals) as refused:
        lock(a_block(cancelled=True), NOW)
    assert refused.value.codes == {"block-cancelled-already"}


def test_a_cancelled_block_stays_cancelled_when_the_calendar_is_generated_again() -> None:
    cancelled, facts = cancel(a_block(), NOW, in_use=False)
    assert (cancelled.cancelled, cancelled.overridden, len(facts)) == (True, True, 1)
    assert replace(cancelled, cancelled=False, overridden=False) == a_block()

"""Generation: the same blocks again and again, and what may not change."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.day_patterns import Bell, BellEntry, DayException
from services.scheduler.domain.generation import Generation, Timetable, planned, reconcile
from services.scheduler.domain.periods import Terms
from tests.unit.scheduler_time.builders import DISTRICT, LATE, MONDAY, NOW, REGULAR, a_pattern, a_timetable, at

FRIDAY = MONDAY + timedelta(days=4)


def stand(timetable: Timetable) -> list[Block]:
    """The blocks of the week as they stand after they were generated once."""
    return [replace(block, version=1) for block in planned(timetable, MONDAY, FRIDAY)]


def again(timetable: Timetable, standing: list[Block], in_use: frozenset[str] = frozenset()) -> Generation:
    return reconcile("pattern_1", planned(timetable, MONDAY, FRIDAY), standing, in_use, NOW)


def test_a_week_has_the_blocks_that_the_bell_rings() -> None:
    blocks = planned(a_timetable(), MONDAY, FRIDAY)
    assert len(blocks) == 10
    assert {block.week for block in blocks} == {"2026-W49"}
    assert (blocks[0].starts_at, blocks[0].ends_at, blocks[0].rotation_day) == (at(8, 30), at(9, 30), "A")


def test_generating_twice_changes_nothing() -> None:
    timetable = a_timetable()
    generation = again(timetable, stand(timetable))
    assert (generation.added, generation.changed, generation.withdrawn, generation.kept) == ((), (), (), ())
    assert len(generation.unchanged) == 10


def test_two_offices_generating_at_once_make_the_same_ids() -> None:
    first, second = (planned(a_timetable(), MONDAY, FRIDAY) for _ in range(2))
    assert [block.block_id for block in first] == [block.block_id for block in second]


def test_a_holiday_added_later_withdraws_that_days_blocks() -> None:
    timetable = a_timetable()
    holiday = a_pattern(DayException(day=FRIDAY, holiday=True))
    generation = again(replace(timetable, pattern=holiday), stand(timetable))
    assert {block.day for block in generation.withdrawn} == {FRIDAY}
    assert len(generation.withdrawn) == 2


def test_a_withdrawn_block_comes_back_when_the_holiday_goes() -> None:
    timetable = a_timetable()
    standing = [replace(block, cancelled=block.day == FRIDAY) for block in stand(timetable)]
    generation = again(timetable, standing)
    assert {(block.day, block.cancelled) for block in generation.changed} == {(FRIDAY, False)}


def test_a_block_that_is_in_use_is_kept_through_a_holiday() -> None:
    timetable = a_timetable()
    standing = stand(timetable)
    holiday = a_pattern(DayException(day=FRIDAY, holiday=True))
    generation = again(replace(timetable, pattern=holiday), standing, frozenset({standing[-1].block_id}))
    assert [block.block_id for block in generation.kept] == [standing[-1].block_id]
    assert len(generation.withdrawn) == 1


def test_a_block_set_by_hand_stays_as_it_was_set() -> None:
    timetable = a_timetable()
    standing = stand(timetable)
    standing[0] = replace(standing[0], starts_at=at(8), ends_at=at(9), overridden=True)
    generation = again(timetable, standing)
    assert (generation.added, generation.changed, generation.kept) == ((), (), (standing[0],))


def test_a_locked_block_stays_when_the_bell_changes() -> None:
    timetable = a_timetable()
    standing = [replace(block, locked_at=NOW) for block in stand(timetable)]
    longer = Bell(name="regular", entries=tuple(replace(entry, ends=time(11)) for entry in REGULAR.entries))
    generation = again(a_timetable(a_pattern(bells=(longer, LATE))), standing)
    assert (generation.changed, len(generation.kept)) == ((), 10)


def test_what_is_over_is_neither_made_nor_changed() -> None:
    timetable = a_timetable()
    after = at(12, day=FRIDAY)
    blocks = planned(timetable, MONDAY, FRIDAY)
    generation = reconcile("pattern_1", blocks, [], frozenset(), after)
    assert (generation.added, generation.passed) == ((), 10)


def test_new_windows_reach_blocks_in_use() -> None:
    timetable = a_timetable()
    standing = stand(timetable)
    generation = again(a_timetable(opens_days_ahead=3), standing, frozenset(block.block_id for block in standing))
    assert len(generation.changed) == 10


def test_new_times_do_not_reach_blocks_in_use() -> None:
    standing = stand(a_timetable())
    longer = Bell(name="regular", entries=tuple(replace(entry, ends=time(11)) for entry in REGULAR.entries))
    generation = again(
        a_timetable(a_pattern(bells=(longer, LATE))), standing, frozenset(block.block_id for block in standing)
    )
    assert (generation.changed, len(generation.kept)) == ((), 10)


def test_blocks_of_another_pattern_are_left_alone() -> None:
    timetable = a_timetable()
    foreign = [replace(block, pattern_id="pattern_2", period_id="period_9") for block in stand(timetable)]
    generation = again(timetable, foreign)
    assert (len(generation.added), generation.withdrawn) == (10, ())


def test_a_period_has_no_blocks_outside_its_terms() -> None:
    timetable = a_timetable()
    ending = Terms(name="First", from_on=date(2020, 1, 1), until_on=MONDAY)
    periods = {**timetable.periods, "period_1": replace(timetable.periods["period_1"], terms=(ending,))}
    blocks = planned(replace(timetable, periods=periods), MONDAY, FRIDAY)
    assert [block.day for block in blocks if block.period_id == "period_1"] == [MONDAY]


def test_a_block_is_called_what_its_period_is_called_that_day() -> None:
    timetable = a_timetable()
    terms = (
        Terms(name="First", from_on=date(2020, 1, 1)),
        Terms(name="Morning", from_on=MONDAY + timedelta(days=2)),
    )
    periods = {**timetable.periods, "period_1": replace(timetable.periods["period_1"], terms=terms)}
    blocks = planned(replace(timetable, periods=periods), MONDAY, FRIDAY)
    names = [block.period_name for block in blocks if block.period_id == "period_1"]
    assert names == ["First", "First", "Morning", "Morning", "Morning"]


def test_a_block_over_the_districts_monday_midnight_is_refused() -> None:
    bell = Bell(name="regular", entries=(BellEntry(period_id="period_1", starts=time(5, 30), ends=time(6, 30)),))
    timetable = a_timetable(a_pattern(bells=(bell,)), zone="Europe/London", district_zone="America/Chicago")
    with pytest.raises(Refusals) as refused:
        planned(timetable, MONDAY, FRIDAY)
    assert [reason.details["day"] for reason in refused.value.reasons] == [str(MONDAY)]
    assert refused.value.codes == {"block-crosses-week"}


def test_a_bell_with_an_unknown_period_is_refused() -> None:
    bell = Bell(name="regular", entries=(BellEntry(period_id="period_9", starts=time(8), ends=time(9)),))
    with pytest.raises(Refusals) as refused:
        planned(a_timetable(a_pattern(bells=(bell,))), MONDAY, FRIDAY)
    assert refused.value.codes == {"no-such-period"}


def test_every_block_belongs_to_its_district() -> None:
    assert {block.district_id for block in planned(a_timetable(), MONDAY, FRIDAY)} == {DISTRICT}

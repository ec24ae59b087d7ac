"""Choosing: which time a student begins with, what is narrowed, and what would work in place of what cannot be had."""

from datetime import date
from typing import Any

from services.web.pages.student.choosing import (
    ALL,
    Asked,
    beside,
    by_block,
    can_rank,
    cannot_be_had,
    first_to_choose,
    goal_for,
    held_at,
    instead,
    open_and_free,
    same_later,
)
from services.web.visiting.forms import Form
from tests.unit.web.stories import at, place

NOW = at("08:00")


def block(name: str, starts: str, ends: str, **changes: Any) -> dict[str, Any]:
    given = {
        "block_id": name,
        "starts_at": at(starts).isoformat(),
        "ends_at": at(ends).isoformat(),
        "opens_at": at("00:00").isoformat(),
        "closes_at": at(starts).isoformat(),
        "locked_at": None,
        "cancelled": False,
    }
    return {**given, **changes}


def opening(name: str, in_block: str, starts: str, **changes: Any) -> dict[str, Any]:
    given = {
        "occurrence_id": name,
        "offer_id": f"offer of {name}",
        "block_id": in_block,
        "starts_at": at(starts).isoformat(),
        "state": "open",
        "alternatives": [],
        "reasons": [],
    }
    return {**given, **changes}


FIRST, SECOND, THIRD = block("1", "09:00", "09:45"), block("2", "10:00", "10:45"), block("3", "11:00", "11:45")
BLOCKS = [FIRST, SECOND, THIRD]


def test_a_student_begins_where_nothing_is_chosen_and_something_is_open() -> None:
    full, free = opening("a", "2", "10:00", state="full"), opening("b", "3", "11:00")
    assert first_to_choose(BLOCKS, [place("09:00", "09:45")], [full, free], NOW) == "3"


def test_without_anything_open_a_student_begins_with_the_first_free_time() -> None:
    assert first_to_choose(BLOCKS, [place("09:00", "09:45")], [], NOW) == "2"


def test_with_a_place_everywhere_a_student_begins_with_the_first_time_and_without_times_with_none() -> None:
    assert first_to_choose(BLOCKS, [place("09:00", "11:45")], [], NOW) == "1"
    assert first_to_choose([], [], [], NOW) == ""


def test_a_time_that_is_over_closed_locked_or_cancelled_is_none_to_choose_in() -> None:
    closed = block("4", "12:00", "12:45", closes_at=at("07:00").isoformat())
    later = block("5", "12:00", "12:45", opens_at=at("09:00").isoformat())
    locked = block("6", "12:00", "12:45", locked_at=at("07:00").isoformat())
    cancelled = block("7", "12:00", "12:45", cancelled=True)
    over = block("8", "07:00", "07:45")
    assert open_and_free([over, closed, later, locked, cancelled, FIRST], [], NOW) == [FIRST]


def test_a_place_stands_in_the_way_when_it_shares_a_minute_and_not_when_it_only_touches() -> None:
    assert held_at([place("09:30", "10:01")], SECOND) is not None
    assert held_at([place("09:00", "10:00")], SECOND) is None


def test_openings_stand_under_their_times_in_the_order_that_fits_best() -> None:
    rows = [opening("best", "2", "10:00"), opening("early", "1", "09:00"), opening("next", "2", "10:00")]
    groups = by_block(rows, BLOCKS)
    assert [found["block_id"] for found, _ in groups] == ["1", "2"]
    assert [each["occurrence_id"] for each in groups[1][1]] == ["best", "next"]


def test_the_times_before_and_after_are_known_at_the_ends_too() -> None:
    assert beside(BLOCKS, "1") == (None, SECOND)
    assert beside(BLOCKS, "2") == (FIRST, THIRD)
    assert beside(BLOCKS, "3") == (SECOND, None)
    assert beside(BLOCKS, "unknown") == (None, None)


def test_instead_of_what_is_full_stands_the_same_at_another_time_and_what_else_is_open_then() -> None:
    full = opening("a", "1", "09:00", state="full", offer_id="pottery")
    later = opening("b", "2", "10:00", offer_id="pottery")
    full_too = opening("c", "3", "11:00", offer_id="pottery", state="full")
    other = opening("d", "1", "09:00")
    found = instead([full, other], [full, later, full_too, other], "a")
    assert [each["occurrence_id"] for each in found["same"]] == ["b"]
    assert [each["occurrence_id"] for each in found["others"]] == ["d"]


def test_instead_of_a_space_for_own_work_stands_what_is_open_then() -> None:
    assert instead([opening("d", "1", "09:00")], [], "space_1") == {"same": [], "others": [opening("d", "1", "09:00")]}


def test_the_same_later_names_at_most_three_and_the_soonest_first() -> None:
    times = ("13:00", "12:00", "11:00", "10:00")
    rows = [opening(clock, "x", clock, offer_id="pottery") for clock in times]
    asked = opening("a", "1", "09:00", state="full", offer_id="pottery", alternatives=[rows[0]])
    assert [each["occurrence_id"] for each in same_later(asked, rows)] == ["10:00", "11:00", "12:00"]


def test_only_what_cannot_be_had_makes_the_page_look_further() -> None:
    assert not cannot_be_had([opening("a", "1", "09:00"), opening("b", "1", "09:00", state="yours")])
    assert cannot_be_had([opening("a", "1", "09:00", state="overlaps")])


def test_a_place_counts_for_the_planned_step_else_for_the_goal_of_its_reason_and_never_for_a_closed_one() -> None:
    for_goal = opening("a", "1", "09:00", reasons=[{"params": {"tag": "art"}}, {"params": {"goal_id": "goal_2"}}])
    open_goals: dict[str, dict[str, Any]] = {"goal_1": {}, "goal_2": {}}
    assert goal_for(for_goal, Asked(goal="goal_1", step="step_1"), open_goals) == ("goal_1", "step_1")
    assert goal_for(for_goal, Asked(), open_goals) == ("goal_2", "")
    assert goal_for(for_goal, Asked(goal="closed"), {}) == ("", "")


def test_the_question_names_a_block_or_the_two_weeks_ahead() -> None:
    today = date(2031, 3, 3)
    assert Asked(block="b1", tag="art").query(today)["block_id"] == "b1"
    wide = Asked(block=ALL, goal="goal_1").query(today)
    assert (wide["from"], wide["to"], wide["goal_id"]) == ("2031-03-03", "2031-03-16", "goal_1")


def test_an_address_keeps_what_it_is_narrowed_to_and_drops_what_is_empty() -> None:
    asked = Asked.of({"block": "b1", "tag": "art & craft", "cursor": "c", "space": ""})
    assert asked.address() == "/open?block=b1&tag=art+%26+craft"
    assert asked.address(block="b2", tag="") == "/open?block=b2"
    assert Asked().address() == "/open"
    assert len(Asked.of({"tag": "x" * 10_000}).tag) == 200


def test_a_form_brings_the_pages_own_parameters_back() -> None:
    form = Form({"page_block": ["b1"], "page_host": ["person_1"], "for": ["goal_1/"]})
    assert Asked.sent(form) == Asked(block="b1", host="person_1")


def test_a_round_takes_rankings_between_its_two_times_while_it_is_open() -> None:
    times = {"opens_at": at("07:00").isoformat(), "closes_at": at("09:00").isoformat()}
    assert can_rank({**times, "state": "open"}, NOW)
    assert not can_rank({**times, "state": "published"}, NOW)
    assert not can_rank({**times, "state": "open"}, at("09:00"))
    assert not can_rank({**times, "state": "open"}, at("06:59"))

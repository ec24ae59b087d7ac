"""A roll on its page: what a form says, when it may be written over another, and what takes it back."""

import pytest

from services.web.asking.problems import Refused
from services.web.pages.teacher.day import day_asked, next_roll
from services.web.pages.teacher.rolls import entries_in, may_take, said, state_of, undone
from services.web.visiting.forms import Form


def line(placement_id: str, attendance: str | None = None, minutes: int = 0) -> dict[str, object]:
    return {"placement_id": placement_id, "attendance": attendance, "minutes": minutes}


def test_a_form_says_a_mark_for_each_place_and_minutes_for_the_late_alone() -> None:
    form = Form(
        {
            "mark_place_1": ["present"],
            "minutes_place_1": ["10"],
            "mark_place_2": ["late"],
            "minutes_place_2": ["30"],
            "mark_place_3": ["late"],
            "minutes_place_3": [""],
            "was": ["x"],
        }
    )
    assert list(entries_in(form)) == [
        {"placement_id": "place_1", "attendance": "present"},
        {"placement_id": "place_2", "attendance": "late", "minutes": 30},
        {"placement_id": "place_3", "attendance": "late"},
    ]


def test_a_roll_that_somebody_changed_meanwhile_is_not_written_over() -> None:
    opened = [line("p1"), line("p2")]
    taken = [line("p1", "absent"), line("p2", "present", 40)]
    entries = [{"placement_id": "p1", "attendance": "present"}, {"placement_id": "p2", "attendance": "present"}]
    assert may_take(opened, state_of(opened), entries)
    assert not may_take(taken, state_of(opened), entries)


def test_a_roll_sent_again_after_a_lost_answer_is_taken_once_more() -> None:
    opened, entries = [line("p1")], [{"placement_id": "p1", "attendance": "late"}]
    assert may_take([line("p1", "late", 40)], state_of(opened), entries)


def test_the_order_of_lines_does_not_make_another_roll() -> None:
    assert state_of([line("p1"), line("p2")]) == state_of([line("p2"), line("p1")])
    assert state_of([line("p1", "late", 5)]) != state_of([line("p1", "late", 6)])


def test_what_was_just_done_is_said_in_numbers() -> None:
    entries = [{"attendance": "present"}, {"attendance": "present"}, {"attendance": "late"}]
    assert said("Pottery", entries) == "The roll of Pottery is sent: 2 present, 0 absent, 1 late."


def test_a_correction_can_be_taken_back_and_a_first_roll_cannot() -> None:
    entries = [{"placement_id": "p1", "attendance": "absent"}, {"placement_id": "p2", "attendance": "present"}]
    before = [line("p1", "late", 30), line("p2", "present", 40)]
    assert undone(before, entries) == {"mark_p1": "late", "minutes_p1": "30"}
    assert undone([line("p1"), line("p2")], entries) == {}
    assert undone([line("p2", "present", 40)], [{"placement_id": "strange", "attendance": "late"}]) == {}


def test_more_than_a_cookie_holds_is_not_offered_to_be_taken_back() -> None:
    before = [line(f"p{number}", "present", 40) for number in range(20)]
    assert undone(before, [{"placement_id": f"p{number}", "attendance": "absent"} for number in range(20)]) == {}


def test_the_next_roll_is_the_first_that_is_open_and_else_the_first_to_open() -> None:
    taken, closed, open_ = ({"roll": "taken"}, {"roll": "not-open"}, {"roll": "open"})
    assert next_roll([taken, closed, open_]) is open_
    assert next_roll([taken, {"roll": "cancelled"}, closed]) is closed
    assert next_roll([taken]) is None


@pytest.mark.parametrize("text", ["yesterday", "2031-13-01", "0001-01-01", "9999-12-31"])
def test_an_address_that_names_no_day_leads_nowhere(text: str) -> None:
    with pytest.raises(Refused) as refused:
        day_asked(text)
    assert refused.value.problem.status == 404

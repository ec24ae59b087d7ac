"""Offers on their pages: what a form describes, which blocks a filter leaves, how far ahead it may look."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.web.asking.problems import Reason
from services.web.asking.reading import Answers
from services.web.pages.teacher.dates import changes_in, goals_in, space_in
from services.web.pages.teacher.offers import grades_of, offer_in, until
from services.web.pages.teacher.scheduling import clash, is_open, narrowed
from services.web.visiting.forms import Form

NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)


def block(day: str, period: str = "period_1", **changes: Any) -> dict[str, Any]:
    return {
        "block_id": day,
        "day": day,
        "period_id": period,
        "closes_at": f"{day}T16:00:00Z",
        "locked_at": None,
        **changes,
    }


def test_an_offer_without_a_number_of_seats_has_no_limit_and_none_ticked_is_for_all() -> None:
    offer = offer_in(Form({"title": [" Pottery "], "cap": [""], "tags": ["art", "clay"]}))
    assert (offer["title"], offer["cap"], offer["tags"]) == ("Pottery", None, ["art", "clay"])
    assert "eligibility" not in offer
    assert offer_in(Form({"grades": ["9"]}))["eligibility"] == {"grades": ["9"]}


def test_what_is_no_number_is_left_for_the_api_to_refuse() -> None:
    assert offer_in(Form({"title": ["Clay"], "cap": ["many"]}))["cap"] == "many"


def test_a_filter_leaves_the_blocks_of_one_period_on_one_weekday() -> None:
    monday, tuesday, other = block("2031-03-03"), block("2031-03-04"), block("2031-03-10", "period_2")
    blocks = [monday, tuesday, other]
    assert narrowed(blocks, "", "") == blocks
    assert narrowed(blocks, "period_1", "") == [monday, tuesday]
    assert narrowed(blocks, "", "1") == [monday, other]
    assert narrowed(blocks, "period_2", "2") == []


def test_a_block_that_is_locked_or_closed_takes_no_offer() -> None:
    assert is_open(block("2031-03-03"), NOON)
    assert not is_open(block("2031-03-02"), NOON)
    assert not is_open(block("2031-03-03", locked_at="2031-03-03T10:00:00Z"), NOON)


def test_a_filter_looks_as_far_as_the_longest_time_and_not_into_the_past() -> None:
    first, longest = date(2031, 3, 3), timedelta(weeks=2)
    assert until("2031-03-05", first, longest) == date(2031, 3, 5)
    assert until("2030-01-01", first, longest) == first
    assert until("2099-01-01", first, longest) == date(2031, 3, 17)
    assert until("<script>", first, longest) == date(2031, 3, 17)


def test_a_change_of_one_date_says_no_space_and_no_limit_in_the_words_of_the_api() -> None:
    assert changes_in(Form({"title": ["Clay"], "cap": [""], "space_id": ["none"]})) == {
        "title": "Clay",
        "cap": "unlimited",
        "space_id": None,
    }
    # While the spaces are away the form has no such field, and the space stays.
    assert changes_in(Form({"title": [""], "cap": ["8"]})) == {"cap": 8}


def test_goals_and_spaces_are_named_where_somebody_names_them() -> None:
    answers = Answers({"learners": {"items": [{"goals": [{"goal_id": "goal_1", "words": "Build"}]}]}})
    assert goals_in(answers) == {"goal_1": "Build"}
    assert space_in(answers, "space_1") == ""
    assert space_in(Answers({"spaces": {"items": [{"space_id": "space_1", "name": "Lab"}]}}), "space_1") == "Lab"


def test_the_grades_of_a_school_are_those_that_its_classes_name() -> None:
    assert grades_of({"items": [{"grades": ["9", "10"]}, {"grades": ["10"]}]}) == ["10", "9"]
    assert grades_of(None) == []


def test_what_a_teacher_hosts_already_is_told_by_its_time_and_never_by_its_id() -> None:
    details = {"occurrence_id": "occ_1", "starts_at": "2031-03-03T16:00:00Z", "ends_at": "2031-03-03T16:45:00Z"}
    told = clash(Reason("host-busy", "…", details), ZoneInfo("America/Chicago"))
    assert "Monday, March 3, 10:00" in told
    assert "occ_1" not in told
    assert "Untick" in clash(Reason("host-busy", "…"), ZoneInfo("UTC"))

"""Goals, profiles, projects and hours as pages say them: progress by own dates, who sees what, what can be done."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.web.looks.languages import known, speaking
from services.web.pages.everyone.about_me import parts_of
from services.web.pages.growth.goals import MOVES, first_steps
from services.web.pages.growth.hours import entry_of
from services.web.pages.growth.me import by_kind
from services.web.pages.growth.progress import LEFT, OPEN, RIGHT, chart_of, next_of, standing, step_standing
from services.web.pages.growth.projects import possible
from services.web.pages.growth.who_sees import as_told, seen_by, shared
from services.web.visiting.forms import Form

DENVER = ZoneInfo("America/Denver")
TODAY = date(2031, 3, 10)


def step(words: str, due_on: str | None = None, done_at: str | None = None, *, planned: bool = False) -> dict[str, Any]:
    return {"words": words, "due_on": due_on, "done_at": done_at, "planned": planned}


def goal(*steps: dict[str, Any], said: str = "on it", state: str = "active", ends_on: str | None = None) -> Any:
    written = {"written_at": "2031-03-01T17:00:00+00:00", "ends_on": ends_on}
    return {"steps": list(steps), "state": state, "pace": {"standing": said}, **written}


def test_a_chart_lies_between_the_first_and_the_last_day() -> None:
    chart = chart_of(goal(step("a", "2031-03-05"), step("b"), ends_on="2031-03-21"), TODAY, DENVER)
    assert chart is not None
    assert (chart.begins_on, chart.ends_on) == (date(2031, 3, 1), date(2031, 3, 21))
    first, second = chart.marks
    assert first.due_x == round(LEFT + (RIGHT - LEFT) * 4 / 20, 1)
    assert (second.number, second.due_x, second.done_x) == (2, None, None)
    assert LEFT < chart.today_x < RIGHT


def test_a_step_done_after_midnight_in_london_was_done_the_day_before_in_denver() -> None:
    chart = chart_of(goal(step("a", None, "2031-03-08T02:00:00+00:00")), TODAY, DENVER)
    assert chart is not None
    assert chart.marks[0].done_on == date(2031, 3, 7)


def test_without_any_day_there_is_no_chart_and_on_a_single_day_it_does_not_break() -> None:
    assert chart_of(goal(step("a"), ends_on="2031-04-01"), TODAY, DENVER) is None
    same = {**goal(step("a", "2031-03-10")), "written_at": "2031-03-10T17:00:00+00:00"}
    chart = chart_of(same, TODAY, DENVER)
    assert chart is not None
    assert chart.marks[0].due_x == LEFT


def test_where_somebody_is_on_their_way_is_said_with_its_reason() -> None:
    late = goal(step("a", "2031-03-05"), step("b", "2031-03-06"), step("c", "2031-03-10"), said="behind")
    assert standing(late, TODAY, DENVER)[2] == "2 steps are past the day you set."
    assert "end you set" in standing(goal(said="behind", ends_on="2031-03-01"), TODAY, DENVER)[2]
    assert "Tuesday, March 11" in standing(goal(step("a", "2031-03-11")), TODAY, DENVER)[2]
    assert standing(goal(step("a")), TODAY, DENVER)[2] == "Nothing is late."
    assert [standing(goal(said=each), TODAY, DENVER)[0] for each in ("ahead", "over")] == ["good", "quiet"]


def test_a_step_is_late_from_the_day_after_its_own() -> None:
    assert step_standing(step("a", "2031-03-10"), TODAY)[1] == "To do"
    assert step_standing(step("a", "2031-03-09"), TODAY)[1] == "Past its day"
    assert step_standing(step("a", "2031-03-09", "2031-03-10T17:00:00+00:00"), TODAY)[1] == "Done"
    assert step_standing(step("a", planned=True), TODAY)[1] == "Time is planned"


def test_the_next_step_of_a_goal_that_is_over_is_none() -> None:
    steps = (step("undated"), step("soon", "2031-03-11"))
    found = next_of(goal(*steps))
    assert found is not None
    assert found["words"] == "soon"
    assert next_of(goal(*steps, state="set-aside")) is None


def test_rows_left_empty_at_the_end_of_a_new_goal_are_no_steps() -> None:
    form = Form({"steps.0.words": ["one"], "steps.1.words": [" "], "steps.2.due_on": [""]})
    assert [each["words"] for each in first_steps(form)] == ["one"]
    gap = Form({"steps.0.words": [""], "steps.1.words": ["two"]})
    assert [each["words"] for each in first_steps(gap)] == ["", "two"], (
        "so that a fault stands at the row that is at it"
    )
    assert first_steps(Form()) == []


def test_a_goal_that_is_over_can_be_taken_up_again_and_nothing_else() -> None:
    assert {state: MOVES[state] for state in MOVES if state not in OPEN} == dict.fromkeys(
        ("reached", "changed", "set-aside"), ("active",)
    )


def test_who_sees_an_entry_is_said_in_the_readers_language() -> None:
    assert seen_by(["teachers", "advisor", "named"], 2) == ["My advisor", "My teachers", "2 adults by name"]
    assert seen_by([]) == []
    with speaking(known()["es"]):
        assert as_told("me, my advisor, my family and 1 person I named")[1:] == [
            "Mi familia",
            "1 persona adulta por su nombre",
        ]
    assert as_told("me") == []
    assert as_told("me and somebody new") == ["somebody new"], "what we have no words for is said as it came"


def test_only_circles_that_there_are_are_asked_for() -> None:
    assert shared(["family", "named", "everybody", ""], ["person_1"]) == {
        "circles": ["family"],
        "visible_to": ["person_1"],
    }


def test_entries_stand_in_the_order_of_the_page() -> None:
    found = by_kind([{"kind": "need"}, {"kind": "interests"}, {"kind": "need"}])
    assert list(found) == ["interests", "strength", "need", "ways-of-learning"]
    assert len(found["need"]) == 2


@pytest.mark.parametrize(
    ("state", "members", "able"),
    [
        ("proposed", [], {"change"}),
        ("approved", [], {"join"}),
        ("approved", ["me"], {"leave"}),
        ("approved", ["me", "b"], {"leave", "start"}),
        ("approved", ["b", "c"], set()),
        ("running", ["me", "b"], {"leave", "log", "reflect", "show"}),
        ("running", ["b"], set()),
        ("shown", ["me"], {"reflect"}),
        ("closed", ["me"], set()),
    ],
)
def test_what_a_student_can_do_with_a_project(state: str, members: list[str], able: set[str]) -> None:
    project = {"state": state, "member_ids": members, "team_min": 2, "team_max": 2, "proposed_by": "me"}
    assert possible(project, "me") == able


def test_hours_are_by_the_schools_clock() -> None:
    fields = {"day": ["2031-03-03"], "begins": ["09:05"], "ends": ["10:00"], "what": ["Sawed"], "where": ["Yard"]}
    faults, body = entry_of(Form(fields), DENVER)
    assert faults == []
    assert (body["starts_at"], body["where"]) == ("2031-03-03T09:05:00-07:00", "Yard")


def test_a_day_or_time_that_is_none_is_told_at_its_field() -> None:
    faults, body = entry_of(Form({"day": ["tomorrow"], "begins": ["soon"], "ends": ["25:00"]}), DENVER)
    assert [each.field for each in faults] == ["day", "begins", "ends"]
    assert body["starts_at"] is None


def test_a_record_shows_what_is_kept_and_what_is_away_and_nothing_that_is_not_for_the_reader() -> None:
    record = {
        "parts": {"goals": {"items": [1, 2], "complete": False}, "profile": {"fields": [1], "version": 3}},
        "missing": [
            {"part": "hours", "retry_after": 5},
            {"part": "evidence", "retry_after": None},
        ],
    }
    found = {each.name: each for each in parts_of(record, linked=False)}
    assert list(found) == ["Interests, strengths, needs", "Goals", "Hours"]
    assert (found["Goals"].count, found["Goals"].complete, found["Goals"].href) == (2, False, "")
    assert found["Hours"].away
    assert parts_of(record, linked=True)[1].href == "/goals"
    assert parts_of(None, linked=True) == []

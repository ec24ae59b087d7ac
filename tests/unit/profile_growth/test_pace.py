"""Pace: against the learner's own dates."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.scheduler import PlacementAttended, PlacementCancelled, PlacementMade
from services.profile.domain.goals import GoalState
from services.profile.domain.pace import PlacementState, Standing, back_on_goal, pace_of
from tests.unit.profile_growth.builders import MAYA, NOON, TODAY, a_goal, a_step

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PLACED: dict[str, Any] = {
    "district_id": "district_1",
    "placement_id": "place_1",
    "student_id": MAYA,
    "school_id": "school_1",
    "block_id": "block_1",
    "occurrence_id": None,
    "offer_id": None,
    "space_id": "space_1",
    "starts_at": NOON,
    "ends_at": NOON + timedelta(minutes=45),
    "cause": "chosen",
    "goal_id": "goal_1",
    "step_id": "step_1",
}


def attended(attendance: str, minutes: int) -> PlacementAttended:
    return PlacementAttended(**PLACED, attendance=attendance, minutes=minutes, taken_by="person_ida")


@pytest.mark.parametrize(
    ("steps", "ends_on", "standing"),
    [
        ((), None, Standing.ON_IT),
        ((), TODAY, Standing.ON_IT),
        ((), YESTERDAY, Standing.BEHIND),
        ((a_step(1, TODAY),), None, Standing.ON_IT),
        ((a_step(1, YESTERDAY),), None, Standing.BEHIND),
        ((a_step(1, YESTERDAY, done=True),), None, Standing.ON_IT),
        ((a_step(1, TOMORROW, done=True),), None, Standing.AHEAD),
        ((a_step(1, TOMORROW, done=True), a_step(2, YESTERDAY)), None, Standing.BEHIND),
        ((a_step(1), a_step(2, done=True)), None, Standing.ON_IT),
    ],
)
def test_a_learner_is_measured_by_their_own_dates(
    steps: tuple[Any, ...], ends_on: date | None, standing: Standing
) -> None:
    assert pace_of(a_goal(steps=steps, ends_on=ends_on), (), TODAY).standing is standing


def test_the_reason_counts_what_is_late_and_names_the_earliest_date() -> None:
    steps = (a_step(1, YESTERDAY), a_step(2, date(2031, 4, 1)), a_step(3, TOMORROW))
    pace = pace_of(a_goal(steps=steps), (), TODAY)
    assert pace.reason == "2 steps are past the date you set, the earliest 2031-04-01."


def test_a_goal_that_is_over_is_neither_ahead_nor_behind() -> None:
    goal = a_goal(state=GoalState.SET_ASIDE, steps=(a_step(1, YESTERDAY),))
    assert pace_of(goal, (), TODAY).standing is Standing.OVER


def test_attended_minutes_count_and_an_absence_brings_none() -> None:
    placements = (back_on_goal(attended("present", 45)), back_on_goal(attended("absent", 45)))
    pace = pace_of(a_goal(steps=(a_step(1, minutes=60, done=True), a_step(2, minutes=30))), placements, TODAY)
    assert (pace.minutes_attended, pace.minutes_planned) == (45, 90)
    assert (pace.steps_done, pace.steps_in_all) == (1, 2)


def test_a_placement_stands_on_its_goal_as_far_as_it_has_come() -> None:
    cancelled = PlacementCancelled(**PLACED, reason="by-student", cancelled_by=MAYA)
    facts = (PlacementMade(**PLACED), cancelled, attended("late", 30), attended("absent", 0))
    assert [back_on_goal(fact).state for fact in facts] == list(PlacementState)
    late = back_on_goal(attended("late", 30))
    assert (late.attendance, late.minutes, late.step_id) == ("late", 30, "step_1")

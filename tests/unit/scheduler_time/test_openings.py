"""Openings: what fits a learner, in which order, and what they can do about it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduler.domain.learners import GrownSkill, KnownGoal, Learner, ShownProject
from services.scheduler.domain.openings import Held, serves_goal, state_of, suggest
from tests.unit.scheduler_time.builders import NOW, an_occurrence, at

GOAL = KnownGoal(target_ids=frozenset({"target_1"}), tags=frozenset({"welding"}))


def maya(**known: Any) -> Learner:
    return Learner(person_id="person_maya", **known)


def ranked(learner: Learner, **occurrences: dict[str, Any]) -> list[tuple[str, list[str]]]:
    found = suggest(learner, [an_occurrence(occurrence_id=name, **own) for name, own in occurrences.items()], NOW)
    return [(one.occurrence.occurrence_id, [reason.code for reason in one.reasons]) for one in found]


def test_a_goals_target_comes_before_an_interest_before_a_skill_before_the_rest() -> None:
    learner = maya(
        goals={"goal_1": GOAL},
        interests=frozenset({"music"}),
        skills={"growth_1": GrownSkill(skill="empathy", pieces=2, grown_at=NOW)},
    )
    order = ranked(
        learner,
        plain={},
        skill={"skills": ("empathy",)},
        interest={"tags": ("music",)},
        goal={"target_ids": ("target_1",)},
    )
    assert order == [
        ("goal", ["for-your-goal"]),
        ("interest", ["interest"]),
        ("skill", ["builds-on-skill"]),
        ("plain", []),
    ]


def test_the_rest_is_in_time_order() -> None:
    order = ranked(maya(), late={"starts_at": at(10)}, early={"starts_at": at(8)})
    assert [name for name, _ in order] == ["early", "late"]


def test_more_reasons_come_first_among_equals() -> None:
    learner = maya(interests=frozenset({"music", "welding"}))
    order = ranked(learner, one={"tags": ("music",)}, two={"tags": ("music", "welding")})
    assert [name for name, _ in order] == ["two", "one"]


def test_a_shown_project_changes_what_is_suggested() -> None:
    project = ShownProject(skills=frozenset({"empathy"}), tags=frozenset({"gardens"}), shown_at=NOW)
    occurrences: dict[str, dict[str, Any]] = {"a": {}, "garden": {"tags": ("gardens",), "starts_at": at(14)}}
    assert [name for name, _ in ranked(maya(), **occurrences)] == ["a", "garden"]
    assert ranked(maya(projects={"project_1": project}), **occurrences)[0] == ("garden", ["builds-on-project"])


def test_a_skill_of_long_ago_is_no_reason_any_more() -> None:
    old = GrownSkill(skill="empathy", pieces=5, grown_at=NOW - timedelta(days=200))
    assert ranked(maya(skills={"growth_1": old}), one={"skills": ("empathy",)}) == [("one", [])]


def test_a_reason_is_a_sentence_to_the_learner() -> None:
    (one,) = suggest(maya(interests=frozenset({"music"})), [an_occurrence(tags=("music",))], NOW)
    assert [reason.text for reason in one.reasons] == ["Because you are interested in music."]


def test_a_goal_is_served_by_its_targets_and_its_tags() -> None:
    for fields in ({"target_ids": ("target_1",)}, {"tags": ("welding",)}):
        (one,) = suggest(maya(goals={"goal_1": GOAL}), [an_occurrence(**fields)], NOW)
        assert serves_goal(one, "goal_1")
        assert not serves_goal(one, "goal_2")


def test_a_closed_goal_is_no_reason_any_more() -> None:
    learner = maya(goals={"goal_1": replace(GOAL, state="reached"), "goal_2": replace(GOAL, state="set-aside")})
    assert ranked(learner, one={"target_ids": ("target_1",)}) == [("one", [])]


@pytest.mark.parametrize(
    ("changes", "room", "state"),
    [
        ({}, None, "open"),
        ({"taken": 10}, None, "full"),
        ({}, 0, "full"),
        ({"cap": 0}, None, "full"),
        ({"cap": None, "taken": 500}, None, "open"),
        ({"locked": True, "taken": 10}, None, "locked"),
        ({"closes_at": NOW}, None, "closed"),
        ({"opens_at": NOW + timedelta(seconds=1)}, None, "not-yet"),
    ],
)
def test_the_state_says_what_a_learner_can_do(changes: dict[str, Any], room: int | None, state: str) -> None:
    assert state_of(an_occurrence(**changes), [], room, NOW) == state


def test_a_place_elsewhere_at_that_minute_overlaps() -> None:
    assert state_of(an_occurrence(), [Held("occ_2", at(9, 29), at(10))], None, NOW) == "overlaps"
    assert state_of(an_occurrence(), [Held("occ_2", at(9, 30), at(10))], None, NOW) == "open"


def test_what_is_yours_stays_yours_when_full_or_locked() -> None:
    mine = [Held("occ_1", at(8, 30), at(9, 30))]
    assert state_of(an_occurrence(locked=True, taken=10), mine, 0, NOW) == "yours"

"""Goals: written, agreed, moved on; nothing is deleted and every reason is kept."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.profile import GoalChanged, GoalWritten, StepState
from kit.refusals import Refusals
from services.profile.domain.goals import (
    MOST_STEPS,
    MOST_TARGETS,
    MOVES,
    OPEN,
    GoalState,
    add_step,
    agree,
    amend,
    finish_step,
    reopen_step,
    take_target,
    write,
)
from tests.unit.profile_growth.builders import IDA, MAYA, NOON, TODAY, a_goal, a_step


def codes_of(refused: pytest.ExceptionInfo[Refusals]) -> frozenset[str]:
    return refused.value.codes


def test_a_goal_begins_at_once_and_says_its_whole_state() -> None:
    goal, facts = write(a_goal(target_ids=("target_1",), steps=(a_step(1, TODAY),)), {"target_1"}, False)
    assert goal.state is GoalState.ACTIVE
    [written] = facts
    assert isinstance(written, GoalWritten)
    assert (written.state, written.target_ids) == ("active", ("target_1",))
    assert written.steps == (StepState("step_1", TODAY, False),)


def test_a_fact_about_a_goal_carries_no_words() -> None:
    _, [written] = write(a_goal(), (), False)
    assert "trailer" not in repr(written)


def test_where_policy_asks_a_goal_waits_for_an_adult_and_then_for_the_learner() -> None:
    goal, _ = write(a_goal(), (), True)
    assert goal.state is GoalState.PROPOSED
    agreed, [changed] = agree(goal, IDA, NOON, "Yes, do")
    assert isinstance(changed, GoalChanged)
    assert (agreed.state, agreed.turns[-1].by, agreed.turns[-1].reason) == (GoalState.AGREED, IDA, "Yes, do")
    begun, _ = amend(agreed, {"state": GoalState.ACTIVE}, MAYA, NOON)
    assert begun.state is GoalState.ACTIVE
    assert [turn.by for turn in begun.turns] == [MAYA, IDA, MAYA]


def test_the_learner_cannot_agree_in_the_adults_place() -> None:
    goal, _ = write(a_goal(), (), True)
    with pytest.raises(Refusals) as refused:
        amend(goal, {"state": GoalState.ACTIVE}, MAYA, NOON)
    assert codes_of(refused) == {"goal-cannot-become"}


def test_only_a_proposed_goal_waits_for_agreement() -> None:
    with pytest.raises(Refusals) as refused:
        agree(a_goal(), IDA, NOON, None)
    assert codes_of(refused) == {"nothing-to-agree"}


def test_unknown_targets_and_too_many_steps_are_told_together() -> None:
    steps = tuple(a_step(number) for number in range(MOST_STEPS + 1))
    with pytest.raises(Refusals) as refused:
        write(a_goal(target_ids=("target_x",), steps=steps), {"target_1"}, False)
    assert codes_of(refused) == {"unknown-targets", "too-many-steps"}


@given(st.sampled_from(GoalState), st.sampled_from(GoalState), st.booleans())
def test_a_goal_becomes_what_the_table_allows_with_a_reason_where_it_ends(
    state: GoalState, wanted: GoalState, reasoned: bool
) -> None:
    goal = a_goal(state=state)
    ending = wanted in (GoalState.REACHED, GoalState.CHANGED, GoalState.SET_ASIDE)
    changes = {"state": wanted, "reason": "because"} if reasoned else {"state": wanted}
    if wanted in MOVES[state] and (reasoned or not ending):
        moved, facts = amend(goal, changes, MAYA, NOON)
        assert (moved.state, len(facts), len(moved.turns)) == (wanted, 1, 1)
        return
    with pytest.raises(Refusals) as refused:
        amend(goal, changes, MAYA, NOON)
    assert ("goal-cannot-become" in codes_of(refused)) == (wanted not in MOVES[state])
    assert ("reason-missing" in codes_of(refused)) == (ending and not reasoned)


def test_new_words_alone_are_no_news_for_others() -> None:
    amended, facts = amend(a_goal(), {"words": "Build two", "ends_on": TODAY}, MAYA, NOON)
    assert (amended.words, amended.ends_on, amended.turns, facts) == ("Build two", TODAY, (), [])


def test_a_reached_goal_keeps_its_words() -> None:
    with pytest.raises(Refusals) as refused:
        amend(a_goal(state=GoalState.REACHED), {"words": "Something easier"}, MAYA, NOON)
    assert codes_of(refused) == {"goal-over"}


def test_a_goal_that_was_set_aside_can_be_taken_up_with_new_words() -> None:
    goal = a_goal(state=GoalState.SET_ASIDE)
    taken_up, _ = amend(goal, {"words": "Build a smaller one", "state": GoalState.ACTIVE}, MAYA, NOON)
    assert (taken_up.state, taken_up.words) == (GoalState.ACTIVE, "Build a smaller one")


def test_a_step_is_done_once() -> None:
    goal, [changed] = finish_step(a_goal(steps=(a_step(1), a_step(2))), "step_2", NOON)
    assert [step.done_at for step in goal.steps] == [None, NOON]
    assert isinstance(changed, GoalChanged)
    assert [step.done for step in changed.steps] == [False, True]
    with pytest.raises(Refusals) as refused:
        finish_step(goal, "step_2", NOON)
    assert codes_of(refused) == {"step-done-already"}


def test_a_step_marked_as_done_by_mistake_is_to_do_again_and_others_hear_of_it() -> None:
    goal = a_goal(steps=(a_step(1, TODAY, done=True), a_step(2, done=True)))
    reopened, [changed] = reopen_step(goal, "step_1")
    assert reopened.steps == (a_step(1, TODAY), a_step(2, done=True))
    assert isinstance(changed, GoalChanged)
    assert [step.done for step in changed.steps] == [False, True]
    assert finish_step(reopened, "step_1", NOON)[0] == goal
    for step_id, code in (("step_1", "step-not-done"), ("step_9", "no-such-step")):
        with pytest.raises(Refusals) as refused:
            reopen_step(reopened, step_id)
        assert codes_of(refused) == {code}


def test_a_goal_marked_as_reached_by_mistake_is_taken_up_again_and_keeps_both_turns() -> None:
    reached, _ = amend(a_goal(), {"state": GoalState.REACHED, "reason": "I swam it"}, MAYA, NOON)
    again, [changed] = amend(reached, {"state": GoalState.ACTIVE}, MAYA, NOON)
    assert isinstance(changed, GoalChanged)
    assert changed.state == "active"
    assert [(turn.state, turn.reason) for turn in again.turns] == [("reached", "I swam it"), ("active", None)]


def test_a_step_that_is_not_there_cannot_be_done() -> None:
    with pytest.raises(Refusals) as refused:
        finish_step(a_goal(), "step_9", NOON)
    assert codes_of(refused) == {"no-such-step"}


@pytest.mark.parametrize("state", sorted(set(GoalState) - OPEN))
def test_nothing_comes_onto_a_goal_that_is_over(state: GoalState) -> None:
    goal = a_goal(state=state, steps=(a_step(1), a_step(2, done=True)))
    acts: list[Callable[[], object]] = [
        lambda: add_step(goal, a_step(3)),
        lambda: reopen_step(goal, "step_2"),
        lambda: take_target(goal, "target_1"),
        lambda: finish_step(goal, "step_1", NOON),
    ]
    for act in acts:
        with pytest.raises(Refusals) as refused:
            act()
        assert codes_of(refused) == {"goal-over"}


def test_a_target_comes_onto_a_goal_once() -> None:
    goal, facts = take_target(a_goal(), "target_1")
    assert (goal.target_ids, len(facts)) == (("target_1",), 1)
    assert take_target(goal, "target_1") == (goal, [])


def test_a_goal_holds_only_so_many_steps_and_targets() -> None:
    targets = tuple(f"target_{number}" for number in range(MOST_TARGETS))
    full = a_goal(target_ids=targets, steps=tuple(a_step(number) for number in range(MOST_STEPS)))
    with pytest.raises(Refusals) as refused:
        take_target(full, "target_more")
    assert codes_of(refused) == {"too-many-targets"}
    with pytest.raises(Refusals) as refused:
        add_step(full, a_step(99))
    assert codes_of(refused) == {"too-many-steps"}
    assert take_target(full, "target_0") == (replace(full), [])

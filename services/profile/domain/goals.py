"""Goals: what a learner sets out to do, in their own words, and how a goal moves on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from contracts import profile as facts
from contracts.fact import Fact
from kit.refusals import Kind, Refusal, refuse, refuse_all

MOST_STEPS = 50
MOST_TARGETS = 20


class GoalState(StrEnum):
    """Where a goal stands. Nothing is deleted: a goal that is given up is set aside, with the reason."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    ACTIVE = "active"
    REACHED = "reached"
    CHANGED = "changed"
    SET_ASIDE = "set-aside"


OPEN = frozenset({GoalState.PROPOSED, GoalState.AGREED, GoalState.ACTIVE})
"""States in which a goal is still worked at: steps and targets may come."""

MOVES: Mapping[GoalState, frozenset[GoalState]] = {
    GoalState.PROPOSED: frozenset({GoalState.SET_ASIDE}),
    GoalState.AGREED: frozenset({GoalState.ACTIVE, GoalState.SET_ASIDE}),
    GoalState.ACTIVE: frozenset({GoalState.REACHED, GoalState.CHANGED, GoalState.SET_ASIDE}),
    GoalState.REACHED: frozenset({GoalState.ACTIVE}),
    GoalState.CHANGED: frozenset({GoalState.ACTIVE}),
    GoalState.SET_ASIDE: frozenset({GoalState.ACTIVE}),
}
"""What the learner may make of a goal. `agreed` is not among them: that takes an adult's word too.

A goal that is over can always be taken up again: it may have been marked so by mistake. Its turns tell of both.
"""

_NEED_REASON = frozenset({GoalState.REACHED, GoalState.CHANGED, GoalState.SET_ASIDE})


class NoSuchGoal(Refusal):
    kind = Kind.MISSING
    text = "There is no goal with this id that you may see."


class NoSuchStep(Refusal):
    kind = Kind.MISSING
    text = "This goal has no step with this id."


class GoalOver(Refusal):
    text = "This goal is {state}. Take it up again first, or write a new one."


class GoalCannotBecome(Refusal):
    text = "A goal that is {state} cannot become {wanted}. It can become: {possible}."


class ReasonMissing(Refusal):
    kind = Kind.INVALID
    text = "Say why this goal is {wanted}: the reason is kept with it."


class NothingToAgree(Refusal):
    text = "This goal is {state}; only a proposed goal waits for agreement."


class StepDoneAlready(Refusal):
    text = "This step was done on {done_on}."


class StepNotDone(Refusal):
    text = "This step is still to do, so there is nothing to take back."


class TooManySteps(Refusal):
    text = "A goal holds at most {most} steps. Split it into two goals."


class TooManyTargets(Refusal):
    text = "A goal serves at most {most} targets. Split it into two goals."


class UnknownTargets(Refusal):
    kind = Kind.INVALID
    text = "These are not targets of this district: {target_ids}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Part of a goal: what to do, how long it may take, until when."""

    step_id: str
    words: str
    effort_minutes: int | None = None
    due_on: date | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalTurn:
    """One move of a goal: what it became, through whom, when and why."""

    state: GoalState
    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal with its steps and its whole way so far."""

    goal_id: str
    version: int
    district_id: str
    person_id: str
    words: str
    why: str
    ends_on: date | None
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    steps: tuple[Step, ...]
    state: GoalState
    written_at: datetime
    turns: tuple[GoalTurn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalPolicy:
    """The district's rule for goals. Version 0 is what holds until it says otherwise: goals begin at once."""

    district_id: str
    version: int
    needs_agreement: bool = False


Moved = tuple[Goal, list[Fact]]


def write(goal: Goal, known_targets: Collection[str], needs_agreement: bool) -> Moved:
    """A learner writes a goal: active at once, unless the district wants an adult to agree to it first.

    Raises: Refusals of TooManySteps, TooManyTargets, UnknownTargets: all that apply.
    """
    strange = sorted(set(goal.target_ids) - set(known_targets))
    refuse_all(
        TooManySteps(most=MOST_STEPS) if len(goal.steps) > MOST_STEPS else None,
        TooManyTargets(most=MOST_TARGETS) if len(goal.target_ids) > MOST_TARGETS else None,
        UnknownTargets(target_ids=", ".join(strange)) if strange else None,
    )
    state = GoalState.PROPOSED if needs_agreement else GoalState.ACTIVE
    written = _turn(goal, state, goal.person_id, goal.written_at)
    return written, [facts.GoalWritten(**_carried(written))]


def agree(goal: Goal, by: str, at: datetime, comment: str | None) -> Moved:
    """An educator agrees to a goal the learner proposed; now both have, and the learner may begin.

    Raises: Refusals of NothingToAgree.
    """
    refuse_all(NothingToAgree(state=goal.state.value) if goal.state is not GoalState.PROPOSED else None)
    return _changed(_turn(goal, GoalState.AGREED, by, at, comment))


def amend(goal: Goal, changes: Mapping[str, Any], by: str, at: datetime) -> Moved:
    """The learner changes words, reason why or end date, or moves the goal on; `reason` goes with the move.

    Raises: Refusals of GoalOver, GoalCannotBecome, ReasonMissing: all that apply.
    """
    wanted: GoalState | None = changes.get("state")
    reason: str | None = changes.get("reason")
    words = {name: changes[name] for name in ("words", "why", "ends_on") if name in changes}
    refuse_all(
        _over(goal) if words and wanted is not GoalState.ACTIVE else None,
        _cannot_become(goal, wanted) if wanted else None,
        ReasonMissing(wanted=wanted.value) if wanted in _NEED_REASON and not reason else None,
    )
    amended = replace(goal, **words)
    return _changed(_turn(amended, wanted, by, at, reason)) if wanted else (amended, [])


def add_step(goal: Goal, step: Step) -> Moved:
    """The learner adds a step. Raises: Refusals of GoalOver, TooManySteps: all that apply."""
    refuse_all(_over(goal), TooManySteps(most=MOST_STEPS) if len(goal.steps) >= MOST_STEPS else None)
    return _changed(replace(goal, steps=(*goal.steps, step)))


def finish_step(goal: Goal, step_id: str, at: datetime) -> Moved:
    """The learner did a step. Raises: Refusals of NoSuchStep, or of GoalOver and StepDoneAlready: all that apply."""
    return _with_step(goal, replace(_step_to_do(goal, step_id), done_at=at))


def reopen_step(goal: Goal, step_id: str) -> Moved:
    """The learner takes back that a step was done: it was marked by mistake, and is to do as before.

    Raises: Refusals of NoSuchStep, or of GoalOver and StepNotDone: all that apply.
    """
    step = _step_of(goal, step_id)
    refuse_all(_over(goal), StepNotDone() if step.done_at is None else None)
    return _with_step(goal, replace(step, done_at=None))


def change_step(goal: Goal, step_id: str, changes: Mapping[str, Any]) -> Moved:
    """The learner changes a step that is still to do: its words, effort or date.

    Raises: Refusals of NoSuchStep, or of GoalOver and StepDoneAlready: all that apply.
    """
    return _with_step(goal, replace(_step_to_do(goal, step_id), **changes))


def take_target(goal: Goal, target_id: str) -> Moved:
    """The goal serves one more target; one that it has already changes nothing.

    Raises: Refusals of GoalOver, TooManyTargets: all that apply.
    """
    if target_id in goal.target_ids:
        return goal, []
    full = len(goal.target_ids) >= MOST_TARGETS
    refuse_all(_over(goal), TooManyTargets(most=MOST_TARGETS) if full else None)
    return _changed(replace(goal, target_ids=(*goal.target_ids, target_id)))


def not_open(goal: Goal) -> GoalOver | None:
    """Why nothing can be added to this goal; None while it is worked at."""
    return _over(goal)


def _step_of(goal: Goal, step_id: str) -> Step:
    step = next((step for step in goal.steps if step.step_id == step_id), None)
    if step is None:
        raise refuse(NoSuchStep())
    return step


def _step_to_do(goal: Goal, step_id: str) -> Step:
    step = _step_of(goal, step_id)
    refuse_all(_over(goal), StepDoneAlready(done_on=step.done_at.date().isoformat()) if step.done_at else None)
    return step


def _with_step(goal: Goal, step: Step) -> Moved:
    steps = tuple(step if one.step_id == step.step_id else one for one in goal.steps)
    return _changed(replace(goal, steps=steps))


def _over(goal: Goal) -> GoalOver | None:
    return None if goal.state in OPEN else GoalOver(state=goal.state.value)


def _cannot_become(goal: Goal, wanted: GoalState) -> GoalCannotBecome | None:
    possible = MOVES[goal.state]
    if wanted in possible:
        return None
    told = ", ".join(sorted(state.value for state in possible)) or "nothing else"
    return GoalCannotBecome(state=goal.state.value, wanted=wanted.value, possible=told)


def _turn(goal: Goal, state: GoalState, by: str, at: datetime, reason: str | None = None) -> Goal:
    turn = GoalTurn(state=state, by=by, at=at, reason=reason)
    return replace(goal, state=state, turns=(*goal.turns, turn))


def _changed(goal: Goal) -> Moved:
    return goal, [facts.GoalChanged(**_carried(goal))]


def _carried(goal: Goal) -> dict[str, Any]:
    return {
        "district_id": goal.district_id,
        "goal_id": goal.goal_id,
        "person_id": goal.person_id,
        "state": goal.state.value,
        "target_ids": goal.target_ids,
        "tags": goal.tags,
        "steps": tuple(facts.StepState(step.step_id, step.due_on, step.done_at is not None) for step in goal.steps),
    }

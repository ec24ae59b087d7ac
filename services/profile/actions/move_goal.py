"""A goal moves on: changed, agreed to, given a step, or a step is done, or not done after all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kit.conditions import check_version
from kit.transaction import Transaction
from services.profile.domain import goals as rules
from services.profile.domain.goals import Goal, Moved, Step
from services.profile.store.growth import GOAL, GOALS
from services.profile.store.growth_finding import goal_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendGoal:
    """Which goal changes, how (`words`, `why`, `ends_on`, `state`, `reason`), and the version it must still have."""

    goal_id: str
    changes: dict[str, Any]
    by: str
    version: int | None


@dataclass(frozen=True, slots=True)
class AgreeGoal:
    """Who agrees to which goal, and what they say."""

    goal_id: str
    by: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class AddStep:
    """Which goal gets which step."""

    goal_id: str
    step: Step


@dataclass(frozen=True, slots=True)
class ChangeStep:
    """Which step of which goal, and the fields to change."""

    goal_id: str
    step_id: str
    changes: Mapping[str, Any]
    version: int | None


@dataclass(frozen=True, slots=True)
class FinishStep:
    """Which step of which goal was done."""

    goal_id: str
    step_id: str


@dataclass(frozen=True, slots=True)
class ReopenStep:
    """Which step of which goal was not done after all."""

    goal_id: str
    step_id: str


async def amend_goal(tx: Transaction, order: AmendGoal) -> Goal:
    """The learner changes a goal or moves it on.

    Raises: Refusals of NoSuchGoal, StaleVersion, GoalOver, GoalCannotBecome, ReasonMissing.
    """

    def rule(goal: Goal, at: datetime) -> Moved:
        return rules.amend(goal, order.changes, order.by, at)

    return await _move(tx, order.goal_id, rule, order.version)


async def agree_goal(tx: Transaction, order: AgreeGoal) -> Goal:
    """An educator agrees to a proposed goal. Raises: Refusals of NoSuchGoal, NothingToAgree."""
    return await _move(tx, order.goal_id, lambda goal, at: rules.agree(goal, order.by, at, order.comment))


async def add_step(tx: Transaction, order: AddStep) -> Goal:
    """The learner adds a step. Raises: Refusals of NoSuchGoal, GoalOver, TooManySteps."""
    return await _move(tx, order.goal_id, lambda goal, _at: rules.add_step(goal, order.step))


async def change_step(tx: Transaction, order: ChangeStep) -> Goal:
    """The learner changes a step.

    Raises: Refusals of NoSuchGoal, StaleVersion, NoSuchStep, GoalOver, StepDoneAlready.
    """

    def rule(goal: Goal, _at: datetime) -> Moved:
        return rules.change_step(goal, order.step_id, order.changes)

    return await _move(tx, order.goal_id, rule, order.version)


async def finish_step(tx: Transaction, order: FinishStep) -> Goal:
    """The learner did a step. Raises: Refusals of NoSuchGoal, NoSuchStep, GoalOver, StepDoneAlready."""
    return await _move(tx, order.goal_id, lambda goal, at: rules.finish_step(goal, order.step_id, at))


async def reopen_step(tx: Transaction, order: ReopenStep) -> Goal:
    """The learner takes back that a step was done.

    Raises: Refusals of NoSuchGoal, NoSuchStep, GoalOver, StepNotDone.
    """
    return await _move(tx, order.goal_id, lambda goal, _at: rules.reopen_step(goal, order.step_id))


async def _move(
    tx: Transaction, goal_id: str, rule: Callable[[Goal, datetime], Moved], version: int | None = None
) -> Goal:
    goal = await goal_of(tx[GOALS], goal_id)
    check_version(goal.version, version)
    moved, facts = rule(goal, tx.now)
    return replace(moved, version=tx[GOALS].save(GOAL.pack(moved), facts))

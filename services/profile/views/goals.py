"""How far have I come with my goals? Each goal with its steps, the placements made for it, and its pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kit.edge import Reader
from services.profile.domain.goals import Goal, GoalState, GoalTurn, Step
from services.profile.domain.pace import GoalPlacement, Pace, PlacementState, pace_of
from services.profile.store.growth import GOAL_PLACEMENT, GOAL_PLACEMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step, and whether time is planned for it."""

    step_id: str
    words: str
    effort_minutes: int | None
    due_on: date | None
    done_at: datetime | None
    planned: bool
    minutes_attended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGoal:
    """A goal with all that came back to it."""

    goal_id: str
    version: int
    person_id: str
    words: str
    why: str
    ends_on: date | None
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    state: GoalState
    written_at: datetime
    steps: tuple[ShownStep, ...]
    turns: tuple[GoalTurn, ...]
    placements: tuple[GoalPlacement, ...]
    pace: Pace


async def goals_shown(reader: Reader, goals: Sequence[Goal], today: date) -> list[ShownGoal]:
    """These goals with their placements: one query for all of them."""
    where = {"goal_id": {"$in": [goal.goal_id for goal in goals]}}
    rows = await reader[GOAL_PLACEMENTS].find(where, sort=[("starts_at", 1)]) if goals else []
    placements = [GOAL_PLACEMENT.unpack(row) for row in rows]
    return [
        _shown(goal, tuple(placement for placement in placements if _is_for(placement, goal)), today) for goal in goals
    ]


def _is_for(placement: GoalPlacement, goal: Goal) -> bool:
    """Whether a placement was made for this goal, by the learner whose goal it is."""
    return (placement.goal_id, placement.person_id) == (goal.goal_id, goal.person_id)


def _shown(goal: Goal, placements: tuple[GoalPlacement, ...], today: date) -> ShownGoal:
    return ShownGoal(
        goal_id=goal.goal_id,
        version=goal.version,
        person_id=goal.person_id,
        words=goal.words,
        why=goal.why,
        ends_on=goal.ends_on,
        tags=goal.tags,
        target_ids=goal.target_ids,
        state=goal.state,
        written_at=goal.written_at,
        steps=tuple(_shown_step(step, placements) for step in goal.steps),
        turns=goal.turns,
        placements=tuple(one for one in placements if one.state is not PlacementState.UNPLANNED),
        pace=pace_of(goal, placements, today),
    )


def _shown_step(step: Step, placements: tuple[GoalPlacement, ...]) -> ShownStep:
    own = [placement for placement in placements if placement.step_id == step.step_id]
    return ShownStep(
        step_id=step.step_id,
        words=step.words,
        effort_minutes=step.effort_minutes,
        due_on=step.due_on,
        done_at=step.done_at,
        planned=any(placement.state is PlacementState.PLANNED for placement in own),
        minutes_attended=sum(placement.minutes for placement in own),
    )

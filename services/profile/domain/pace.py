"""Pace: how far a goal has come, measured against the learner's own dates and nobody else's."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.scheduler import PlacementAttended, PlacementCancelled, PlacementMade
from services.profile.domain.goals import OPEN, Goal, Step

ABSENT = "absent"
"""What the roll says of whoever was not there."""


class Standing(StrEnum):
    """Where a learner is on their own way."""

    AHEAD = "ahead"
    ON_IT = "on it"
    BEHIND = "behind"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the learner is, why that is said, and the numbers behind it."""

    standing: Standing
    reason: str
    steps_done: int
    steps_in_all: int
    minutes_attended: int
    minutes_planned: int


class PlacementState(StrEnum):
    """What became of a placement made for a goal."""

    PLANNED = "planned"
    UNPLANNED = "unplanned"
    ATTENDED = "attended"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalPlacement:
    """A placement of the learner's time that was made for a goal, as far as it has come."""

    placement_id: str
    goal_id: str
    step_id: str | None
    person_id: str
    starts_at: datetime
    ends_at: datetime
    state: PlacementState
    attendance: str | None = None
    minutes: int = 0


def back_on_goal(fact: PlacementMade | PlacementCancelled | PlacementAttended) -> GoalPlacement:
    """How a placement made for a goal stands on it; whoever was absent brings no minutes, whatever the roll says."""
    roll = fact if isinstance(fact, PlacementAttended) else None
    state = _state(fact)
    return GoalPlacement(
        placement_id=fact.placement_id,
        goal_id=fact.goal_id or "",
        step_id=fact.step_id,
        person_id=fact.student_id,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        state=state,
        attendance=roll.attendance if roll else None,
        minutes=roll.minutes if roll and state is PlacementState.ATTENDED else 0,
    )


def _state(fact: PlacementMade | PlacementCancelled | PlacementAttended) -> PlacementState:
    if isinstance(fact, PlacementMade):
        return PlacementState.PLANNED
    if isinstance(fact, PlacementCancelled):
        return PlacementState.UNPLANNED
    return PlacementState.ABSENT if fact.attendance == ABSENT else PlacementState.ATTENDED


def pace_of(goal: Goal, placements: tuple[GoalPlacement, ...], today: date) -> Pace:
    """Ahead, on it or behind, with the reason. A step is late from the day after its date."""
    standing, reason = _standing(goal, today)
    return Pace(
        standing=standing,
        reason=reason,
        steps_done=sum(step.done_at is not None for step in goal.steps),
        steps_in_all=len(goal.steps),
        minutes_attended=sum(placement.minutes for placement in placements),
        minutes_planned=sum(step.effort_minutes or 0 for step in goal.steps),
    )


def _standing(goal: Goal, today: date) -> tuple[Standing, str]:
    if goal.state not in OPEN:
        return Standing.OVER, f"This goal is {goal.state.value}."
    late = [step for step in goal.steps if _is_late(step, today)]
    if late:
        oldest = min(step.due_on for step in late if step.due_on is not None)
        return Standing.BEHIND, f"{_steps(len(late))} past the date you set, the earliest {oldest.isoformat()}."
    if goal.ends_on is not None and goal.ends_on < today:
        return Standing.BEHIND, f"The end date you set, {goal.ends_on.isoformat()}, has passed."
    early = [step for step in goal.steps if _is_early(step, today)]
    if early:
        return Standing.AHEAD, f"{_steps(len(early))} done before the date you set."
    dated = [step.due_on for step in goal.steps if step.due_on is not None and step.done_at is None]
    if dated:
        return Standing.ON_IT, f"Nothing is late; the next step is due on {min(dated).isoformat()}."
    return Standing.ON_IT, "Nothing is late."


def _is_late(step: Step, today: date) -> bool:
    return step.done_at is None and step.due_on is not None and step.due_on < today


def _is_early(step: Step, today: date) -> bool:
    return step.done_at is not None and step.due_on is not None and step.due_on > today


def _steps(count: int) -> str:
    return "1 step is" if count == 1 else f"{count} steps are"

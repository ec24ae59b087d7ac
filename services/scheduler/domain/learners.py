"""Learners, as the scheduler has heard of them: open goals, interests, skills grown and projects shown."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGoal:
    """A goal that is not reached or set aside."""

    goal_id: str
    target_ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    step_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GrownSkill:
    """A skill with a growth story of so many pieces, the last one heard of at that time."""

    skill: str
    pieces: int
    grown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProject:
    """A project that the learner showed."""

    project_id: str
    skills: frozenset[str] = frozenset()
    target_ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    shown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """All of it; a learner nobody told anything of has empty fields."""

    person_id: str
    interests: frozenset[str] = frozenset()
    goals: tuple[OpenGoal, ...] = ()
    skills: tuple[GrownSkill, ...] = ()
    projects: tuple[ShownProject, ...] = ()

    def goal(self, goal_id: str) -> OpenGoal | None:
        """The learner's open goal with this id, or None."""
        return next((goal for goal in self.goals if goal.goal_id == goal_id), None)

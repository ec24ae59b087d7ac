"""Learners, as the scheduler has heard of them: goals, interests, skills grown and projects shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# What a goal's state says once nobody works towards it any longer.
CLOSED_GOALS = frozenset({"reached", "set-aside", "set_aside"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGoal:
    """A goal, open unless its state is one of CLOSED_GOALS."""

    state: str = "active"
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

    skills: frozenset[str] = frozenset()
    target_ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    shown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """All of it, by id; a learner nobody told anything of has empty fields. `…_at`: when a fact was announced."""

    person_id: str
    interests: frozenset[str] = frozenset()
    interests_at: datetime | None = None
    goals: Mapping[str, KnownGoal] = field(default_factory=dict)
    goals_at: Mapping[str, datetime] = field(default_factory=dict)
    skills: Mapping[str, GrownSkill] = field(default_factory=dict)
    projects: Mapping[str, ShownProject] = field(default_factory=dict)

"""Openings: what is open to a learner, why it fits them, and in which order it is shown."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from kit.refusals import Kind, Refusal
from services.scheduler.domain.learners import CLOSED_GOALS, Learner
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.rounds import Hold, held_for_round

State = Literal["open", "full", "not-yet", "closed", "locked", "yours", "overlaps", "ranked"]
ReasonCode = Literal["for-your-goal", "goal-tag", "interest", "builds-on-project", "builds-on-skill"]

# A skill or a project counts as "lately" for about a term.
LATELY = timedelta(days=120)
_TIERS: tuple[frozenset[str], ...] = (
    frozenset({"for-your-goal", "goal-tag"}),
    frozenset({"interest"}),
    frozenset({"builds-on-project", "builds-on-skill"}),
)
TEXTS: dict[ReasonCode, str] = {
    "for-your-goal": "It works towards a target of your goal.",
    "goal-tag": "It is about {tag}, as your goal is.",
    "interest": "Because you are interested in {tag}.",
    "builds-on-project": "It builds on {what} from a project you showed.",
    "builds-on-skill": "It builds on {skill}, which you have grown lately.",
}


class NoSuchOpenGoal(Refusal):
    kind = Kind.MISSING
    text = "There is no such open goal of this learner."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something fits a learner: a code, and what it is about (ids, tags)."""

    code: ReasonCode
    params: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reason as a sentence to the learner."""
        return TEXTS[self.code].format(**self.params)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An occurrence with the reasons why it fits; none: it is simply there."""

    occurrence: Occurrence
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A place that the learner has: in which occurrence (None: own work), and when."""

    occurrence_id: str | None
    starts_at: datetime
    ends_at: datetime


def suggest(learner: Learner, occurrences: Iterable[Occurrence], now: datetime) -> list[Suggestion]:
    """All of them, the fitting ones first.

    First what works towards an open goal, then what meets an interest, then what builds on a skill or project of
    lately, then the rest; within each by how many reasons speak for it, then by time.
    """
    suggestions = [Suggestion(occurrence, reasons(learner, occurrence, now)) for occurrence in occurrences]
    return sorted(suggestions, key=_rank)


def reasons(learner: Learner, occurrence: Occurrence, now: datetime) -> tuple[Reason, ...]:
    """Why this occurrence fits this learner, strongest first."""
    targets, tags, skills = set(occurrence.target_ids), set(occurrence.tags), set(occurrence.skills)
    return (
        *_for_goals(learner, targets, tags),
        *(Reason("interest", {"tag": tag}) for tag in sorted(tags & learner.interests)),
        *_on_projects(learner, targets, tags, skills, now),
        *_on_skills(learner, skills, now),
    )


def serves_goal(suggestion: Suggestion, goal_id: str) -> bool:
    """Whether one of the reasons is this goal."""
    return any(reason.params.get("goal_id") == goal_id for reason in suggestion.reasons)


def state_of(
    occurrence: Occurrence, places: Sequence[Held], room: int | None, now: datetime, hold: Hold | None = None
) -> State:
    """What an eligible learner can do about an occurrence. `room`: what the space and the equipment have left.

    `ranked`: its seats are held for a round, in which it can be ranked.
    """
    if any(held.occurrence_id == occurrence.occurrence_id for held in places):
        return "yours"
    if occurrence.locked:
        return "locked"
    if now >= occurrence.closes_at:
        return "closed"
    if hold is not None and held_for_round(hold, occurrence, now):
        return "ranked"
    if now < occurrence.opens_at:
        return "not-yet"
    if is_taken(places, occurrence.starts_at, occurrence.ends_at):
        return "overlaps"
    return "full" if places_left(occurrence, room) == 0 else "open"


def is_taken(places: Sequence[Held], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the learner is somewhere else at that time."""
    return any(held.starts_at < ends_at and starts_at < held.ends_at for held in places)


def seats_left(occurrence: Occurrence) -> int | None:
    """Free seats under the occurrence's own cap (never below 0); None: unlimited. The space may hold fewer."""
    return None if occurrence.cap is None else max(0, occurrence.cap - occurrence.taken)


def places_left(occurrence: Occurrence, room: int | None) -> int | None:
    """Seats left under both the occurrence's cap and `room`; None: neither limits."""
    limits = [limit for limit in (seats_left(occurrence), room) if limit is not None]
    return min(limits, default=None)


def _rank(suggestion: Suggestion) -> tuple[int, int, datetime, str]:
    codes = {reason.code for reason in suggestion.reasons}
    tier = next((place for place, tier in enumerate(_TIERS) if codes & tier), len(_TIERS))
    occurrence = suggestion.occurrence
    return tier, -len(suggestion.reasons), occurrence.starts_at, occurrence.occurrence_id


def _for_goals(learner: Learner, targets: AbstractSet[str], tags: AbstractSet[str]) -> Iterable[Reason]:
    for goal_id, goal in sorted(learner.goals.items()):
        if goal.state in CLOSED_GOALS:
            continue
        for target_id in sorted(targets & goal.target_ids):
            yield Reason("for-your-goal", {"goal_id": goal_id, "target_id": target_id})
        for tag in sorted(tags & goal.tags):
            yield Reason("goal-tag", {"goal_id": goal_id, "tag": tag})


def _on_projects(
    learner: Learner, targets: AbstractSet[str], tags: AbstractSet[str], skills: AbstractSet[str], now: datetime
) -> Iterable[Reason]:
    for project_id, project in sorted(learner.projects.items()):
        if now - project.shown_at > LATELY:
            continue
        for what in sorted((tags & project.tags) | (skills & project.skills)):
            yield Reason("builds-on-project", {"project_id": project_id, "what": what})
        if targets & project.target_ids:
            yield Reason("builds-on-project", {"project_id": project_id, "what": "a target"})


def _on_skills(learner: Learner, skills: AbstractSet[str], now: datetime) -> Iterable[Reason]:
    for grown in sorted(learner.skills.values(), key=lambda grown: grown.skill):
        if grown.skill in skills and now - grown.grown_at <= LATELY:
            yield Reason("builds-on-skill", {"skill": grown.skill})

"""What is known of a learner: interests, open goals, skills grown and projects shown, fed by facts."""

from collections.abc import Sequence
from typing import Any

from contracts.community import ProjectShown
from contracts.profile import GoalChanged, GoalWritten, InterestsChanged, SkillGrown
from kit.transaction import Transaction
from services.scheduler.store.erasures import ERASURES
from services.scheduler.store.learners import LEARNERS


async def apply_interests(tx: Transaction, fact: InterestsChanged, heard: Any) -> None:
    """Remember a learner's interests."""
    for person_id in await _remembered(tx, [fact.person_id]):
        values = {"interests": list(fact.tags), "interests_at": heard.time}
        tx[LEARNERS].remember(person_id, heard.sequence, values, source="heard_interests")


async def apply_goal(tx: Transaction, fact: GoalWritten | GoalChanged, heard: Any) -> None:
    """Remember a goal's state, targets, tags and steps; each goal has a sequence of its own."""
    goal = {
        "state": fact.state,
        "target_ids": list(fact.target_ids),
        "tags": list(fact.tags),
        "step_ids": [step.step_id for step in fact.steps],
    }
    for person_id in await _remembered(tx, [fact.person_id]):
        values = {f"goals.{fact.goal_id}": goal, f"goals_at.{fact.goal_id}": heard.time}
        tx[LEARNERS].remember(person_id, heard.sequence, values, source=f"heard_goals.{fact.goal_id}")


async def apply_skill(tx: Transaction, fact: SkillGrown, heard: Any) -> None:
    """Remember how many pieces a skill's growth story has by now."""
    skill = {"skill": fact.skill, "pieces": fact.pieces, "grown_at": heard.time}
    for person_id in await _remembered(tx, [fact.person_id]):
        values = {f"skills.{fact.growth_id}": skill}
        tx[LEARNERS].remember(person_id, heard.sequence, values, source=f"heard_skills.{fact.growth_id}")


async def apply_project(tx: Transaction, fact: ProjectShown, heard: Any) -> None:
    """Remember what a shown project was about, for each of its members."""
    project = {
        "skills": list(fact.skills),
        "target_ids": list(fact.target_ids),
        "tags": list(fact.tags),
        "shown_at": fact.shown_at,
    }
    for person_id in await _remembered(tx, [member.person_id for member in fact.members]):
        values = {f"projects.{fact.project_id}": project}
        tx[LEARNERS].remember(person_id, heard.sequence, values, source=f"heard_projects.{fact.project_id}")


async def _remembered(tx: Transaction, person_ids: Sequence[str]) -> list[str]:
    """These people without those who were forgotten: a late fact must not bring anything of them back."""
    forgotten = await tx[ERASURES].many(person_ids)
    return [person_id for person_id in person_ids if person_id not in forgotten]

"""Learners in the store: one row a learner, fed by facts, one sequence a source."""

from datetime import datetime
from typing import Any

from kit.directory import PEOPLE
from kit.edge import Reader
from kit.mongo import Collection, Document
from kit.transaction import Transaction
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import GrownSkill, Learner, OpenGoal, ShownProject

LEARNERS = Collection("learners", shard_key=("district_id", "_id"))
CLOSED_GOALS = frozenset({"reached", "set-aside", "set_aside"})


def learner_of(row: Document | None, person_id: str) -> Learner:
    """The learner a row tells of; no row: a learner nobody told anything of."""
    if row is None:
        return Learner(person_id=person_id)
    return Learner(
        person_id=person_id,
        interests=frozenset(row.get("interests", ())),
        goals=tuple(_goal(goal_id, goal) for goal_id, goal in sorted(row.get("goals", {}).items()) if _is_open(goal)),
        skills=tuple(GrownSkill(**skill) for _, skill in sorted(row.get("skills", {}).items())),
        projects=tuple(_project(key, project) for key, project in sorted(row.get("projects", {}).items())),
    )


def heard_of(row: Document | None) -> dict[str, datetime | None]:
    """When the newest fact about a learner was announced, per source; None: nothing was heard from it."""
    known = row or {}
    moments = {
        "interests": [known[name] for name in ("interests_at",) if name in known],
        "goals": list(known.get("goals_at", {}).values()),
        "skills": [skill["grown_at"] for skill in known.get("skills", {}).values()],
        "projects": [project["shown_at"] for project in known.get("projects", {}).values()],
    }
    return {source: max(found, default=None) for source, found in moments.items()}


async def learners_of(reader: Reader | Transaction, person_ids: list[str]) -> dict[str, Learner]:
    """The learners with these ids, every one of them, in one query."""
    rows = await reader[LEARNERS].many(person_ids)
    return {person_id: learner_of(rows.get(person_id), person_id) for person_id in person_ids}


async def students_of(reader: Reader | Transaction, person_ids: list[str]) -> dict[str, Student]:
    """What eligibility needs to know of these people, by id, in one query; who was never heard of is left out."""
    return {person_id: student_of(row) for person_id, row in (await reader[PEOPLE].many(person_ids)).items()}


def student_of(row: Document) -> Student:
    """The student that a row of the directory describes; schools are those where they are a learner."""
    at = (held["organisation_id"] for held in row["roles"] if held["role"] == "learner")
    return Student(
        student_id=row["_id"],
        school_ids=frozenset(at),
        class_ids=frozenset(row["groups"]),
        grades=frozenset(row["grades"]),
        active=row["active"],
    )


def _is_open(goal: dict[str, Any]) -> bool:
    return goal["state"] not in CLOSED_GOALS


def _goal(goal_id: str, goal: dict[str, Any]) -> OpenGoal:
    return OpenGoal(
        goal_id=goal_id,
        target_ids=frozenset(goal["target_ids"]),
        tags=frozenset(goal["tags"]),
        step_ids=frozenset(goal["step_ids"]),
    )


def _project(project_id: str, project: dict[str, Any]) -> ShownProject:
    return ShownProject(
        project_id=project_id,
        skills=frozenset(project["skills"]),
        target_ids=frozenset(project["target_ids"]),
        tags=frozenset(project["tags"]),
        shown_at=project["shown_at"],
    )

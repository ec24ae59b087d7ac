"""Learners' goals, entries and evidence for tests: each takes only what its story needs."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.community import MemberShown, ProjectShown
from services.profile.domain.circles import FieldKind, default_visibility
from services.profile.domain.evidence import Evidence, EvidenceKind, Observer
from services.profile.domain.goals import Goal, GoalState, Step
from services.profile.domain.profile_fields import Author, Field, Profile
from services.profile.domain.targets import Proposal

MAYA, IDA, OMAR = "person_maya", "person_ida", "person_omar"
NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
TODAY = date(2031, 5, 5)
BY_MAYA = Author(MAYA, NOON, "I tried it")
BY_IDA = Author(IDA, NOON)


def an_entry(kind: FieldKind = FieldKind.STRENGTH, **fields: Any) -> Field:
    given: dict[str, Any] = {
        "field_id": "strength_1",
        "kind": kind,
        "text": "I explain things well",
        "written_by": MAYA,
        "written_at": NOON,
        "visibility": default_visibility(kind),
    }
    return Field(**given | fields)


def a_profile(*fields: Field) -> Profile:
    return Profile(person_id=MAYA, version=3, district_id="district_1", fields=fields)


def a_goal(**fields: Any) -> Goal:
    given: dict[str, Any] = {
        "goal_id": "goal_1",
        "version": 1,
        "district_id": "district_1",
        "person_id": MAYA,
        "words": "Build a bike trailer",
        "why": "To bring the band's drums along",
        "ends_on": None,
        "tags": (),
        "target_ids": (),
        "steps": (),
        "state": GoalState.ACTIVE,
        "written_at": NOON,
    }
    return Goal(**given | fields)


def a_step(number: int = 1, due_on: date | None = None, *, done: bool = False, minutes: int | None = None) -> Step:
    return Step(
        step_id=f"step_{number}",
        words="Draw it",
        effort_minutes=minutes,
        due_on=due_on,
        done_at=NOON if done else None,
    )


def a_proposal(**fields: Any) -> Proposal:
    given: dict[str, Any] = {
        "proposal_id": "proposal_1",
        "version": 1,
        "district_id": "district_1",
        "person_id": MAYA,
        "goal_id": "goal_1",
        "target_id": "target_1",
        "reason": "You measure anyway",
        "proposed_by": IDA,
        "proposed_at": NOON,
    }
    return Proposal(**given | fields)


def some_evidence(**fields: Any) -> Evidence:
    given: dict[str, Any] = {
        "evidence_id": "evidence_1",
        "version": 0,
        "district_id": "district_1",
        "person_id": MAYA,
        "target_id": None,
        "skill": "curiosity",
        "kind": EvidenceKind.TEXT,
        "text": "I asked three welders",
        "url": None,
        "observer": Observer.SELF,
        "by": MAYA,
        "at": NOON,
    }
    return Evidence(**given | fields)


def a_showing(*members: MemberShown, **fields: Any) -> ProjectShown:
    given: dict[str, Any] = {
        "district_id": "district_1",
        "project_id": "project_1",
        "school_id": "school_1",
        "partner_id": "partner_1",
        "skills": ("curiosity", "empathy"),
        "target_ids": (),
        "tags": (),
        "members": members,
        "shown_at": NOON,
    }
    return ProjectShown(**given | fields)

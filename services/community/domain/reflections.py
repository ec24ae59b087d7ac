"""Reflections: a student's own words on a skill, and who may read them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.community import ReflectionWritten
from contracts.fact import Fact
from kit.refusals import Kind, Refusal, refuse_all


class Shared(StrEnum):
    """Whom the writer shares a reflection with."""

    PRIVATE = "private"
    TEAM = "team"
    PUBLIC = "public"


class SkillElsewhere(Refusal):
    kind = Kind.INVALID
    text = "The project does not grow {skill}. It grows: {skills}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection:
    """What a member says about a skill in a project; the words never leave this service in a fact."""

    reflection_id: str
    version: int
    district_id: str
    project_id: str
    school_id: str
    person_id: str
    skill: str
    text: str
    shared_with: Shared
    written_at: datetime


def write(reflection: Reflection, project_skills: tuple[str, ...]) -> list[Fact]:
    """A reflection on one of the project's skills.

    Raises: Refusals of SkillElsewhere.
    """
    known = reflection.skill in project_skills
    refuse_all(None if known else SkillElsewhere(skill=reflection.skill, skills=", ".join(project_skills)))
    return [
        ReflectionWritten(
            district_id=reflection.district_id,
            reflection_id=reflection.reflection_id,
            project_id=reflection.project_id,
            person_id=reflection.person_id,
            skill=reflection.skill,
            shared_with=reflection.shared_with.value,
        )
    ]


def may_read(reflection: Reflection, reader_id: str, *, staff: bool, family: bool, teammate: bool) -> bool:
    """The writer all; team, staff and family all but what is private; everybody else what is public."""
    if reader_id == reflection.person_id or reflection.shared_with is Shared.PUBLIC:
        return True
    return reflection.shared_with is Shared.TEAM and (staff or family or teammate)

"""A member of a team reflects on a skill."""

from dataclasses import dataclass, replace

from kit.refusals import refuse_all
from kit.transaction import Transaction
from services.community.domain import reflections as rules
from services.community.domain.projects import NotAMember, not_running
from services.community.domain.reflections import Reflection, Shared
from services.community.store.collections import PROJECTS, REFLECTION, REFLECTIONS
from services.community.store.finding import project_of


@dataclass(frozen=True, slots=True)
class WriteReflection:
    """Whose words on which skill of which project, and who may read them."""

    reflection_id: str
    project_id: str
    person_id: str
    skill: str
    text: str
    shared_with: Shared


async def write_reflection(tx: Transaction, order: WriteReflection) -> Reflection:
    """Keep the reflection; it comes with the student to the showing.

    Raises: Refusals of NoSuchProject, NotNow, NotAMember, SkillElsewhere.
    """
    project = await project_of(tx[PROJECTS], order.project_id)
    refuse_all(not_running(project), NotAMember() if order.person_id not in project.member_ids else None)
    reflection = Reflection(
        reflection_id=order.reflection_id,
        version=0,
        district_id=tx.district_id,
        project_id=project.project_id,
        school_id=project.school_id,
        person_id=order.person_id,
        skill=order.skill,
        text=order.text,
        shared_with=order.shared_with,
        written_at=tx.now,
    )
    facts = rules.write(reflection, project.skills)
    return replace(reflection, version=tx[REFLECTIONS].save(REFLECTION.pack(reflection), facts))

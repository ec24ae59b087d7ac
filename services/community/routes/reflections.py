"""Reflections: written by members of a team, read by whom they are shared with."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.policy import DISTRICT, Policy
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Paragraphs, Tag
from services.community.actions.write_reflection import WriteReflection, write_reflection
from services.community.domain.projects import NoSuchProject, NotAMember, NotNow
from services.community.domain.reflections import Reflection, Shared, SkillElsewhere
from services.community.routes.subjects import project_in_path
from services.community.views.reflections import readable_reflections

routes = Routes(prefix="/v1", tags=["reflections"])


class NewReflection(Body):
    """A student's own words on a skill, and who may read them."""

    skill: Tag
    text: Paragraphs
    shared_with: Shared = Shared.TEAM


class Wanted(Body):
    """Which reflections to read; those the caller may not read are left out."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=200)]


class ReflectionShape(BaseModel):
    """A reflection as screens show it."""

    reflection_id: str
    project_id: str
    person_id: str
    skill: str
    text: str
    shared_with: str
    written_at: datetime


class ReflectionsFound(BaseModel):
    """The reflections that the caller may read."""

    items: list[ReflectionShape]


def shape(reflection: Reflection) -> ReflectionShape:
    """The reflection's screen shape."""
    return ReflectionShape.model_validate(reflection, from_attributes=True)


@routes.post(
    "/projects/{project_id}/reflections",
    policy=Policy((Role.LEARNER, "team"), scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow, NotAMember, SkillElsewhere],
    status_code=201,
)
async def post_reflection(project_id: Id, body: NewReflection, edge: EdgeDep) -> ReflectionShape:
    """Reflect on a skill of a running project of yours."""
    order = WriteReflection(
        edge.new_id("reflection"), project_id, edge.caller.caller_id, body.skill, body.text, body.shared_with
    )
    return shape(await edge.act(write_reflection, order))


@routes.post(
    "/reflections/lookup",
    policy=Policy(
        *((role, DISTRICT) for role in (Role.LEARNER, Role.GUARDIAN, Role.EDUCATOR, Role.ADMINISTRATOR, Role.PARTNER)),
        scope="community.read",
    ),
)
async def post_reflections_lookup(body: Wanted, edge: EdgeDep) -> ReflectionsFound:
    """Read many reflections at once: those that are shared with the caller."""
    found = await readable_reflections(edge.reader, body.ids, edge.caller)
    return ReflectionsFound(items=[shape(reflection) for reflection in found])

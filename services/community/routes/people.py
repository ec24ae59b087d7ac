"""What a person has in community: projects, hours and reflections."""

from datetime import date, datetime

from pydantic import BaseModel

from contracts.people import Role
from kit.auth import Subject
from kit.paging import Keyset, Page, PageAskDep
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, person_in
from kit.request import EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.community.domain.reflections import Shared
from services.community.routes.hours import HoursShape
from services.community.routes.hours import shape as hours_shape
from services.community.routes.reflections import ReflectionShape
from services.community.routes.reflections import shape as reflection_shape
from services.community.store.collections import HOURS, HOURS_RECORD, REFLECTION, REFLECTIONS
from services.community.views.persons_projects import persons_projects

routes = Routes(prefix="/v1/people/{person_id}", tags=["people"])
OF_A_PERSON = Policy(
    (Role.LEARNER, OWN),
    (Role.PARTNER, OWN),
    (Role.EDUCATOR, OWN),
    (Role.GUARDIAN, FAMILY),
    (Role.EDUCATOR, CLASS),
    (Role.EDUCATOR, SCHOOL),
    (Role.ADMINISTRATOR, SCHOOL),
    scope="community.read",
    subject=person_in("person_id"),
)


class ProjectLine(BaseModel):
    """One project on a person's page."""

    project_id: str
    title: str
    state: str
    part: str
    next: str
    skills: tuple[str, ...]
    team_size: int
    ends_on: date | None


class PersonsProjects(BaseModel):
    """A person's projects, newest first."""

    items: list[ProjectLine]
    as_of: datetime


@routes.get("/projects", policy=OF_A_PERSON)
async def get_persons_projects(person_id: Id, edge: EdgeDep) -> PersonsProjects:
    """A person's projects, with their part in each and the next thing to do."""
    found = await persons_projects(edge.reader, person_id)
    lines = [ProjectLine.model_validate(project, from_attributes=True) for project in found]
    return PersonsProjects(items=lines, as_of=edge.now)


@routes.get("/hours", policy=OF_A_PERSON)
async def get_persons_hours(person_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[HoursShape]:
    """The hours a student logged, newest first."""
    order = Keyset(("-logged_at", "-_id"))
    where = {"person_id": person_id}
    return await edge.page(ask, edge.reader[HOURS], where, order, lambda row: hours_shape(HOURS_RECORD.unpack(row)))


@routes.get("/reflections", policy=OF_A_PERSON)
async def get_persons_reflections(person_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[ReflectionShape]:
    """A student's reflections, newest first: all for themselves, those not private for family and staff."""
    own = "own" in {relation for _, relation in await edge.relations(Subject(person_id))}
    where: dict[str, object] = {"person_id": person_id}
    if not own:
        where["shared_with"] = {"$ne": Shared.PRIVATE.value}
    order = Keyset(("-written_at", "-_id"))
    rows = edge.reader[REFLECTIONS]
    return await edge.page(ask, rows, where, order, lambda row: reflection_shape(REFLECTION.unpack(row)))

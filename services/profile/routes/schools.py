"""Schools and their classes, as the roster has them."""

from pydantic import BaseModel

from contracts.people import Role
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.policy import DISTRICT, SCHOOL, Policy, organisation_in
from kit.request import EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.profile.domain.people import NoSuchSchool, School
from services.profile.store.people import CLASS, CLASSES, SCHOOLS
from services.profile.store.people import SCHOOL as SCHOOL_RECORD
from services.profile.views.schools import the_school

routes = Routes(prefix="/v1/schools", tags=["schools"])
ANYBODY = Policy(
    *((role.value, DISTRICT) for role in Role if role is not Role.OPERATOR), scope="people.read", apps=True
)


class SchoolShown(BaseModel):
    """A school and what it is called."""

    school_id: str
    name: str
    active: bool


class ClassShown(BaseModel):
    """A class of a school; `kind` is homeroom or scheduled."""

    class_id: str
    school_id: str
    title: str
    kind: str
    grades: tuple[str, ...]


@routes.get("", policy=ANYBODY, refuses=[StaleCursor])
async def get_schools(ask: PageAskDep, edge: EdgeDep) -> Page[SchoolShown]:
    """The schools of the district, by name."""
    return await edge.page(
        ask,
        edge.reader[SCHOOLS],
        {"active": True},
        Keyset(("name", "_id")),
        lambda found: _shown(SCHOOL_RECORD.unpack(found)),
    )


@routes.get("/{school_id}", policy=ANYBODY, refuses=[NoSuchSchool])
async def get_school(school_id: Id, edge: EdgeDep) -> SchoolShown:
    """One school."""
    school = await the_school(edge.reader[SCHOOLS], school_id)
    edge.tag(school.version)
    return _shown(school)


@routes.get(
    "/{school_id}/classes",
    policy=Policy(
        *((role.value, SCHOOL) for role in Role if role is not Role.OPERATOR),
        scope="people.read",
        subject=organisation_in("school_id"),
        apps=True,
    ),
    refuses=[NoSuchSchool, StaleCursor],
)
async def get_classes(school_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[ClassShown]:
    """The classes of a school, by title."""
    await the_school(edge.reader[SCHOOLS], school_id)
    where = {"school_id": school_id, "active": True}
    return await edge.page(ask, edge.reader[CLASSES], where, Keyset(("title", "_id")), _class_shown)


def _shown(school: School) -> SchoolShown:
    return SchoolShown(school_id=school.school_id, name=school.name, active=school.active)


def _class_shown(found: dict[str, object]) -> ClassShown:
    taught = CLASS.unpack(found)
    return ClassShown(
        class_id=taught.class_id,
        school_id=taught.school_id,
        title=taught.title,
        kind=taught.kind,
        grades=taught.grades,
    )

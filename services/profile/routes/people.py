"""People: myself, one person, the people of a school or class, and contacts of partners."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from contracts.people import Role
from kit.auth import Subject
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, myself, person_in
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line
from services.profile.actions.add_partner_contact import AddPartnerContact, EmailTaken, add_partner_contact
from services.profile.domain.people import NoSuchPerson, NoSuchSchool, Person
from services.profile.routes.subjects import list_asked, own_school
from services.profile.store.people import PEOPLE, unpack_person
from services.profile.views.people import people_where, the_person

routes = Routes(prefix="/v1", tags=["people"])
READ = "people.read"


class RoleShown(BaseModel):
    """A role at a school, or at the district itself under the district's id."""

    role: Role
    organisation_id: str


class PersonShown(BaseModel):
    """A person, as those may see them who work with them, answer for them, or are them."""

    person_id: str
    given_name: str
    family_name: str
    called: str
    username: str
    identifier: str
    email: str
    roles: tuple[RoleShown, ...]
    class_ids: tuple[str, ...]
    teaches_class_ids: tuple[str, ...]
    ward_ids: tuple[str, ...]
    grades: tuple[str, ...]
    active: bool


class Me(PersonShown):
    """Myself, and where I am."""

    district_id: str


class NewPartnerContact(Body):
    """Somebody outside, who speaks for a partner of a school."""

    school_id: Id
    given_name: Line
    family_name: Line
    email: Annotated[str, Field(pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}$", max_length=254)]


class PartnerContact(BaseModel):
    """The contact: a person of the district with the role partner at the school."""

    person_id: str
    school_id: str
    role: Role = Role.PARTNER


@routes.get(
    "/me",
    policy=Policy(*((role.value, OWN) for role in Role if role is not Role.OPERATOR), scope=READ, subject=myself),
    refuses=[NoSuchPerson],
)
async def get_me(edge: EdgeDep) -> Me:
    """Who I am to the district."""
    person = await the_person(edge.reader[PEOPLE], edge.caller.caller_id)
    edge.tag(person.version)
    return Me(**_fields(person), district_id=edge.district_id)


@routes.get(
    "/people",
    policy=Policy(
        (Role.EDUCATOR.value, CLASS),
        (Role.EDUCATOR.value, SCHOOL),
        (Role.ADMINISTRATOR.value, SCHOOL),
        scope=READ,
        subject=list_asked,
        apps=True,
    ),
    refuses=[StaleCursor],
)
async def get_people(
    ask: PageAskDep,
    edge: EdgeDep,
    school_id: Annotated[Id | None, Query()] = None,
    role: Annotated[Role | None, Query()] = None,
    class_id: Annotated[Id | None, Query()] = None,
) -> Page[PersonShown]:
    """The active people of a school or class, or of the district, perhaps of one role alone."""
    where = people_where(school_id, role, class_id)
    return await edge.page(ask, edge.reader[PEOPLE], where, Keyset(("_id",)), lambda found: shown(unpack_person(found)))


@routes.get(
    "/people/{person_id}",
    policy=Policy(
        *((role.value, OWN) for role in Role if role is not Role.OPERATOR),
        (Role.GUARDIAN.value, FAMILY),
        (Role.EDUCATOR.value, CLASS),
        (Role.EDUCATOR.value, SCHOOL),
        (Role.ADMINISTRATOR.value, SCHOOL),
        scope=READ,
        subject=person_in("person_id"),
        apps=True,
    ),
    refuses=[NoSuchPerson],
)
async def get_person(person_id: Id, edge: EdgeDep) -> PersonShown:
    """One person."""
    person = await the_person(edge.reader[PEOPLE], person_id)
    edge.tag(person.version)
    return shown(person)


@routes.post(
    "/people/partner-contacts",
    policy=Policy(
        (Role.EDUCATOR.value, SCHOOL), (Role.ADMINISTRATOR.value, SCHOOL), scope="community.write", subject=own_school
    ),
    refuses=[NoSuchSchool, EmailTaken],
    status_code=201,
)
async def post_partner_contact(body: NewPartnerContact, edge: EdgeDep) -> PartnerContact:
    """Add somebody outside as a contact of a school's partner; who is one already gets this school too."""
    await edge.permit(Subject(organisations=frozenset({body.school_id})))
    order = AddPartnerContact(edge.new_id("person"), body.school_id, body.given_name, body.family_name, body.email)
    person_id = await edge.act(add_partner_contact, order)
    edge.location(f"/v1/people/{person_id}")
    return PartnerContact(person_id=person_id, school_id=body.school_id)


def shown(person: Person) -> PersonShown:
    """What is shown of a person."""
    return PersonShown(**_fields(person))


def _fields(person: Person) -> dict[str, object]:
    names = person.names
    return {
        "person_id": person.person_id,
        "given_name": names.given,
        "family_name": names.family,
        "called": names.full,
        "username": person.username,
        "identifier": person.identifier,
        "email": person.email,
        "roles": [RoleShown(role=Role(held.role), organisation_id=held.organisation_id) for held in person.roles],
        "class_ids": person.class_ids,
        "teaches_class_ids": person.teaches_class_ids,
        "ward_ids": person.ward_ids,
        "grades": person.grades,
        "active": person.active,
    }

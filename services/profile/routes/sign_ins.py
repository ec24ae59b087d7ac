"""Sign-ins: what the gateway asks when somebody has proved to the district's provider who they are."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel

from contracts.people import Role
from kit.policy import DISTRICT, Policy
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Line
from services.profile.domain.people import AmbiguousSignIn, NoSuchSignIn, Person
from services.profile.routes.people import RoleShown
from services.profile.store.people import PEOPLE
from services.profile.views.sign_ins import samples, who_signs_in

routes = Routes(prefix="/v1/sign-ins", tags=["sign-ins"])
INTERNAL = Policy((Role.OPERATOR.value, DISTRICT), scope="internal")


class Claimed(Body):
    """What the provider says of somebody: one claim, and its value."""

    claim: Literal["email", "username", "identifier", "person_id"]
    value: Line


class SignIn(BaseModel):
    """The person behind a claim, with what their tokens carry."""

    person_id: str
    roles: tuple[RoleShown, ...]
    scopes: tuple[str, ...] = ("*",)


class Sample(SignIn):
    """Somebody to sign in as in a demonstration."""

    name: str
    username: str
    email: str


class Samples(BaseModel):
    """People of each role that was asked for."""

    people: list[Sample]


@routes.post("", policy=INTERNAL, refuses=[NoSuchSignIn, AmbiguousSignIn])
async def post_sign_in(body: Claimed, edge: EdgeDep) -> SignIn:
    """Who this is. Changes nothing; the claim is no part of an address, so that no log can hold it."""
    person = await who_signs_in(edge.reader[PEOPLE], body.claim, body.value)
    return SignIn(person_id=person.person_id, roles=_roles(person))


@routes.get("/samples", policy=INTERNAL)
async def get_samples(edge: EdgeDep, role: Annotated[Role | None, Query()] = None) -> Samples:
    """Up to ten people a role with their names; the development provider alone asks this."""
    found = await samples(edge.reader[PEOPLE], role)
    return Samples(
        people=[
            Sample(
                person_id=person.person_id,
                roles=_roles(person),
                name=person.names.full,
                username=person.username,
                email=person.email,
            )
            for person in found
        ]
    )


def _roles(person: Person) -> tuple[RoleShown, ...]:
    return tuple(RoleShown(role=Role(held.role), organisation_id=held.organisation_id) for held in person.roles)

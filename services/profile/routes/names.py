"""Names: the one place where an opaque id becomes what somebody is called."""

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.policy import DISTRICT, Policy
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id
from services.profile.store.people import PEOPLE
from services.profile.views.names import names_for

routes = Routes(prefix="/v1", tags=["people"])


class NamesAsked(Body):
    """The people whose names are wanted."""

    ids: tuple[Id, ...] = Field(max_length=500)


class NameShown(BaseModel):
    """What the caller may call a person. `family_name` is null where it is not theirs to see."""

    person_id: str
    name: str
    given_name: str
    family_name: str | None


class Names(BaseModel):
    """Names by person; whoever is none of the caller's business is left out."""

    names: list[NameShown]


@routes.post(
    "/names",
    policy=Policy(*((role.value, DISTRICT) for role in Role if role is not Role.OPERATOR), scope="people.read"),
)
async def post_names(body: NamesAsked, edge: EdgeDep) -> Names:
    """What I may call these people."""
    found = await names_for(edge.reader[PEOPLE], edge.caller, body.ids)
    return Names(
        names=[
            NameShown(
                person_id=shown.person_id, name=shown.name, given_name=shown.given_name, family_name=shown.family_name
            )
            for shown in found
        ]
    )

"""Districts: opened by an operator."""

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, SecretStr, StringConstraints

from contracts.people import Role
from kit.paging import Page, PageAskDep
from kit.policy import DISTRICT, Policy
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Line
from services.gateway.actions.open_district import OpenDistrict, open_a_district
from services.gateway.domain.districts import District, Provider, SlugTaken
from services.gateway.store.finding import districts_after

routes = Routes(prefix="/v1/districts", tags=["districts"])
OPERATORS = Policy((Role.OPERATOR, DISTRICT), scope="operations")
_ISSUER = r"^(https://|http://(127\.0\.0\.1|localhost)(:|/|$))[!-~]*$"
_LISTED = {"list": "districts"}


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("expected an IANA time zone such as America/Denver")
    return name


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class NewProvider(Body):
    """The district's OpenID Connect provider. `subject`: the ID token's claim; `claim`: the roster's column.

    The issuer is written just as the provider writes it, with or without a slash at its end; plain http only on this
    machine.
    """

    issuer: Annotated[str, Field(pattern=_ISSUER, max_length=300)]
    client_id: Line
    client_secret: SecretStr | None = None
    subject: Line = "email"
    claim: Literal["email", "username", "identifier"] = "email"


class NewDistrict(Body):
    """A district's name, short name, time zone, and where its people sign in."""

    name: Line
    slug: Slug
    time_zone: Annotated[str, AfterValidator(_known_zone), Field(max_length=60)]
    provider: NewProvider | None = None


class DistrictShape(BaseModel):
    """A district as operators see it."""

    district_id: str
    name: str
    slug: str
    time_zone: str
    issuer: str | None


def shape(district: District) -> DistrictShape:
    """The district's screen shape; never its secret."""
    return DistrictShape(
        district_id=district.district_id,
        name=district.name,
        slug=district.slug,
        time_zone=district.time_zone,
        issuer=district.provider.issuer if district.provider else None,
    )


@routes.post("", policy=OPERATORS, refuses=[SlugTaken], status_code=201)
async def post_district(body: NewDistrict, edge: EdgeDep) -> DistrictShape:
    """Open a district."""
    district_id = edge.new_id("district")
    district = District(
        district_id=district_id,
        version=0,
        name=body.name,
        slug=body.slug,
        time_zone=body.time_zone,
        provider=_provider(body.provider, edge) if body.provider else None,
    )
    order = OpenDistrict(district)
    opened = await edge.store.transact(district_id, edge.trace, lambda tx: open_a_district(tx, order))
    return shape(opened)


@routes.get("", policy=OPERATORS)
async def get_districts(ask: PageAskDep, edge: EdgeDep) -> Page[DistrictShape]:
    """The districts of this deployment, by short name."""
    cursors, asker = edge.desk.cursors, edge.district_id
    after = str(cursors.read(ask.cursor, _LISTED, asker)[0]) if ask.cursor else ""
    found = await districts_after(edge.store.mongo, after, ask.limit + 1)
    shown = found[: ask.limit]
    cursor = cursors.sign((shown[-1].slug,), _LISTED, asker) if len(found) > ask.limit else None
    return Page(items=[shape(district) for district in shown], next_cursor=cursor)


def _provider(body: NewProvider, edge: EdgeDep) -> Provider:
    box = edge.app.state.box
    secret = body.client_secret
    return Provider(
        issuer=body.issuer,
        client_id=body.client_id,
        secret_box=box.lock(secret.get_secret_value()) if secret else None,
        subject=body.subject,
        claim=body.claim,
    )

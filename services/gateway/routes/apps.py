"""Apps: registered for a district by an operator, listed, revoked."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.paging import Keyset, Page, PageAskDep
from kit.policy import DISTRICT, Policy
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line
from services.gateway.actions.register_app import RegisterApp, RevokeApp, register_app, revoke_app
from services.gateway.clients import hash_secret
from services.gateway.domain.apps import App, NoSuchApp, ScopeUnknown, SecretShownBefore
from services.gateway.domain.districts import NoSuchDistrict
from services.gateway.granting import fresh_secret
from services.gateway.store.collections import APP, APPS
from services.gateway.store.finding import district_exists

routes = Routes(prefix="/v1/apps", tags=["apps"])
OPERATORS = Policy((Role.OPERATOR, DISTRICT), scope="operations")
# No fragment, no user, no blank: what a browser would read in another way than we do.
_REDIRECT = (
    r"^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|http://127\.0\.0\.1(:[0-9]{1,5})?)"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?$"
)


class NewApp(Body):
    """An app of the operator's district (the one their token names), with what it may do."""

    name: Line
    scopes: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    redirect_uris: Annotated[
        tuple[Annotated[str, Field(pattern=_REDIRECT, max_length=300)], ...],
        Field(max_length=10),
    ] = ()


class AppShape(BaseModel):
    """An app as operators see it."""

    app_id: str
    name: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    registered_at: datetime
    revoked_at: datetime | None


class AppWithSecret(AppShape):
    """A fresh app, with its secret: shown once, kept as a hash alone."""

    client_secret: str


def shape(app: App) -> AppShape:
    """The app's screen shape."""
    return AppShape.model_validate(app, from_attributes=True)


@routes.post("", policy=OPERATORS, refuses=[ScopeUnknown, NoSuchDistrict, SecretShownBefore], status_code=201)
async def post_app(body: NewApp, edge: EdgeDep) -> AppWithSecret:
    """Let an app in. Its secret is in this answer alone."""
    if not await district_exists(edge.store.mongo, edge.district_id):
        raise refuse(NoSuchDistrict())
    secret = fresh_secret()
    app = App(
        app_id=edge.new_id("app"),
        version=0,
        district_id=edge.district_id,
        name=body.name,
        scopes=tuple(dict.fromkeys(body.scopes)),
        redirect_uris=body.redirect_uris,
        secret_hash=await hash_secret(secret),
        registered_at=edge.now,
    )
    registered = await edge.act(register_app, RegisterApp(app))
    if registered.app_id != app.app_id:  # the answer of an earlier request under the same idempotency key
        raise refuse(SecretShownBefore(app_id=registered.app_id))
    return AppWithSecret(**shape(registered).model_dump(), client_secret=secret)


@routes.get("", policy=OPERATORS)
async def get_apps(ask: PageAskDep, edge: EdgeDep) -> Page[AppShape]:
    """The district's apps, by name."""
    return await edge.page(ask, edge.reader[APPS], {}, Keyset(("name", "_id")), lambda row: shape(APP.unpack(row)))


@routes.delete("/{app_id}", policy=OPERATORS, refuses=[NoSuchApp])
async def delete_app(app_id: Id, edge: EdgeDep) -> AppShape:
    """Let an app go; its tokens end within minutes."""
    return shape(await edge.act(revoke_app, RevokeApp(app_id)))

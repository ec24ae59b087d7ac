"""The gateway's API process: assembly alone."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import cast

import orjson
import structlog
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from contracts.pack import pack
from kit.app import create_app, describe, open_store
from kit.auth import OwnKeys, TokenVerifier
from kit.directory import Directory
from kit.http import Door
from kit.serve import serve
from kit.telemetry import configure
from services.gateway.answers import hop_problem
from services.gateway.clients import Clients
from services.gateway.cors import Cors
from services.gateway.front_door import FrontDoor, Most, Ways
from services.gateway.granting import Granting
from services.gateway.identity_providers import Providers
from services.gateway.pages import PagesWay, credentials_of
from services.gateway.passthrough import Breaker, Fleet, Limits, Passthrough, Upstream
from services.gateway.people_door import PeopleDoor
from services.gateway.provider.routes import Provider
from services.gateway.rates import Rates
from services.gateway.routes import ROUTES
from services.gateway.routes.documents import Documents
from services.gateway.routes.oauth import oauth_routes
from services.gateway.secret_box import SecretBox
from services.gateway.settings import GatewaySettings, read_secret, split
from services.gateway.store.collections import IDENTITY
from services.gateway.store.inbox import INBOX
from services.gateway.table import UPLOAD_BYTES, USUAL_BYTES, RoutingTable
from services.gateway.tokens import SigningKeys, Tokens

STAFF_ROLES = frozenset({"educator", "administrator"})
_FLUSH_SECONDS = 0.2
_MOST_PAGES_AT_ONCE = 1_024
_log = structlog.get_logger()


def own_app(settings: GatewaySettings, keys: SigningKeys, doors: dict[str, Door], front: list[FrontDoor]) -> FastAPI:
    """The gateway's guarded addresses, reached like any service's: with an internal token of its own audience."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        flushing = asyncio.create_task(_flush(front))
        yield
        flushing.cancel()
        with suppress(asyncio.CancelledError):
            await flushing
        for door in doors.values():
            await door.close()
        await app.state.providers.close()
        for one in front:
            await one.close()

    app = create_app(
        title="Gateway",
        settings=settings,
        store=open_store(settings, pack),
        directory=Directory(),
        verifier=TokenVerifier(OwnKeys(keys.keys), settings.service),
        routes=ROUTES,
        collections=(*IDENTITY, *INBOX),
        staff_roles=STAFF_ROLES,
        lifespan=(lifespan,),
    )
    app.state.keys = keys
    app.state.public_url = settings.public_url
    app.state.doors = doors
    return app


async def _flush(front: list[FrontDoor]) -> None:
    while True:
        await asyncio.sleep(_FLUSH_SECONDS)
        for one in front:
            one.hops.flush()


def make(settings: GatewaySettings) -> ASGIApp:
    """The whole front door as these settings say."""
    keys = SigningKeys.load(settings.signing_key_file)
    doors = {name: Door(urls[0], peer=name) for name, urls in settings.behind().items()}
    front: list[FrontDoor] = []
    inside = own_app(settings, keys, doors, front)
    inside.state.box = SecretBox.of(read_secret(settings.cookie_key_file).encode())
    tokens = Tokens(keys)
    door = FrontDoor(
        table=RoutingTable.read(settings.contracts_folder / "openapi"),
        tokens=tokens,
        rates=Rates(settings.limits_url),
        most=Most(
            settings.person_a_minute,
            settings.app_a_minute,
            settings.anonymous_a_minute,
            settings.pages_a_minute,
            settings.proxies_in_front,
        ),
        ways=_ways(settings, inside, Router(_open_routes(settings, inside, keys, tokens))),
        cors=Cors(split(settings.cors_origins)),
        over_tls=settings.public_url.startswith("https://"),
    )
    front.append(door)
    return cast(ASGIApp, door)


def make_settled(settings: GatewaySettings) -> ASGIApp:
    """The same, as a process begins with it: what stands from the start is never looked through for garbage again.

    The three documents of the API are over a hundred thousand objects; looking through them all, again and again, was a
    tenth of what a request cost.
    """
    door = make(settings)
    gc.collect()
    gc.freeze()
    return door


def _open_routes(settings: GatewaySettings, inside: FastAPI, keys: SigningKeys, tokens: Tokens) -> list[Route]:
    """What answers without a token."""
    store, doors = inside.state.desk.store, inside.state.doors
    people = PeopleDoor(doors["profile"], keys)
    providers = Providers(inside.state.box, f"{settings.public_url}/oauth/callback")
    inside.state.providers = providers
    clients = Clients(settings, store.mongo, read_secret(settings.operator_secret_file), web_secret(settings))
    documents = Documents(
        public_url=settings.public_url,
        keys=keys,
        contracts=settings.contracts_folder,
        mongo=store.mongo,
        prepared=lambda: bool(inside.state.desk.prepared),
        doors=doors,
        version=version("trellis"),
        dev_provider=settings.dev_provider,
    )
    granting = Granting(settings, store, keys, clients, providers, people)
    routes = [*documents.routes(), *oauth_routes(granting, tokens)]
    if settings.dev_provider:
        _log.warning("dev_provider_is_on", meaning="anybody can sign in as anybody")
        routes += Provider(settings.public_url, keys, people, split(settings.page_redirects)).routes()
    return routes


def web_secret(settings: GatewaySettings) -> str | None:
    """The secret that the pages' server shows; None where there are no pages. Raises: BadSecret."""
    return read_secret(settings.web_secret_file) if settings.web_secret_file else None


def _ways(settings: GatewaySettings, inside: FastAPI, outside: Router) -> Ways:
    breaker = Breaker()
    hop = Passthrough(Limits(max_request_bytes=USUAL_BYTES), hop_problem, breaker)
    uploads = Passthrough(Limits(max_request_bytes=UPLOAD_BYTES), hop_problem, breaker)
    return Ways(
        fleets={name: Fleet([_upstream(url) for url in urls], breaker) for name, urls in settings.behind().items()},
        hop=hop,
        uploads=uploads,
        own_app=inside,
        open_app=outside,
        pages=_pages(settings, breaker, uploads),
    )


def _pages(settings: GatewaySettings, breaker: Breaker, uploads: Passthrough) -> PagesWay | None:
    """The way to the pages, with connections of their own: a stream holds one for as long as somebody looks."""
    secret = web_secret(settings)
    if not settings.pages() or secret is None:
        return None
    limits = Limits(max_request_bytes=USUAL_BYTES, connections=_MOST_PAGES_AT_ONCE)
    hop = Passthrough(limits, hop_problem, breaker)
    fleet = Fleet([_upstream(url) for url in settings.pages()], breaker)
    return PagesWay(fleet, hop, uploads, credentials_of(secret))


def _upstream(url: str) -> Upstream:
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    return Upstream(host, int(port))


def document() -> str:
    """The OpenAPI document of the gateway's own addresses, made without any server or key file."""
    nowhere = "http://127.0.0.1:1"
    settings = GatewaySettings.model_construct(
        mongo_url=SecretStr("mongodb://127.0.0.1:1"),
        mongo_database="trellis_gateway",
        public_url=nowhere,
        cursor_key=SecretStr("0" * 32),
        jwks_url=nowhere,
        deadline_seconds=5.0,
    )
    keys = SigningKeys.fresh()
    written = orjson.dumps(describe(own_app(settings, keys, {}, [])), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    return written.decode() + "\n"


def main() -> None:
    """`python -m services.gateway.api [--openapi]`."""
    if "--openapi" in sys.argv:
        sys.stdout.write(document())
        return
    settings = GatewaySettings.load()

    def factory() -> ASGIApp:
        configure(settings.service, level=settings.log_level, otlp_endpoint=settings.otlp_endpoint)
        return make_settled(settings)

    serve(factory, settings.host, settings.port, factory=True)


if __name__ == "__main__":
    main()

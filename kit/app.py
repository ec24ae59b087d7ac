"""The application: routes, health, metrics and the OpenAPI document, put together the same way for every service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.addresses import Addresses
from kit.answers import handle_error
from kit.auth import Directory, TokenVerifier
from kit.conditions import NotModified
from kit.edge import IDEMPOTENCY, Store
from kit.front import OPEN_PATHS, Front
from kit.mongo import Collection, Mongo
from kit.operations import operations
from kit.paging import CursorSigner
from kit.policy import Policy
from kit.problems import PROBLEM_SCHEMA
from kit.refusals import Refusal, Refusals
from kit.request import Desk
from kit.routes import Body, GuardedRoute, Routes
from kit.settings import ProcessSettings, Settings
from kit.telemetry import flush_spans
from kit.transaction import OUTBOX, Pack

__all__ = ["Body", "Routes", "create_app", "create_bare_app", "open_store"]

MOST_BYTES = 1024 * 1024
WALL_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
LifespanHook = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Missing = Callable[[], Awaitable[list[str]]]
"""What a process still misses before it can do its work, in words; nothing when it is ready."""
_log = structlog.get_logger()


def open_store(settings: Settings, pack: Pack) -> Store:
    """The service's store: its database, reached in time to say so when it is away."""
    mongo = Mongo(
        settings.mongo_url.get_secret_value(), settings.mongo_database, timeout_seconds=settings.store_timeout_seconds
    )
    return Store(mongo, pack, f"trellis/{settings.service}")


def create_app(
    *,
    title: str,
    settings: Settings,
    store: Store,
    directory: Directory,
    verifier: TokenVerifier,
    routes: Sequence[Routes],
    collections: Sequence[Collection],
    staff_roles: frozenset[str],
    lifespan: Sequence[LifespanHook] = (),
    version: str = "1",
) -> FastAPI:
    """One service's application. It answers from the start; until its store is prepared, with 503.

    Raises: TypeError when a route has no policy.
    """
    app = _app(title, version, _lifespan(store.mongo, [*collections, OUTBOX, IDEMPOTENCY], lifespan))
    cursors = CursorSigner(settings.cursor_key)
    app.state.desk = Desk(store, directory, verifier, cursors, staff_roles, settings.deadline_seconds)
    for router in (*routes, operations(store.mongo)):
        app.router.routes.extend(router.routes)
    _add_open_routes(app, lambda: _missing(app, store.mongo))
    check_policies(app)
    app.add_middleware(Addresses, routes=[route for route in app.routes if isinstance(route, GuardedRoute)])
    _add_front(app, settings)
    return app


def create_bare_app(
    *,
    title: str,
    settings: ProcessSettings,
    missing: Missing,
    lifespan: Sequence[LifespanHook] = (),
    version: str = "1",
) -> FastAPI:
    """An application without a store: the same front and open addresses; its routes are for the caller to add.

    `missing` is asked each time somebody wants to know whether it is ready.
    """
    app = _app(title, version, _hooked(lifespan))
    _add_open_routes(app, missing)
    _add_front(app, settings)
    return app


def _app(title: str, version: str, lifespan: Lifespan) -> FastAPI:
    return FastAPI(
        title=title,
        version=version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers=_handlers(),
        # The front traces, counts and logs; FastAPI's own telemetry would record faulty input as it came.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )


def _add_front(app: FastAPI, settings: ProcessSettings) -> None:
    app.add_middleware(
        Front, service=settings.service, deadline_seconds=settings.deadline_seconds, most_bytes=MOST_BYTES
    )


def _hooked(hooks: Sequence[LifespanHook]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for hook in hooks:
                await stack.enter_async_context(hook(app))
            yield
        await asyncio.to_thread(flush_spans)

    return lifespan


def check_policies(app: FastAPI) -> None:
    """Raises: TypeError naming every route that neither has a policy nor is one of the four open ones."""
    bare = [path for route in app.routes if not _guarded(route) and (path := getattr(route, "path", "?"))]
    bare = [path for path in bare if path not in OPEN_PATHS]
    if bare:
        raise TypeError(f"no policy for: {', '.join(sorted(bare))}")


def _guarded(route: Any) -> bool:
    return isinstance(route, GuardedRoute) and isinstance(getattr(route, "policy", None), Policy)


def _handlers() -> dict[Any, Any]:
    known = (Refusals, Refusal, NotModified, RequestValidationError, HTTPException, PyMongoError)
    return dict.fromkeys(known, handle_error)


def _lifespan(mongo: Mongo, collections: Sequence[Collection], hooks: Sequence[LifespanHook]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        preparing = asyncio.create_task(_prepare(app, mongo, collections))
        async with AsyncExitStack() as stack:
            for hook in hooks:
                await stack.enter_async_context(hook(app))
            yield
            preparing.cancel()
            with suppress(asyncio.CancelledError):
                await preparing
        mongo.close()
        await asyncio.to_thread(flush_spans)

    return lifespan


async def _prepare(app: FastAPI, mongo: Mongo, collections: Sequence[Collection]) -> None:
    """Make collections and indexes; while the store is away, try again: a service outlives its store's absence."""
    while not app.state.desk.prepared:
        try:
            await mongo.ensure(collections)
            app.state.desk.prepared = True
        except PyMongoError as error:
            _log.warning("store_not_prepared", error=type(error).__name__)
            await asyncio.sleep(1)


def _add_open_routes(app: FastAPI, look: Missing) -> None:
    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_request: Request) -> Response:
        missing = await look()
        said = {"status": "not ready" if missing else "ready", "missing": missing}
        return JSONResponse(said, 503 if missing else 200)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    async def openapi(_request: Request) -> Response:
        return JSONResponse(describe(app))

    for path, endpoint in {"/health": health, "/ready": ready, "/metrics": metrics, "/openapi.json": openapi}.items():
        app.router.add_route(path, endpoint, methods=["GET"], include_in_schema=False)


async def _missing(app: FastAPI, mongo: Mongo) -> list[str]:
    if not await mongo.ping():
        return ["mongo: no primary answers"]
    return [] if app.state.desk.prepared else ["mongo: collections and indexes are not made yet"]


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application made here, with policies and problems."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["securitySchemes"] = {"internal": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        _name_wall_clocks(document)
        app.openapi_schema = document
    return app.openapi_schema


def _name_wall_clocks(part: Any) -> None:
    """Times of day are a wall clock's: OpenAPI's format `time` would want an offset, so they are told by a pattern."""
    if isinstance(part, dict) and part.get("format") == "time":
        part.pop("format")
        part["pattern"] = WALL_CLOCK
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, (dict, list)):
            _name_wall_clocks(inner)

"""Starting: a service that is not safe to run does not."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import Response

from kit.app import Routes, check_policies, create_app, open_store
from kit.auth import OwnKeys, TokenVerifier
from kit.policy import DISTRICT, Policy
from kit.routes import GuardedRoute
from tests.integration.kit_http.library import LibrarySettings, Readers, pack
from tests.integration.kit_http.running import environment

STAFF = Policy(("librarian", DISTRICT), scope="loans")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> LibrarySettings:
    for name, value in environment("mongodb://127.0.0.1:1", 0, "http://127.0.0.1:1").items():
        monkeypatch.setenv(name, value)
    return LibrarySettings.load()


@contextmanager
def library_of(settings: LibrarySettings, *routes: Routes) -> Iterator[FastAPI]:
    store = open_store(settings, pack)
    yield create_app(
        title="Library",
        settings=settings,
        store=store,
        directory=Readers(),
        verifier=TokenVerifier(OwnKeys(KeySet([])), "library"),
        routes=routes,
        collections=[],
        staff_roles=frozenset(),
    )
    store.mongo.close()


def shelf_routes() -> Routes:
    routes = Routes(prefix="/v1")

    @routes.get("/shelves", policy=STAFF)
    async def get_shelves() -> list[str]:
        return []

    return routes


def test_a_route_without_a_policy_cannot_be_declared() -> None:
    routes = Routes()
    with pytest.raises(TypeError):
        routes.get("/shelves")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="needs a Policy"):
        routes.get("/shelves", policy=None)  # type: ignore[arg-type]


def test_a_route_that_came_in_another_way_stops_the_start(settings: LibrarySettings) -> None:
    async def get_shelves(_request: Request) -> Response:
        return Response()

    routes = shelf_routes()
    routes.add_api_route("/plain", lambda: None)
    routes.add_route("/plainer", get_shelves)
    with pytest.raises(TypeError, match=r"no policy for: /plainer, /v1/plain"), library_of(settings, routes):
        pass


def test_removing_a_policy_is_found(settings: LibrarySettings) -> None:
    with library_of(settings, shelf_routes()) as app:
        check_policies(app)
        [route] = [route for route in app.routes if getattr(route, "path", "") == "/v1/shelves"]
        assert isinstance(route, GuardedRoute)
        del route.policy
        with pytest.raises(TypeError, match="/v1/shelves"):
            check_policies(app)


def test_a_process_with_faulty_settings_ends_with_a_line_for_each() -> None:
    variables = environment("mongodb://library:hunter2@127.0.0.1:1", 0, "ftp://hunter2", LIBRARY_COLOUR="hunter2")
    del variables["LIBRARY_KAFKA"]
    command = [sys.executable, "-m", "tests.integration.kit_http.library"]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == [
        "LIBRARY_COLOUR",
        "LIBRARY_JWKS_URL",
        "LIBRARY_KAFKA",
    ]
    assert "hunter2" not in ended.stderr + ended.stdout

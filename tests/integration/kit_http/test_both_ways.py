"""Both ways: a route that answers directly says exactly what the framework would have said for it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import KeySet
from pydantic import SecretStr

from deploy.local.mongo import Mongo
from kit.auth import Caller, OwnKeys, mint
from kit.clock import now
from kit.ids import new_id
from kit.mongo import Mongo as Store
from kit.routes import GuardedRoute
from tests.integration.kit_http.gateway_keys import new_key
from tests.integration.kit_http.library import LOANS, READERS, LibrarySettings, assemble
from tests.integration.kit_http.running import APP, DISTRICT_ID, IDA, MAYA

KEY = new_key("both-ways")
LOAN = {
    "_id": "loan_1",
    "district_id": DISTRICT_ID,
    "reader_id": MAYA.caller_id,
    "copy_id": "copy_a",
    "lent_at": now(),
    "version": 3,
    "correlation_id": "corr_12345678",
}


def an_app(url: str) -> FastAPI:
    nowhere = "127.0.0.1:1"
    settings = LibrarySettings(
        mongo_url=SecretStr(url),
        kafka=nowhere,
        port=0,
        worker_port=0,
        jwks_url=f"http://{nowhere}",
        cursor_key=SecretStr("a key for cursors that is long enough"),
    )
    app = assemble(settings, OwnKeys(KeySet([KEY])))
    app.state.desk.prepared = True
    return app


def routes_of(app: FastAPI) -> list[GuardedRoute]:
    return [route for route in app.routes if isinstance(route, GuardedRoute)]


class BothWays:
    """The same library twice, once answering directly and once through the framework."""

    def __init__(self, url: str) -> None:
        self.direct, self.framed = an_app(url), an_app(url)
        assert sum(route.is_direct for route in routes_of(self.direct)) > 8
        for route in routes_of(self.framed):
            vars(route)["is_direct"] = False

    async def ask(self, method: str, path: str, caller: Caller | None, **options: Any) -> list[httpx.Response]:
        """The answers of the two."""
        return [await self._ask(app, method, path, caller, options) for app in (self.direct, self.framed)]

    async def _ask(
        self, app: FastAPI, method: str, path: str, caller: Caller | None, options: dict[str, Any]
    ) -> httpx.Response:
        signed = {"authorization": f"Bearer {mint(KEY, caller, 'library', 60, now())}"} if caller else {}
        headers = {"x-correlation-id": "corr_both_ways", **signed, **options.get("headers", {})}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://library") as http:
            return await http.request(method, path, **(options | {"headers": headers}))


@pytest.fixture
async def both(library_mongo: Mongo) -> AsyncIterator[BothWays]:
    url = library_mongo.url_for("library")
    store = Store(url, "trellis_library")
    await store.ensure([LOANS, READERS])
    await store.database["loans"].replace_one({"_id": LOAN["_id"]}, LOAN, upsert=True)
    ways = BothWays(url)
    yield ways
    await store.database["loans"].delete_one({"_id": LOAN["_id"]})
    for mongo in (store, ways.direct.state.desk.store.mongo, ways.framed.state.desk.store.mongo):
        mongo.close()


JSON = {"content-type": "application/json"}
REQUESTS: dict[str, tuple[str, str, Caller | None, dict[str, Any]]] = {
    "a value": ("GET", "/v1/loans/loan_1", MAYA, {}),
    "not modified": ("GET", "/v1/loans/loan_1", MAYA, {"headers": {"if-none-match": '"3"'}}),
    "a page": ("GET", "/v1/loans?limit=1&reader_id=person_nobody", APP, {}),
    "faulty parameters": ("GET", "/v1/loans?limit=many&cursor=x", APP, {}),
    "a stale cursor": ("GET", "/v1/loans?cursor=x.y", APP, {}),
    "an unknown parameter": ("GET", "/v1/loans/loan_1?colour=red", MAYA, {}),
    "a malformed condition": ("PATCH", "/v1/loans/loan_1", MAYA, {"headers": {"if-match": "three"}}),
    "a stale condition": ("PATCH", "/v1/loans/loan_1", MAYA, {"headers": {"if-match": '"1"'}}),
    "no body": ("POST", "/v1/loans", MAYA, {}),
    "null": ("POST", "/v1/loans", MAYA, {"content": b"null", "headers": JSON}),
    "a list": ("POST", "/v1/loans", MAYA, {"json": []}),
    "many faults": ("POST", "/v1/loans", MAYA, {"json": {"copy_id": "?", "notes": [1], "weight_kg": "1", "x": 1}}),
    "no JSON": ("POST", "/v1/loans", MAYA, {"content": b'{"copy_id": ', "headers": JSON}),
    "another content type": ("POST", "/v1/loans", MAYA, {"content": b"x", "headers": {"content-type": "text/xml"}}),
    "a body that is read as it comes": ("POST", "/v1/shelf-lists", MAYA, {"content": b"a,b", "headers": {
        "content-type": "text/csv"}}),
    "truth": ("GET", "/v1/gate", MAYA, {}),
    "nobody": ("GET", "/v1/loans/loan_1", None, {}),
    "not permitted": ("GET", "/v1/loans", MAYA, {}),
    "nothing there": ("GET", "/v1/loans/loan_2", IDA, {}),
    "no such address": ("GET", "/v1/loans/loan_1/pages", MAYA, {}),
    "a slash too many": ("GET", "/v1/loans/", MAYA, {}),
    "a method nobody takes": ("DELETE", "/v1/loans/loan_1", MAYA, {}),
    "a head": ("HEAD", "/v1/loans/loan_1", MAYA, {}),
    "a fault of ours": ("GET", "/v1/broken", MAYA, {}),
}  # fmt: skip


@pytest.mark.parametrize("asked", REQUESTS)
async def test_both_ways_answer_alike(both: BothWays, asked: str) -> None:
    method, path, caller, options = REQUESTS[asked]
    direct, framed = await both.ask(method, path, caller, **options)
    assert direct.status_code == framed.status_code
    assert direct.content == framed.content
    assert dict(direct.headers) == dict(framed.headers)


async def test_what_is_made_is_told_alike(both: BothWays) -> None:
    newcomer = replace(MAYA, district_id=new_id("district"))
    answers = await both.ask("POST", "/v1/loans", newcomer, json={"copy_id": "copy_b"})
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json().keys() == answers[1].json().keys()
    assert all(answer.headers["location"].startswith("/v1/loans/loan_") for answer in answers)

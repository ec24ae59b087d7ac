"""The store away: answers say so in time, and nothing needs a restart when it is back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.mongo import Mongo, start_mongo
from tests.integration.kit_http.gateway_keys import GatewayKeys
from tests.integration.kit_http.running import IDA, Library, codes, running_library
from tests.support.eventually import eventually


@pytest.fixture
def frail_mongo(tmp_path: Path) -> Iterator[Mongo]:
    server = start_mongo(tmp_path / "mongo", services=("library",))
    yield server
    server.stop()


async def test_a_store_that_dies_is_said_in_time_and_comes_back_without_a_restart(
    frail_mongo: Mongo, gateway: GatewayKeys, tmp_path: Path
) -> None:
    url = frail_mongo.url_for("library")
    async with running_library(url, gateway, tmp_path / "library", LIBRARY_DEADLINE_SECONDS="3") as library:
        assert (await library.lend()).status_code == 201
        assert frail_mongo.process is not None
        frail_mongo.process.kill()
        for answer in (await library.lend(), await library.get("/v1/loans", IDA)):
            assert (answer.status_code, codes(answer)) == (503, {"store-unavailable"})
            assert answer.headers["retry-after"] == "2"
        ready = await library.get("/ready", None)
        assert (ready.status_code, ready.json()["missing"]) == (503, ["mongo: no primary answers"])
        assert (await library.get("/health", None)).status_code == 200
        again = start_mongo(tmp_path / "mongo", services=("library",))
        try:
            back: bool = await eventually(lending(library))
            assert back
            assert (await library.get("/ready", None)).status_code == 200
        finally:
            again.stop()


async def test_nobody_is_told_that_nothing_changed_when_the_store_goes_between_the_change_and_the_answer(
    frail_mongo: Mongo, gateway: GatewayKeys, tmp_path: Path
) -> None:
    url = frail_mongo.url_for("library")
    async with running_library(url, gateway, tmp_path / "library", LIBRARY_DEADLINE_SECONDS="6") as library:
        asked = asyncio.create_task(library.ask("POST", "/v1/shown-loans", json={"copy_id": "copy_1"}))
        await eventually(lambda: entered(library))
        assert frail_mongo.process is not None
        frail_mongo.process.kill()
        await library.ask("POST", "/v1/gate")
        answer = await asked
        assert (answer.status_code, codes(answer)) == (503, {"outcome-unknown"})


async def entered(library: Library) -> bool:
    """Whether the loan is made, and waits to be shown."""
    return bool((await library.get("/v1/gate")).json())


async def test_a_service_starts_while_its_store_is_away_and_answers_once_it_is_there(
    gateway: GatewayKeys, tmp_path: Path
) -> None:
    mongo = start_mongo(tmp_path / "mongo", services=("library",))
    url = mongo.url_for("library")
    mongo.stop()
    settings = {"LIBRARY_DEADLINE_SECONDS": "1"}
    async with running_library(url, gateway, tmp_path / "library", ready=False, **settings) as library:
        assert codes(await library.lend()) == {"store-unavailable"}
        mongo = start_mongo(tmp_path / "mongo", services=("library",))
        try:
            back: bool = await eventually(lending(library))
            assert back
        finally:
            mongo.stop()


def lending(library: Library) -> Callable[[], Awaitable[bool]]:
    """Asks whether a loan can be made again."""

    async def lends() -> bool:
        return (await library.lend()).status_code == 201

    return lends

"""One mongod, the gateway's keys and one running library for all tests of this folder."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.local.mongo import Mongo, start_mongo
from tests.integration.kit_http.gateway_keys import GatewayKeys, new_key, serving_keys
from tests.integration.kit_http.running import Library, running_library


@pytest.fixture(scope="session")
def library_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    server = start_mongo(tmp_path_factory.mktemp("library-mongo"), services=("library",))
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="session")
async def gateway() -> AsyncIterator[GatewayKeys]:
    async with serving_keys(new_key("first")) as keys:
        yield keys


@pytest_asyncio.fixture(scope="session")
async def library(
    library_mongo: Mongo, gateway: GatewayKeys, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    async with running_library(library_mongo.url_for("library"), gateway, folder) as running:
        yield running

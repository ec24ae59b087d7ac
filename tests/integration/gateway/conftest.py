"""One running gateway for all tests of this folder, and districts' providers of their own for each."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from deploy.local.mongo import Mongo
from deploy.local.processes import free_port
from kit.ids import new_id
from tests.integration.gateway.gate import Gate, running_gate, serving
from tests.integration.gateway.oidc import OidcProvider


@pytest_asyncio.fixture(scope="session")
async def gate(mongod: Mongo, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    folder = tmp_path_factory.mktemp("gateway")
    async with running_gate(mongod.url_for("gateway"), folder, dev_provider=True) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def provider_host() -> AsyncIterator[tuple[str, Starlette]]:
    """One server for all providers: its address, and where each hangs its own in."""
    port, host = free_port(), Starlette()
    async with serving(host, port):
        yield f"http://127.0.0.1:{port}", host


@pytest.fixture
def oidc(provider_host: tuple[str, Starlette]) -> OidcProvider:
    """A provider that nobody has asked anything yet."""
    address, host = provider_host
    path = f"/{new_id('provider')}"
    provider = OidcProvider(f"{address}{path}")
    host.mount(path, provider.app())
    return provider

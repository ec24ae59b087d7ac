"""The gateway's public keys, served over HTTP by the test itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
import uvicorn
from joserfc.jwk import KeySet, OKPKey
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.local.processes import free_port
from tests.support.eventually import eventually


def new_key(kid: str) -> OKPKey:
    """A fresh signing key."""
    return OKPKey.generate_key("Ed25519", {"kid": kid})


@dataclass
class GatewayKeys:
    """What `/jwks` answers, and how often it was asked."""

    port: int
    keys: list[OKPKey] = field(default_factory=list)
    asked: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks"

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked += 1
        body = orjson.dumps(KeySet([*self.keys]).as_dict(private=False))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving_keys(*keys: OKPKey) -> AsyncIterator[GatewayKeys]:
    """The keys over HTTP while inside."""
    gateway = GatewayKeys(free_port(), list(keys))
    async with serving(gateway, gateway.port):
        yield gateway


@asynccontextmanager
async def serving(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """Any ASGI application on a real server in this process."""
    config = uvicorn.Config(app, port=port, lifespan="off", log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    yield
    server.should_exit = True
    await running

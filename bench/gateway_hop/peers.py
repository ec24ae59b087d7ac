"""The peers: a direct answer, and the same hop through other HTTP clients, each as a bare ASGI application."""

import os
from collections.abc import AsyncIterator

import aiohttp
import httpx

from services.gateway.passthrough.terms import Header, Receive, Scope, Send

UPSTREAM_HOST = "127.0.0.1"
UPSTREAM_PORT = int(os.environ.get("HOP_UPSTREAM_PORT", "0"))
ANSWER = (
    b'{"placement_id":"place_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f","block_id":"block_0199b3c0aa7b7c3d8e4f5a6b7c8d9e10",'
    b'"cause":"chosen","space_id":"space_0199b3c0aa7b7c3d8e4f5a6b7c8d9e11","goal_id":null,"seats_left":3}'
)
_DROPPED = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"server", b"date"})
_NOT_SENT = frozenset({b"host", b"authorization", b"connection"})


async def direct(scope: Scope, receive: Receive, send: Send) -> None:
    """No hop at all: the answer itself."""
    del receive
    if scope["type"] == "http":
        await _answer(send, 200, [(b"content-type", b"application/json")], ANSWER)


class ThroughAiohttp:
    """The hop through aiohttp's client, streaming."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive  # the load has no bodies
        if scope["type"] != "http":
            return
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=64)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        url = f"http://{UPSTREAM_HOST}:{UPSTREAM_PORT}{scope['raw_path'].decode()}"
        async with self._session.request(scope["method"], url, headers=_sent_text(scope)) as answer:
            await _start(send, answer.status, list(answer.raw_headers))
            async for part in answer.content.iter_any():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class ThroughHttpx:
    """The hop through httpx's asynchronous client, streaming, with a pool of so many connections."""

    def __init__(self, limits: httpx.Limits) -> None:
        self._limits = limits
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive  # the load has no bodies
        if scope["type"] != "http":
            return
        if self._client is None:
            self._client = httpx.AsyncClient(limits=self._limits, timeout=httpx.Timeout(60.0))
        url = f"http://{UPSTREAM_HOST}:{UPSTREAM_PORT}{scope['raw_path'].decode()}"
        async with self._client.stream(scope["method"], url, headers=_sent(scope)) as answer:
            await _start(send, answer.status_code, answer.headers.raw)
            parts: AsyncIterator[bytes] = answer.aiter_raw()
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _sent(scope: Scope) -> list[Header]:
    return [(name, value) for name, value in scope["headers"] if name not in _NOT_SENT]


def _sent_text(scope: Scope) -> dict[str, str]:
    return {name.decode(): value.decode("latin-1") for name, value in _sent(scope)}


async def _start(send: Send, status: int, headers: list[Header]) -> None:
    kept = [(name.lower(), value) for name, value in headers if name.lower() not in _DROPPED]
    await send({"type": "http.response.start", "status": status, "headers": kept})


async def _answer(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def through_httpx() -> ThroughHttpx:
    """With the pool that httpx makes when nothing is said."""
    return ThroughHttpx(httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0))


def through_httpx_small() -> ThroughHttpx:
    """With a pool of eight."""
    return ThroughHttpx(httpx.Limits(max_connections=8, max_keepalive_connections=8))

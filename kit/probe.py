"""The probe: a worker's small HTTP answers about its health, its readiness and its metrics."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Faults = Callable[[], Awaitable[Sequence[str]]]


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the worker: it stops its parts in order, and this server last."""
        yield


class Probe:
    """Answers `/health` (is it alive), `/ready` (is all there that it needs) and `/metrics`.

    `unhealthy` and `missing` name what is wrong, in words for an operator; with nothing to name the answer is 200,
    else 503.
    """

    def __init__(self, host: str, port: int, *, unhealthy: Faults, missing: Faults) -> None:
        self._answers = {"/health": ("unhealthy", unhealthy), "/ready": ("missing", missing)}
        self._host, self._port = host, port
        self._server = _Server(
            uvicorn.Config(
                self._answer, interface="asgi3", lifespan="off", log_config=None, access_log=False, server_header=False
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen; returns the port (with 0 asked for, the one it got). Raises: OSError when it is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listening = socket.create_server((self._host, self._port), family=family)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))
        port: int = listening.getsockname()[1]
        return port

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task:
            await self._task

    async def _answer(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/metrics":
            await _send(send, 200, CONTENT_TYPE_LATEST, generate_latest())
        elif path in self._answers:
            name, ask = self._answers[path]
            faults = list(await ask())
            body = {"status": name, name: faults} if faults else {"status": "ok"}
            await _send(send, 503 if faults else 200, "application/json", orjson.dumps(body))
        else:
            await _send(send, 404, "application/json", b'{"status":"not found"}')


async def _send(send: Any, status: int, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

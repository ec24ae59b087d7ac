"""Listening in: the pages' application once more, between which and the gateway every request is written down."""

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import httpx

from deploy.local.town import Town
from services.web.api import make
from services.web.settings import WebSettings

_HOP = frozenset({"connection", "transfer-encoding", "content-length", "content-encoding", "host", "keep-alive"})
_PATIENCE_SECONDS = 0.05
"""Each answer waits for so long, that all requests that go out at once are there before the first is answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a page. `turn`: requests of one turn went out before any of them was answered."""

    turn: int
    method: str
    path: str
    body: bytes


class Listener:
    """Passes on to the town's gateway what a page asks it, and keeps it."""

    def __init__(self, town: Town) -> None:
        self._base_url, self._loop = town.base_url, asyncio.new_event_loop()
        self._http = httpx.Client(base_url=town.base_url, timeout=30)
        self._lock, self._turn, self._answered, self._asked = threading.Lock(), 0, False, list[Asked]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        secrets = town.folder / "secrets"
        self._app = make(
            WebSettings(
                port=0,
                gateway_url=f"http://127.0.0.1:{self._server.server_port}",
                public_url=town.base_url,
                session_key_file=secrets / "web-session-key",
                client_secret_file=secrets / "web-client-secret",
            )
        )

    def __enter__(self) -> "Listener":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._http.close()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def asked_for(self, address: str, kept: Mapping[str, str]) -> list[Asked]:
        """What the page at this address asks of the API once its visitor is known; tokens aside."""
        cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
        # One loop for all: connections to the gateway belong to the loop that opened them.
        return self._loop.run_until_complete(self._visit(address, cookie))

    async def _visit(self, address: str, cookie: str) -> list[Asked]:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self._base_url, timeout=30) as client:
            for _ in range(2):  # the first time asks who is visiting as well
                self._turn, self._answered, self._asked = 0, False, []
                answer = await client.get(address, headers={"cookie": cookie})
                assert answer.status_code == 200, (address, answer.status_code)
        return [each for each in self._asked if each.path.startswith("/v1/")]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                listener._pass_on(self)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler

    def _pass_on(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        with self._lock:
            self._turn += self._answered
            self._answered = False
            self._asked.append(Asked(self._turn, request.command, request.path, body))
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        time.sleep(_PATIENCE_SECONDS)
        answer = self._http.request(request.command, request.path, headers=headers, content=body)
        with self._lock:
            self._answered = True
        request.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP:
                request.send_header(name, value)
        request.send_header("content-length", str(len(answer.content)))
        request.end_headers()
        request.wfile.write(answer.content)

"""A gateway of one pass-through on a real uvicorn, upstreams that behave as told, and a client that sends raw bytes."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from httptools import HttpResponseParser

from services.gateway.passthrough import Breaker, Limits, Passthrough, Upstream
from services.gateway.passthrough.terms import Header, Message, Receive, Scope, Send
from tests.support.eventually import eventually

App = Callable[[Scope, Receive, Send], Awaitable[None]]
PATIENCE_SECONDS = 15.0
OWN_HEADERS = ((b"x-trellis-token", b"signed"), (b"x-request-id", b"ours"))


@asynccontextmanager
async def served(app: App) -> AsyncIterator[int]:
    """Serve an application with uvicorn, uvloop and httptools in its own thread; gives the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", log_config=None, proxy_headers=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)
        listening.close()


@dataclass
class Gate:
    """A gateway to one upstream, and the statuses that it would log."""

    upstream: Upstream
    limits: Limits = field(default_factory=Limits)
    deadline_seconds: float = 10.0
    breaker: Breaker = field(default_factory=Breaker)
    plain: bool = False
    others: tuple[Upstream, ...] = ()
    statuses: list[int] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._passthrough = Passthrough(self.limits, breaker=self.breaker)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        status = await self._passthrough.forward(
            self.upstream,
            scope,
            receive,
            plainly(send) if self.plain else send,
            headers=OWN_HEADERS,
            deadline_seconds=self.deadline_seconds,
            others=self.others,
        )
        self.statuses.append(status)

    async def _live(self, receive: Receive, send: Send) -> None:
        for stage in ("startup", "shutdown"):
            await receive()
            if stage == "shutdown":
                await self._passthrough.aclose()
            await send({"type": f"lifespan.{stage}.complete"})


def plainly(send: Send) -> Send:
    """A `send` that is not uvicorn's own, so that ASGI messages are all there is."""

    async def sent(message: Message) -> None:
        await send(message)

    return sent


@asynccontextmanager
async def gate(
    upstream_port: int,
    limits: Limits | None = None,
    deadline_seconds: float = 10.0,
    breaker: Breaker | None = None,
    plain: bool = False,
    other_ports: tuple[int, ...] = (),
) -> AsyncIterator[Gate]:
    """A running gateway in front of the upstream, and of others that may take its place."""
    others = tuple(Upstream("127.0.0.1", port) for port in other_ports)
    first = Upstream("127.0.0.1", upstream_port)
    it = Gate(first, limits or Limits(), deadline_seconds, breaker or Breaker(), plain, others)
    async with served(it) as it.port:
        yield it


@dataclass
class Line:
    """One connection as an upstream sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self) -> bytes:
        """The head of the next request; empty when the other side closes instead."""
        try:
            return await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def closed_by_other(self) -> bool:
        """Read what is left until the other side is gone."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass
        return True


Behaviour = Callable[[Line], Awaitable[None]]


@asynccontextmanager
async def behaving(behave: Behaviour) -> AsyncIterator[tuple[int, list[Line]]]:
    """An upstream that does as told on each connection; gives its port and the connections it has seen."""
    lines: list[Line] = []
    errors: list[BaseException] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(Line(reader, writer))
        try:
            await behave(lines[-1])
        except ConnectionError:
            pass  # the gateway left, which is what some of the tests are about
        except AssertionError as error:
            errors.append(error)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], lines
    finally:
        server.close()
        await server.wait_closed()
    if errors:
        raise errors[0]


@dataclass
class Answer:
    """An answer as the client got it; `whole` unless it was cut off."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)
    whole: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)

    def on_header(self, name: bytes, value: bytes) -> None:
        assert name.decode() not in self.headers, f"{name!r} came twice"
        self.headers[name.decode()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self.parts.append(body)

    def on_message_complete(self) -> None:
        self.whole = self.status == 0 or self.status >= 200


class Client:
    """A client on one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, *, bodiless: bool = False) -> Answer:
        """The next answer, skipping interim ones; cut off if the connection ends first."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = b"HTTP/1.1 100"
            while head.startswith(b"HTTP/1.1 100"):
                head = await self.reader.readuntil(b"\r\n\r\n")
            answer = Answer()
            parser = HttpResponseParser(answer)
            parser.feed_data(head)
            answer.status = parser.get_status_code()
            answer.whole = answer.whole or bodiless
            while not answer.whole and (data := await self.reader.read(65536)):
                parser.feed_data(data)
            return answer

    def leave(self) -> None:
        self.writer.close()


@asynccontextmanager
async def client_of(gateway: Gate) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def client_through(
    upstream_port: int, limits: Limits | None = None, deadline_seconds: float = 10.0
) -> AsyncIterator[Client]:
    """A client of a gateway of its own."""
    async with gate(upstream_port, limits, deadline_seconds) as it, client_of(it) as client:
        yield client


async def stands_still(count: Callable[[], int]) -> int:
    """The count, once it is above zero and has not changed for half a second of looking."""
    looks: list[int] = []

    def still() -> bool:
        looks.append(count())
        return looks[-1] > 0 and looks[-10:] == [looks[-1]] * 10

    await eventually(still)
    return looks[-1]


async def ask(gateway: Gate, request: bytes, *, bodiless: bool = False) -> Answer:
    """Send raw bytes on a connection of their own and read one answer."""
    async with client_of(gateway) as client:
        await client.say(request)
        return await client.answer(bodiless=bodiless)


def get(path: str = "/", *headers: str, method: str = "GET") -> bytes:
    """A request without a body."""
    lines = [f"{method} {path} HTTP/1.1", "host: district.example", *headers, "", ""]
    return "\r\n".join(lines).encode()


def post(body: bytes, *headers: str, method: str = "POST", path: str = "/") -> bytes:
    """A request whose body has a length."""
    return get(path, *headers, f"content-length: {len(body)}", method=method) + body


def post_chunks(parts: list[bytes], *headers: str, method: str = "POST", path: str = "/") -> bytes:
    """A request whose body comes in chunks."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part)
    return get(path, *headers, "transfer-encoding: chunked", method=method) + chunks + b"0\r\n\r\n"


def header(head: bytes, name: str) -> list[str]:
    """All values of a header in a request's head, as an upstream saw it."""
    pairs = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
    return [value.decode() for key, _, value in pairs if key.decode().lower() == name]


async def answering(head_and_body: bytes, line: Line) -> None:
    """Answer every request without a body with the same bytes."""
    while await line.head():
        await line.say(head_and_body)


def always(head_and_body: bytes) -> Behaviour:
    return lambda line: answering(head_and_body, line)


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def taken(headers: list[Header]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}

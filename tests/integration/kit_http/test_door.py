"""The door to HTTP: calls end by the deadline, are repeated where that is safe, and leave a failing peer alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
import pytest
from starlette.types import Receive, Scope, Send

from deploy.local.processes import free_port
from kit.breaker import Breaker
from kit.deadline import deadline_scope
from kit.envelope import Trace
from kit.http import Door
from kit.refusals import Kind, Refusals
from kit.tracing import trace_scope
from tests.integration.kit_http.gateway_keys import serving
from tests.support.eventually import AT_ONCE_SECONDS, eventually


@dataclass
class Archive:
    """A peer that answers with the statuses it is told, in turn, and then with 200; `hang` keeps callers waiting."""

    port: int
    statuses: list[int] = field(default_factory=list)
    hang: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append({"method": scope["method"], "path": scope["path"], **headers})
        if self.hang:
            await self.let_go.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        body = orjson.dumps({"shelf": 7})
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"11")]})
        await send({"type": "http.response.body", "body": body})


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def archive() -> AsyncIterator[Archive]:
    peer = Archive(free_port())
    async with serving(peer, peer.port):
        yield peer
        peer.let_go.set()


@asynccontextmanager
async def door_to(archive: Archive, breaker: Breaker | None = None) -> AsyncIterator[Door]:
    door = Door(f"http://127.0.0.1:{archive.port}", peer="archive", breaker=breaker)
    try:
        yield door
    finally:
        await door.close()


async def refused(door: Door, method: str = "GET") -> None:
    with pytest.raises(Refusals) as told:
        await door.call(method, "/shelves")
    assert told.value.codes == {"peer-unavailable"}
    assert told.value.kind is Kind.UNAVAILABLE


async def test_an_answer_comes_with_its_status_and_body(archive: Archive) -> None:
    async with door_to(archive) as door:
        archive.statuses = [200, 404]
        found, missing = await door.get("/shelves", query={"row": 3}), await door.get("/shelves")
    assert (found.status, found.json()) == (200, {"shelf": 7})
    assert missing.status == 404


async def test_a_call_carries_its_trace_and_deadline(archive: Archive) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    deadline = time.time() + 3
    async with door_to(archive) as door:
        with trace_scope(Trace("story-0123456789", None, parent)), deadline_scope(deadline):
            await door.get("/shelves")
    [asked] = archive.asked
    assert asked["x-correlation-id"] == "story-0123456789"
    assert asked["traceparent"] == parent
    assert asked["x-trellis-deadline"] == str(int(deadline * 1000))


async def test_a_read_is_tried_again_and_a_write_is_not(archive: Archive) -> None:
    async with door_to(archive) as door:
        archive.statuses = [503, 500]
        assert (await door.get("/shelves")).status == 200
        assert len(archive.asked) == 3
        archive.statuses = [503]
        await refused(door, "POST")
        assert len(archive.asked) == 4


async def test_a_read_is_given_up_after_a_few_times(archive: Archive) -> None:
    async with door_to(archive) as door:
        archive.statuses = [503] * 10
        await refused(door)
    assert len(archive.asked) == 3


async def test_a_slow_peer_is_left_at_the_deadline(archive: Archive) -> None:
    archive.hang = True
    began = time.monotonic()
    async with door_to(archive) as door:
        with deadline_scope(time.time() + 0.3):
            await refused(door)
            await refused(door)
    assert time.monotonic() - began < AT_ONCE_SECONDS
    assert len(archive.asked) == 1


async def test_a_peer_that_is_not_there_is_said_at_once() -> None:
    began = time.monotonic()
    async with door_to(Archive(free_port())) as door:
        await refused(door)
    assert time.monotonic() - began < AT_ONCE_SECONDS


async def test_a_failing_peer_is_left_alone_and_tried_again_later(archive: Archive) -> None:
    clock = Clock()
    breaker = Breaker(most_failures=3, open_seconds=5, clock=clock)
    async with door_to(archive, breaker) as door:
        archive.statuses = [503] * 3
        await refused(door)
        await refused(door)
        assert len(archive.asked) == 3
        clock.seconds += 5
        assert (await door.get("/shelves")).status == 200
        assert (await door.get("/shelves")).status == 200


async def test_a_caller_who_leaves_does_not_count_against_the_peer(archive: Archive) -> None:
    breaker = Breaker(most_failures=1)
    archive.hang = True
    async with door_to(archive, breaker) as door:
        call = asyncio.create_task(door.get("/shelves"))
        await eventually(lambda: len(archive.asked) == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        archive.let_go.set()
        assert (await door.get("/shelves")).status == 200

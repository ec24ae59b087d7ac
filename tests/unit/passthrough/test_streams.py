"""Bodies flow both ways as they come, no faster than the slower side, and stop when the client leaves."""

import asyncio

import pytest

from services.gateway.passthrough import Limits
from tests.support.eventually import eventually
from tests.unit.passthrough.gate import (
    OK,
    Line,
    always,
    ask,
    behaving,
    client_of,
    client_through,
    gate,
    get,
    stands_still,
)

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
# More than the sockets on the way and our own buffers hold, and far less than what is sent.
MOST_UNDER_WAY = 24 * 1024 * 1024
PLENTY = 96 * 1024 * 1024


async def test_the_first_byte_of_an_answer_passes_before_the_last_is_sent() -> None:
    seen = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await line.say(CHUNKED + b"5\r\nfirst\r\n")
        await seen.wait()
        await line.say(b"4\r\nlast\r\n0\r\n\r\n")

    async with behaving(behave) as (port, _), client_through(port) as client:
        await client.say(get())
        async with asyncio.timeout(10):
            assert b"first" in await client.reader.readuntil(b"first")
        seen.set()
        async with asyncio.timeout(10):
            await client.reader.readuntil(b"last\r\n0\r\n\r\n")


async def test_the_first_byte_of_a_request_passes_before_the_last_is_sent() -> None:
    seen = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        assert await line.reader.readuntil(b"first\r\n") == b"5\r\nfirst\r\n"
        seen.set()
        assert await line.reader.readuntil(b"0\r\n\r\n") == b"4\r\nlast\r\n0\r\n\r\n"
        await line.say(OK)

    async with behaving(behave) as (port, _), client_through(port) as client:
        await client.say(get("/", "transfer-encoding: chunked", method="POST") + b"5\r\nfirst\r\n")
        async with asyncio.timeout(10):
            await seen.wait()
        await client.say(b"4\r\nlast\r\n0\r\n\r\n")
        assert (await client.answer()).body == b"ok"


async def test_a_client_that_does_not_read_makes_the_upstream_wait() -> None:
    sent = 0

    async def behave(line: Line) -> None:
        nonlocal sent
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % PLENTY)
        while sent < PLENTY:
            await line.say(b"x" * 65536)
            sent += 65536

    async with behaving(behave) as (port, _), client_through(port) as client:
        await client.say(get())
        await stands_still(lambda: sent)
        assert 0 < sent < MOST_UNDER_WAY
        answer = await client.answer()
        assert len(answer.body) == PLENTY


async def test_an_upstream_that_does_not_read_makes_the_client_wait() -> None:
    sent = 0
    go_on = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await go_on.wait()
        await line.reader.readexactly(PLENTY)
        await line.say(OK)

    limits = Limits(max_request_bytes=PLENTY)
    async with behaving(behave) as (port, _), client_through(port, limits) as client:
        await client.say(get("/", f"content-length: {PLENTY}", method="PUT"))

        async def send_all() -> None:
            nonlocal sent
            while sent < PLENTY:
                await client.say(b"x" * 65536)
                sent += 65536

        sending = asyncio.create_task(send_all())
        await stands_still(lambda: sent)
        assert 0 < sent < MOST_UNDER_WAY
        go_on.set()
        await sending
        assert (await client.answer()).body == b"ok"


async def test_a_client_that_leaves_while_it_waits_ends_the_request_upstream() -> None:
    gone = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await line.closed_by_other()
        gone.set()

    async with behaving(behave) as (port, lines), gate(port) as gateway:
        async with client_of(gateway) as client:
            await client.say(get())
            await eventually(lambda: lines)
        async with asyncio.timeout(5):
            await gone.wait()
        await eventually(lambda: gateway.statuses == [499])


async def test_a_client_that_leaves_in_the_middle_of_an_answer_ends_it_upstream() -> None:
    gone = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await line.say(CHUNKED + b"5\r\nfirst\r\n")
        await line.closed_by_other()
        gone.set()

    async with behaving(behave) as (port, _), gate(port) as gateway:
        async with client_of(gateway) as client:
            await client.say(get())
            await client.reader.readuntil(b"first")
        async with asyncio.timeout(5):
            await gone.wait()
        await eventually(lambda: gateway.statuses == [499])


async def test_a_client_that_leaves_in_the_middle_of_its_request_ends_it_upstream() -> None:
    gone = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await line.closed_by_other()
        gone.set()

    async with behaving(behave) as (port, lines), gate(port) as gateway:
        async with client_of(gateway) as client:
            await client.say(get("/", "content-length: 100", method="PUT") + b"some")
            await eventually(lambda: lines)
        async with asyncio.timeout(5):
            await gone.wait()
        await eventually(lambda: gateway.statuses == [499])


async def test_an_answer_before_the_end_of_the_request_comes_through_and_ends_the_connection() -> None:
    async def behave(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno")
        await line.closed_by_other()

    async with behaving(behave) as (port, _), client_through(port) as client:
        await client.say(get("/", "content-length: 100", method="PUT") + b"some")
        answer = await client.answer()
    assert (answer.status, answer.body, answer.headers["connection"]) == (403, b"no", "close")


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
        (CHUNKED + b"2;x=y\r\nok\r\n0\r\nx-trailer: 1\r\n\r\n", b"ok"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
    ],
    ids=["interim answers", "extensions and trailers", "until the connection closes", "HTTP/1.0", "nothing"],
)
async def test_every_way_to_answer_is_understood(raw: bytes, body: bytes) -> None:
    async def behave(line: Line) -> None:
        await line.head()
        await line.say(raw)

    async with behaving(behave) as (port, _), gate(port) as gateway:
        answer = await ask(gateway, get())
    assert (answer.status, answer.body, answer.whole) == (200, body, True)
    assert "link" not in answer.headers
    assert "x-trailer" not in answer.headers


async def test_an_answer_that_trickles_in_byte_by_byte_is_whole() -> None:
    async def behave(line: Line) -> None:
        await line.head()
        for byte in CHUNKED + b"2\r\nok\r\n0\r\n\r\n":
            await line.say(bytes([byte]))

    async with behaving(behave) as (port, _), client_through(port) as client:
        await client.say(get())
        assert (await client.answer()).body == b"ok"


async def test_what_belongs_to_one_hop_of_an_answer_ends_here() -> None:
    raw = (
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nServer: secret/1\r\n"
        b'Proxy-Authenticate: Basic\r\nETag: "a"\r\nContent-Length: 2\r\n\r\nok'
    )
    async with behaving(always(raw)) as (port, _), client_through(port) as client:
        await client.say(get())
        answer = await client.answer()
    assert answer.headers.keys() - {"date", "server"} == {"etag", "content-length"}
    assert answer.headers.get("server") != "secret/1"


async def test_many_at_once_share_few_connections() -> None:
    async with (
        behaving(always(OK)) as (port, lines),
        gate(port, Limits(connections=3, connect_seconds=5)) as gateway,
    ):
        answers = await asyncio.gather(*(ask(gateway, get()) for _ in range(50)))
    assert {answer.body for answer in answers} == {b"ok"}
    assert len(lines) <= 3

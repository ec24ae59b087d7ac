"""When the service is away, late or broken, the client hears which, as a problem document."""

import asyncio
import socket

import orjson
import pytest

from services.gateway.passthrough import Breaker, Fleet, Limits
from tests.support.eventually import eventually
from tests.unit.passthrough.gate import (
    OK,
    Answer,
    Behaviour,
    Line,
    always,
    ask,
    behaving,
    client_of,
    gate,
    get,
    post,
    post_chunks,
)


def nobody() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def then_closes(raw: bytes) -> Behaviour:
    async def behave(line: Line) -> None:
        await line.head()
        await line.say(raw)

    return behave


async def silent(line: Line) -> None:
    await line.head()
    await line.closed_by_other()


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert answer.whole
    assert answer.headers["content-type"] == "application/problem+json"
    problem = orjson.loads(answer.body)
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert problem.keys() == {"type", "title", "status", "detail", "code"}


async def test_a_service_that_is_away_is_503_with_a_time_to_try_again() -> None:
    async with gate(nobody()) as gateway:
        answer = await ask(gateway, get())
    assert_problem(answer, 503, "upstream-unreachable")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_service_that_does_not_answer_before_the_deadline_is_504() -> None:
    async with behaving(silent) as (port, _), gate(port, deadline_seconds=0.2) as gateway:
        answer = await ask(gateway, get())
        assert_problem(answer, 504, "upstream-timeout")
        assert gateway.statuses == [504]


async def test_a_head_that_takes_too_long_is_504_before_the_deadline() -> None:
    async with behaving(silent) as (port, _), gate(port, Limits(head_seconds=0.2), deadline_seconds=600) as gateway:
        assert_problem(await ask(gateway, post(b"hello")), 504, "upstream-timeout")


async def test_a_late_answer_is_given_up_and_its_connection_never_used_again() -> None:
    async def behave(line: Line) -> None:
        while head := await line.head():
            if b"/slow" in head:
                await line.closed_by_other()
            else:
                await line.say(OK)

    async with behaving(behave) as (port, lines), gate(port, Limits(head_seconds=0.2)) as gateway:
        assert (await ask(gateway, get("/slow"))).status == 504
        assert (await ask(gateway, get("/quick"))).body == b"ok"
    assert len(lines) == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
        b"HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx-long: " + b"x" * 200_000,
    ],
    ids=[
        "nothing",
        "half a head",
        "no HTTP",
        "two framings",
        "two lengths",
        "bad length",
        "bad status",
        "upgrade",
        "endless head",
    ],
)
async def test_an_answer_that_is_none_is_502(raw: bytes) -> None:
    async with behaving(then_closes(raw)) as (port, _), gate(port) as gateway:
        assert_problem(await ask(gateway, get()), 502, "upstream-broke")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense\r\n",
    ],
    ids=["short of its length", "no last chunk", "a broken chunk"],
)
async def test_an_answer_that_breaks_off_is_cut_off_for_the_client_too(raw: bytes) -> None:
    async with behaving(then_closes(raw)) as (port, _), gate(port) as gateway:
        answer = await ask(gateway, get())
        await eventually(lambda: gateway.statuses == [502])
    assert (answer.status, answer.body, answer.whole) == (200, b"half", False)


async def test_an_answer_that_falls_silent_is_cut_off() -> None:
    async def behave(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf")
        await line.closed_by_other()

    async with behaving(behave) as (port, _), gate(port, Limits(idle_seconds=0.2)) as gateway:
        assert not (await ask(gateway, get())).whole
        await eventually(lambda: gateway.statuses == [504])


async def test_a_client_that_never_reads_holds_an_answer_no_longer_than_the_deadline() -> None:
    cut = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
        try:
            while True:
                await line.say(b"x" * 65536)
        except ConnectionError:
            cut.set()

    async with (
        behaving(behave) as (port, _),
        gate(port, deadline_seconds=0.5) as gateway,
        client_of(gateway) as client,
    ):
        await client.say(get())
        await eventually(lambda: gateway.statuses == [504])
        async with asyncio.timeout(5):
            await cut.wait()


async def test_when_every_connection_is_in_use_the_client_is_told_soon() -> None:
    async with (
        behaving(silent) as (port, lines),
        gate(port, Limits(connections=1, connect_seconds=0.2)) as gateway,
        client_of(gateway) as first,
    ):
        await first.say(get())
        await eventually(lambda: lines)
        answer = await ask(gateway, get())
    assert_problem(answer, 503, "upstream-busy")
    assert answer.headers["retry-after"] == "1"


async def test_who_stands_in_line_gets_the_place_of_a_connection_that_was_cut() -> None:
    let_go = asyncio.Event()

    async def behave(line: Line) -> None:
        if b"/first" in await line.head():
            await let_go.wait()
        else:
            await line.say(OK)

    async with (
        behaving(behave) as (port, lines),
        gate(port, Limits(connections=1, connect_seconds=5)) as gateway,
        client_of(gateway) as first,
    ):
        await first.say(get("/first"))
        await eventually(lambda: lines)
        second = asyncio.create_task(ask(gateway, get("/second")))
        let_go.set()
        assert (await first.answer()).status == 502
        assert (await second).body == b"ok"


async def test_a_kept_connection_that_was_closed_is_replaced_without_the_client_noticing() -> None:
    asked: list[bytes] = []

    async def behave(line: Line) -> None:
        """Answer once; take the second request of a connection, and close on it."""
        asked.append(await line.head())
        await line.say(OK)
        asked.append(await line.head())

    async with behaving(behave) as (port, lines), gate(port) as gateway:
        assert (await ask(gateway, get("/one"))).body == b"ok"
        assert (await ask(gateway, get("/two"))).body == b"ok"
    assert len(lines) == 2
    assert [b"/two" in head for head in asked[:3]] == [False, True, True]


async def test_what_may_have_been_done_is_not_done_again() -> None:
    asked: list[bytes] = []

    async def behave(line: Line) -> None:
        asked.append(await line.head())
        await line.say(OK)
        asked.append(await line.head())

    async with behaving(behave) as (port, _), gate(port) as gateway:
        assert (await ask(gateway, get("/one"))).body == b"ok"
        assert_problem(await ask(gateway, post(b"two")), 502, "upstream-broke")
        assert gateway.statuses == [200, 502]
    assert [head[:4] for head in asked[:2]] == [b"GET ", b"POST"]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("again", "status", "code"),
    [
        (get("/two"), 503, "upstream-unreachable"),
        (post(b"two", "idempotency-key: two"), 502, "upstream-broke"),
    ],
    ids=["which changes nothing", "which may have been done"],
)
async def test_a_request_lost_with_its_service(again: bytes, status: int, code: str) -> None:
    """The service takes it on a kept connection and dies: nobody is there to repeat it to."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer)
        await line.head()
        await line.say(OK)
        await line.head()
        server.close()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with gate(server.sockets[0].getsockname()[1]) as gateway:
        assert (await ask(gateway, get("/one"))).body == b"ok"
        assert_problem(await ask(gateway, again), status, code)


async def test_an_unused_connection_is_closed_by_us_first() -> None:
    closed = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        await line.say(OK)
        assert await line.head() == b""
        closed.set()

    async with behaving(behave) as (port, _), gate(port, Limits(keep_seconds=0.2)) as gateway:
        await ask(gateway, get())
        async with asyncio.timeout(5):
            await closed.wait()


async def test_a_connection_on_which_more_came_than_was_asked_for_is_not_used_again() -> None:
    async with behaving(always(OK + OK)) as (port, lines), gate(port) as gateway:
        assert [(await ask(gateway, get())).body for _ in range(3)] == [b"ok"] * 3
    assert len(lines) == 3


async def test_a_body_too_large_is_413_whether_its_length_is_told_or_counted() -> None:
    async with behaving(silent) as (port, lines), gate(port, Limits(max_request_bytes=1000)) as gateway:
        told = await ask(gateway, get("/", "content-length: 1001", method="POST"))
        assert lines == []
        counted = await ask(gateway, post_chunks([b"x" * 600, b"x" * 600]))
    for answer in (told, counted):
        assert_problem(answer, 413, "request-too-large")
        assert answer.headers["connection"] == "close"


async def test_a_body_that_grows_too_large_on_its_way_is_413_and_is_cut_upstream() -> None:
    cut = asyncio.Event()

    async def behave(line: Line) -> None:
        await line.head()
        assert await line.closed_by_other()
        cut.set()

    async with behaving(behave) as (port, lines), gate(port, Limits(max_request_bytes=1000)) as gateway:
        async with client_of(gateway) as client:
            await client.say(get("/", "transfer-encoding: chunked", method="POST") + b"5\r\nfirst\r\n")
            await eventually(lambda: lines)
            await client.say(b"800\r\n" + b"x" * 0x800 + b"\r\n")
            assert_problem(await client.answer(), 413, "request-too-large")
        async with asyncio.timeout(5):
            await cut.wait()


async def test_headers_too_large_are_431() -> None:
    async with behaving(always(OK)) as (port, lines), gate(port, Limits(max_header_bytes=2000)) as gateway:
        answer = await ask(gateway, get("/", "x-long: " + "x" * 2000))
        assert lines == []
    assert_problem(answer, 431, "headers-too-large")


async def test_a_request_that_stops_arriving_is_408() -> None:
    async with (
        behaving(silent) as (port, _),
        gate(port, Limits(idle_seconds=0.2)) as gateway,
        client_of(gateway) as client,
    ):
        await client.say(get("/", "content-length: 9", method="POST") + b"some")
        assert_problem(await client.answer(), 408, "request-timeout")


async def test_failures_to_connect_reach_the_fleets_breaker_and_an_answer_ends_them() -> None:
    breaker = Breaker(most_failures=2)
    async with gate(nobody(), breaker=breaker) as gateway:
        for _ in range(2):
            await ask(gateway, get())
        assert breaker.ejected(gateway.upstream)
    async with behaving(always(OK)) as (port, _), gate(port, breaker=breaker) as gateway:
        Fleet([gateway.upstream], breaker).failed(gateway.upstream)
        assert (await ask(gateway, get())).status == 200
        breaker.failed(gateway.upstream)
        assert not breaker.ejected(gateway.upstream)

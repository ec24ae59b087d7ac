"""A request through the gateway to a service on uvicorn, and back."""

import hashlib
from collections.abc import AsyncIterator
from itertools import pairwise

import orjson
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.gateway.passthrough.terms import Receive, Scope, Send
from tests.unit.passthrough.gate import Gate, ask, client_of, gate, get, post, post_chunks, served, taken


async def service(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers what it saw; /echo/… sends the body back, in parts of the size named, sized or in chunks."""
    if scope["type"] == "lifespan":
        return
    body = await whole(receive)
    if scope["path"].startswith("/echo/"):
        await echo(scope["path"], body, send)
        return
    seen = {
        "method": scope["method"],
        "target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(),
        "headers": taken(scope["headers"]),
        "names": [name.decode() for name, _ in scope["headers"]],
        "digest": hashlib.sha256(body).hexdigest(),
        "from_port": scope["client"][1],
    }
    status = int(scope["path"][1:]) if scope["path"][1:].isdigit() else 200
    text = b"" if status in (204, 304) else orjson.dumps(seen)
    headers = [(b"Content-Length", b"%d" % len(text))] if status != 204 else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"x-seen", b"yes")]})
    await send({"type": "http.response.body", "body": text})


async def whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def echo(path: str, body: bytes, send: Send) -> None:
    framing, size = path.split("/")[2:]
    headers = [(b"content-length", b"%d" % len(body))] if framing == "sized" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    starts = [*range(0, len(body), int(size)), len(body)]
    for start, end in pairwise(starts):
        await send({"type": "http.response.body", "body": body[start:end], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["short cut", "plain messages"])
async def gateway(request: pytest.FixtureRequest) -> AsyncIterator[Gate]:
    """The gateway, with the short cut to uvicorn's connection and without."""
    plain = request.param == "plain messages"
    async with served(service) as port, gate(port, plain=plain) as it:
        yield it


async def test_method_path_and_query_arrive_as_they_were_written(gateway: Gate) -> None:
    seen = orjson.loads((await ask(gateway, get("/a%2Fb/%C3%A9?q=1&r=%20", method="DELETE"))).body)
    assert seen["method"] == "DELETE"
    assert seen["target"] == "/a%2Fb/%C3%A9?q=1&r=%20"


async def test_what_only_the_gateway_may_say_is_not_taken_from_outside(gateway: Gate) -> None:
    forged = (
        "x-trellis-token: forged",
        "X-Trellis-Person: principal",
        "authorization: Bearer abc",
        "cookie: session=1",
        "forwarded: for=10.0.0.1",
        "x-forwarded-for: 10.0.0.1",
        "x-forwarded-host: evil.example",
        "x-real-ip: 10.0.0.1",
        "x_trellis_token: forged",
        "x-request-id: theirs",
        "te: trailers",
        "keep-alive: timeout=99",
        "proxy-authorization: Basic abc",
        "accept: application/json",
    )
    seen = orjson.loads((await ask(gateway, get("/", *forged))).body)
    assert seen["headers"] == {
        "host": f"127.0.0.1:{gateway.upstream.port}",
        "accept": "application/json",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-host": "district.example",
        "x-forwarded-proto": "http",
        "x-trellis-token": "signed",
        "x-request-id": "ours",
    }
    assert len(seen["names"]) == len(set(seen["names"]))


async def test_a_header_named_by_connection_ends_here_but_never_one_of_ours(gateway: Gate) -> None:
    request = get("/", "connection: x-hop, x-trellis-token, keep-alive", "x-hop: 1", "x-stays: 1")
    seen = orjson.loads((await ask(gateway, request)).body)["headers"]
    assert "x-hop" not in seen
    assert seen["x-stays"] == "1"
    assert seen["x-trellis-token"] == "signed"


@pytest.mark.parametrize("body", [b"", b"a", b"b" * 70_000, bytes(range(256)) * 8_000], ids=len)
@pytest.mark.parametrize("there", ["sized", "chunked"])
@pytest.mark.parametrize("back", ["sized", "chunked"])
async def test_bodies_pass_in_every_framing(gateway: Gate, body: bytes, there: str, back: str) -> None:
    path = f"/echo/{back}/30000"
    request = post(body, path=path) if there == "sized" else post_chunks([body[:9], body[9:]], path=path)
    answer = await ask(gateway, request)
    assert answer.whole
    assert answer.body == body
    assert ("transfer-encoding" in answer.headers) == (back == "chunked")


@given(parts=st.lists(st.binary(max_size=3_000), max_size=6), size=st.integers(1, 4_000), sized=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_however_a_body_is_cut_it_comes_back_the_same(
    gateway: Gate, parts: list[bytes], size: int, sized: bool
) -> None:
    answer = await ask(gateway, post_chunks(parts, path=f"/echo/{'sized' if sized else 'chunked'}/{size}"))
    assert answer.whole
    assert answer.body == b"".join(parts)


async def test_a_head_request_has_the_length_but_no_body_and_the_connection_goes_on(gateway: Gate) -> None:
    async with client_of(gateway) as client:
        for _ in range(3):
            await client.say(get("/", method="HEAD"))
            answer = await client.answer(bodiless=True)
            assert answer.status == 200
            assert int(answer.headers["content-length"]) > 0
        await client.say(get("/"))
        assert (await client.answer()).body.startswith(b"{")


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_is_passed_on_as_one(gateway: Gate, status: int) -> None:
    async with client_of(gateway) as client:
        await client.say(get(f"/{status}"))
        answer = await client.answer(bodiless=True)
        await client.say(get("/"))
        after = await client.answer()
    assert (answer.status, answer.headers["x-seen"], answer.body) == (status, "yes", b"")
    assert after.body.startswith(b"{")


async def test_a_client_that_expects_100_continue_gets_it_and_then_its_answer(gateway: Gate) -> None:
    async with client_of(gateway) as client:
        await client.say(get("/", "expect: 100-continue", "content-length: 2", method="PUT"))
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.say(b"hi")
        seen = orjson.loads((await client.answer()).body)
    assert seen["digest"] == hashlib.sha256(b"hi").hexdigest()
    assert "expect" not in seen["headers"]


async def test_a_hundred_requests_in_a_row_use_one_connection(gateway: Gate) -> None:
    ports = set()
    async with client_of(gateway) as client:
        for _ in range(100):
            await client.say(get("/"))
            ports.add(orjson.loads((await client.answer()).body)["from_port"])
    assert len(ports) == 1


async def test_pipelined_requests_are_answered_in_their_order(gateway: Gate) -> None:
    async with client_of(gateway) as client:
        await client.say(b"".join(get(f"/{number}/x") for number in range(5)))
        answered = b""
        while answered.count(b"x-seen: yes") < 5 or not answered.endswith(b"}"):
            answered += await client.reader.read(65536)
    places = [answered.index(f'"target":"/{number}/x?"'.encode()) for number in range(5)]
    assert places == sorted(places)


async def test_a_client_that_asks_for_the_end_of_the_connection_gets_it(gateway: Gate) -> None:
    async with client_of(gateway) as client:
        await client.say(get("/", "connection: close"))
        answer = await client.answer()
        assert answer.headers["connection"] == "close"
        assert await client.reader.read() == b""

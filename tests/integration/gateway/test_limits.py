"""Limits: how often, how much, and from which pages."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.local.mongo import Mongo
from tests.integration.gateway.gate import Flow, Gate, app, operator, person, refused, running_gate

PAGES = "https://pages.oak.example"


@pytest_asyncio.fixture(scope="module")
async def narrow(mongod: Mongo, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gate]:
    """A gateway with small limits, and one origin whose pages may call."""
    few = {"person_a_minute": 3, "app_a_minute": 2, "anonymous_a_minute": 2, "proxies_in_front": 1}
    folder = tmp_path_factory.mktemp("narrow")
    async with running_gate(mongod.url_for("gateway"), folder, cors_origins=PAGES, **few) as running:
        yield running


@pytest.mark.parametrize(("caller", "kind", "most"), [(person(), "person", 3), (app("people.read"), "app", 2)])
async def test_one_request_too_many_is_refused_until_the_minute_turns(
    narrow: Gate, caller: Any, kind: str, most: int
) -> None:
    path = "/v1/people" if kind == "app" else "/v1/me"
    answers = [await narrow.ask("GET", path, caller) for _ in range(2 * most + 1)]  # the minute may turn meanwhile
    first = next(answer for answer in answers if answer.status_code == 429)
    assert refused(first) == (429, "too-many-requests")
    assert first.headers["ratelimit-policy"] == f'"{kind}";q={most};w=60'
    assert first.headers["ratelimit"] == f'"{kind}";r=0;t={first.headers["retry-after"]}'
    assert 1 <= int(first.headers["retry-after"]) <= 60
    assert answers[0].headers["ratelimit"].startswith(f'"{kind}";r={most - 1};t=')
    assert (await narrow.ask("GET", "/v1/me", person())).status_code == 200


async def test_who_signs_in_is_counted_by_the_address_that_our_proxy_saw(narrow: Gate) -> None:
    async def ask(forwarded: str) -> int:
        headers = {"x-forwarded-for": forwarded}
        return (await narrow.form("/oauth/token", {"grant_type": "x"}, headers=headers)).status_code

    assert 429 in [await ask(f"10.9.{turn}.1, 192.0.2.7") for turn in range(5)]
    assert 429 in [await ask(f"2001:db8:1:2::{turn}") for turn in range(5)]
    assert await ask("192.0.2.8") == 400


async def test_no_page_of_another_origin_may_call_by_default(gate: Gate) -> None:
    asks = {"origin": PAGES, "access-control-request-method": "GET"}
    for answer in (
        await gate.ask("GET", "/v1/me", person(), {"origin": PAGES}),
        await gate.http.get("/openapi.json", headers={"origin": PAGES}),
        await gate.http.options("/v1/me", headers=asks),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert (await gate.http.options("/v1/me", headers=asks)).status_code == 405


async def test_listed_origins_may_call_and_no_others(narrow: Gate) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    listed = await narrow.http.options("/v1/me", headers={"origin": PAGES, **asks})
    assert listed.status_code == 204
    assert listed.headers["access-control-allow-origin"] == PAGES
    assert "authorization" in listed.headers["access-control-allow-headers"]
    for path in ("/v1/me", "/openapi.json", "/v1/nothing"):
        answer = await narrow.ask("GET", path, person(), {"origin": PAGES})
        assert answer.headers["access-control-allow-origin"] == PAGES
        assert "origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
    for origin in ("null", "https://evil.example", f"{PAGES}.evil.example", PAGES.upper()):
        answer = await narrow.ask("GET", "/v1/me", person(), {"origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        assert (await narrow.http.options("/v1/me", headers={"origin": origin, **asks})).status_code == 405


def chunks(megabytes: int) -> Iterator[bytes]:
    """So many megabytes, their length told to nobody."""
    for _ in range(megabytes * 16):
        yield b"x" * 65_536


async def streamed(megabytes: int) -> AsyncIterator[bytes]:
    for chunk in chunks(megabytes):
        yield chunk


async def test_a_body_larger_than_the_address_takes_is_refused_before_it_is_read(gate: Gate) -> None:
    before = len(gate.profile.seen)
    told = {"content-length": str(2**20 + 1), "content-type": "application/json"}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    answer = await raw(gate, f"POST /v1/names HTTP/1.1\r\nhost: x\r\n{bearer(gate)}{head}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"request-too-large" in answer
    assert b"connection: close" in answer.lower()
    assert len(gate.profile.seen) == before


def bearer(gate: Gate) -> str:
    return f"authorization: Bearer {gate.token(person())}\r\n"


async def raw(gate: Gate, request: bytes) -> bytes:
    """What comes back for these bytes, until the gateway closes or has answered."""
    host, _, port = gate.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: "))
        return head + await reader.readexactly(int(length.partition(b": ")[2]))
    finally:
        writer.close()


async def test_a_body_that_does_not_tell_its_length_is_counted_as_it_comes(gate: Gate) -> None:
    headers = {"content-type": "application/json"}
    try:
        answer = await gate.ask("POST", "/v1/names", person(), headers, content=streamed(3))
        assert answer.status_code == 413
    except httpx.TransportError:
        pass  # the gateway hung up while we were still sending
    assert all(len(seen.body) <= 2**20 for seen in gate.profile.seen)


async def test_a_roster_may_be_large(gate: Gate) -> None:
    caller = person("administrator")
    answer = await gate.ask("POST", "/v1/rosters", caller, {"content-type": "application/zip"}, content=streamed(3))
    assert answer.status_code == 200
    assert len(gate.profile.seen[-1].body) == 3 * 2**20


async def test_a_form_is_small_whether_it_tells_its_length_or_not(gate: Gate) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for path in (
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/dev/provider/authorize",
        "/dev/provider/token",
    ):
        for content in (b"a=" + b"x" * 16_384, streamed(1)):
            answer = await gate.http.post(path, headers=headers, content=content)
            assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"grant_type=refresh_token&grant_type=authorization_code"),
        ("application/x-www-form-urlencoded", b"token=%ff"),
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("application/x-www-form-urlencoded", "&".join(f"a{count}=1" for count in range(60)).encode()),
        ("", b""),
    ],
)
async def test_a_form_of_another_shape_is_refused(gate: Gate, content_type: str, content: bytes) -> None:
    answer = await gate.http.post("/oauth/token", headers={"content-type": content_type}, content=content)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_long_head_is_refused_wherever_it_goes(gate: Gate) -> None:
    long = {"x-long": "x" * 17_000}
    for path, caller in (("/v1/me", person()), ("/v1/districts", operator()), ("/docs", None)):
        answer = await gate.ask("GET", path, caller, long)
        assert refused(answer) == (431, "headers-too-large")
    answer = await gate.http.get("/oauth/authorize", params=Flow().asked("x", state="y" * 17_000))
    assert refused(answer) == (431, "headers-too-large")


async def test_a_service_that_is_away_is_told_with_the_requests_id(mongod: Mongo, tmp_path: Path) -> None:
    away = {"community_urls": "http://127.0.0.1:9"}
    async with running_gate(mongod.url_for("gateway"), tmp_path, **away) as lonely:
        answer = await lonely.ask("GET", "/v1/projects", person("educator"), {"x-correlation-id": "story-of-absence"})
        assert refused(answer) == (503, "upstream-unreachable")
        assert answer.json()["instance"] == "story-of-absence"
        assert answer.headers["retry-after"] == "2"
        ready = await lonely.http.get("/ready")
        assert (ready.status_code, ready.json()["missing"]) == (503, ["community: does not answer"])

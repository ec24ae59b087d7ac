"""The door itself: who gets through, as whom, and what services hear of the outside."""

import time
from typing import Any

import httpx
import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from kit.auth import Caller, mint
from kit.clock import now
from services.gateway.table import RoutingTable, Target
from tests.integration.gateway.gate import Gate, app, operator, person, refused
from tests.integration.gateway.handmade import signed_with_what_is_public, unsigned
from tests.integration.gateway.places import CONTRACTS
from tests.support.eventually import eventually

TABLE = RoutingTable.read(CONTRACTS / "openapi")


def address_of(target: Target) -> str:
    """The address with some value for each parameter."""
    return "/".join("some_1" if part.startswith("{") else part for part in target.template.split("/"))


def strangers_to(target: Target) -> list[Caller]:
    """Callers who lack the role, the scope, or the right to be an app here."""
    role = sorted(target.roles)[0] if target.roles else "learner"
    strangers = [person("stranger"), person(role, "district_oak", "another.scope"), app("another.scope")]
    return strangers if target.apps else [*strangers, app(target.scope, "*")]


async def bearing(gate: Gate, token: str) -> httpx.Response:
    return await gate.http.get("/v1/me", headers={"authorization": f"Bearer {token}"})


async def test_no_address_answers_without_a_token(gate: Gate) -> None:
    assert len(TABLE.targets) > 100
    for target in TABLE.targets:
        answer = await gate.http.request(target.method, address_of(target))
        assert refused(answer) == (401, "unauthenticated"), target
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_every_address_asks_for_its_role_and_its_scope(gate: Gate) -> None:
    before = sum(len(peer.seen) for peer in gate.behind.values())
    for target in TABLE.targets:
        for stranger in strangers_to(target):
            answer = await gate.ask(target.method, address_of(target), stranger)
            assert refused(answer) == (403, "not-permitted"), (target, stranger)
    assert sum(len(peer.seen) for peer in gate.behind.values()) == before


async def test_an_app_passes_where_apps_may_with_the_scope(gate: Gate) -> None:
    caller = app("people.read")
    answer = await gate.ask("GET", "/v1/people", caller)
    assert answer.json() == {"service": "profile", "caller_id": caller.caller_id}
    assert refused(await gate.ask("GET", "/v1/me", caller)) == (403, "not-permitted")


async def test_what_is_for_the_town_alone_is_not_there(gate: Gate) -> None:
    for method, path in (("POST", "/v1/sign-ins"), ("GET", "/v1/sign-ins/samples"), ("GET", "/v1/sign-ins")):
        assert refused(await gate.ask(method, path, operator())) == (404, "no-such-address")
    assert refused(await gate.ask("GET", "/operations/trace/corr_12345678", operator())) == (404, "no-such-address")


@pytest.mark.parametrize(
    "path",
    ["/v1/people/../sign-ins", "/v1/%2e%2e/v1/sign-ins", "/v1//sign-ins", "//v1/me", "/v1/sign-ins/", "/V1/me", "/v1/"],
)
async def test_no_spelling_of_a_path_opens_another(gate: Gate, path: str) -> None:
    before = len(gate.profile.seen)
    with httpx.Client(base_url=gate.url) as client:
        request = client.build_request("GET", "/", headers={"authorization": f"Bearer {gate.token(operator())}"})
    request.url = request.url.copy_with(raw_path=path.encode())
    assert refused(await gate.http.send(request)) == (404, "no-such-address")
    assert len(gate.profile.seen) == before


async def test_a_known_address_names_the_methods_it_takes(gate: Gate) -> None:
    answer = await gate.ask("DELETE", "/v1/people/some_1/goals", person())
    assert refused(answer) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"
    answer = await gate.http.get("/oauth/token")
    assert refused(answer) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def tampered(token: str) -> list[str]:
    """The token with another body, another signature, no signature, and none at all."""
    head, body, signature = token.split(".")
    other = jwt.encode({"alg": "Ed25519"}, {"sub": "x"}, OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"])
    flipped = ("A" if signature[5] != "A" else "B").join((signature[:5], signature[6:]))
    return [
        f"{head}.{other.split('.')[1]}.{signature}",
        f"{head}.{body}.{flipped}",
        f"{head}.{body}.",
        token[:-30],
        "x",
    ]


async def test_a_token_that_was_tampered_with_is_none(gate: Gate) -> None:
    for token in tampered(gate.token(person())):
        assert refused(await bearing(gate, token)) == (401, "unauthenticated")


async def test_a_token_of_another_issuer_audience_or_time_is_none(gate: Gate) -> None:
    caller, moment = person(), int(time.time())
    stranger = OKPKey.generate_key("Ed25519", {"kid": str(gate.key.kid)})
    claims = jwt.decode(gate.token(caller), gate.key, algorithms=["Ed25519"]).claims
    head = {"alg": "Ed25519", "kid": gate.key.kid}
    changed: list[dict[str, Any]] = [
        {"iss": "https://evil.example"},
        {"aud": ["trellis", "profile"]},
        {"exp": "never"},
        {"nbf": moment + 60},
    ]
    bad = [
        mint(stranger, caller, "trellis", 300, now()),
        gate.token(caller, audience="profile"),
        gate.token(caller, -10),
        *(jwt.encode(head, {**claims, **change}, gate.key, algorithms=["Ed25519"]) for change in changed),
    ]
    for token in bad:
        assert refused(await bearing(gate, token)) == (401, "unauthenticated")


async def test_no_other_algorithm_is_believed(gate: Gate) -> None:
    claims, head = jwt.decode(gate.token(person()), gate.key, algorithms=["Ed25519"]).claims, {"kid": gate.key.kid}
    public = orjson.dumps(gate.key.as_dict(private=False))
    for token in (unsigned(head, claims), signed_with_what_is_public(head, claims, public)):
        assert refused(await bearing(gate, token)) == (401, "unauthenticated")


async def test_a_token_that_ran_out_is_refused_though_it_was_known_before(gate: Gate) -> None:
    token = gate.token(person(), -1)  # good for a few seconds more, by the leeway
    assert (await bearing(gate, token)).status_code == 200

    async def is_refused() -> bool:
        return (await bearing(gate, token)).status_code == 401

    done: bool = await eventually(is_refused)
    assert done


async def test_odd_authorization_headers_are_refused_not_feared(gate: Gate) -> None:
    for value in (b"Bearer", b"Bearer \xff\xfe", b"Basic eDp5", b"Bearer a b", b"bearer " + b"x" * 9_000, b"\x00" * 0):
        answer = await gate.http.get("/v1/me", headers={b"authorization": value})
        assert answer.status_code == 401


async def test_services_hear_the_gateways_word_alone(gate: Gate) -> None:
    caller = person()
    spoofed = {
        "x-trellis-deadline": "1",
        "x-trellis-person": "person_admin",
        "x_trellis_person": "person_admin",
        "x-forwarded-for": "10.0.0.1",
        "forwarded": "for=10.0.0.1",
        "cookie": "session=stolen",
        "connection": "authorization",
    }
    answer = await gate.ask("GET", "/v1/me?fields=a%20b", caller, spoofed)
    assert answer.status_code == 200
    seen = gate.profile.seen[-1]
    assert seen.target == "/v1/me?fields=a%20b"
    assert seen.caller == caller
    [authorization], [deadline] = seen.values("authorization"), seen.values("x-trellis-deadline")
    assert authorization != f"Bearer {gate.token(caller)}"
    assert int(deadline) > time.time() * 1000
    assert seen.values("x-forwarded-for") == ["127.0.0.1"]
    for name in ("x-trellis-person", "x_trellis_person", "cookie", "forwarded"):
        assert seen.values(name) == []


async def test_the_gateways_own_addresses_hear_its_word_alone(gate: Gate) -> None:
    answer = await gate.ask("GET", "/v1/districts", operator(), {"x-trellis-deadline": "1"})
    assert answer.status_code == 200
    inside = mint(gate.key, operator(), "gateway", 60, now())
    assert refused(await gate.http.get("/v1/districts", headers={"authorization": f"Bearer {inside}"}))[0] == 401


async def test_an_inside_token_is_short_and_for_one_service(gate: Gate) -> None:
    caller = person("educator")
    await gate.ask("GET", "/v1/me", caller)
    await gate.ask("GET", "/v1/people/some_1/week", caller)
    for name in ("profile", "scheduler"):
        [authorization] = gate.behind[name].seen[-1].values("authorization")
        claims = jwt.decode(authorization.removeprefix("Bearer "), gate.key, algorithms=["Ed25519"]).claims
        assert claims["aud"] == name
        assert claims["exp"] - claims["iat"] <= 60
        assert refused(await bearing(gate, authorization.removeprefix("Bearer "))) == (401, "unauthenticated")


async def test_one_story_goes_on_under_one_id(gate: Gate) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"x-correlation-id": "story-0123456789", "traceparent": traceparent}
    await gate.ask("GET", "/v1/me", person(), headers)
    seen = gate.profile.seen[-1]
    assert (seen.values("x-correlation-id"), seen.values("traceparent")) == (["story-0123456789"], [traceparent])
    answer = await gate.http.get("/v1/me", headers=headers)
    assert answer.headers["x-correlation-id"] == answer.json()["instance"] == "story-0123456789"


async def test_a_district_is_never_another(gate: Gate) -> None:
    here = Caller("person_same", "person", "district_here", person().roles, frozenset({"*"}))
    there = Caller("person_same", "person", "district_there", person().roles, frozenset({"*"}))
    for caller in (here, there, here):
        await gate.ask("GET", "/v1/me", caller)
        assert gate.profile.seen[-1].caller.district_id == caller.district_id

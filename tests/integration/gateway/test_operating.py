"""Operating: districts and apps, by the operator alone; secrets shown once."""

import asyncio
import secrets
from typing import Any

import pytest

from deploy.local.mongo import Mongo
from kit.ids import new_id
from tests.integration.gateway.gate import OPERATOR_SECRET, Gate, app, operator, person, refused
from tests.integration.gateway.store import documents


def district(**more: Any) -> dict[str, Any]:
    return {"name": "Oak", "slug": f"oak-{secrets.token_hex(8)}", "time_zone": "America/Denver", **more}


async def client_token(gate: Gate, client_id: str, secret: str, **more: str) -> tuple[int, dict[str, Any]]:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **more}
    answer = await gate.form("/oauth/token", form)
    return answer.status_code, answer.json()


async def test_the_operators_secret_brings_an_operators_token(gate: Gate) -> None:
    district_id = await gate.open_district()
    status, told = await client_token(gate, "operator", OPERATOR_SECRET, district=district_id)
    assert (status, told["scope"]) == (200, "operations")
    assert "refresh_token" not in told
    outside = {"authorization": f"Bearer {told['access_token']}"}
    assert (await gate.http.get("/v1/apps", headers=outside)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        ("operator", ""),
        ("operator", "wrong"),
        pytest.param("operator", f"{OPERATOR_SECRET} ", id="the secret with a blank behind it"),
        ("", ""),
        ("app_unknown", "x"),
        ("trellis", ""),
    ],
)
async def test_no_other_secret_brings_a_token(gate: Gate, client_id: str, secret: str) -> None:
    status, told = await client_token(gate, client_id, secret)
    assert (status, told["error"]) == (401, "invalid_client")


async def test_a_client_may_show_its_secret_in_the_header(gate: Gate) -> None:
    form = {"grant_type": "client_credentials"}
    answer = await gate.http.post("/oauth/token", data=form, auth=("operator", OPERATOR_SECRET))
    assert answer.status_code == 200
    for bad in ("Basic %%%", "Basic /w==", "Basic b3BlcmF0b3I="):
        answer = await gate.form("/oauth/token", form, headers={"authorization": bad})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"] == 'Basic realm="trellis"'


async def test_an_operator_gets_no_further_scope(gate: Gate) -> None:
    for scope in ("internal", "*", "operations people.read"):
        status, told = await client_token(gate, "operator", OPERATOR_SECRET, scope=scope)
        assert (status, told["error"]) == (400, "invalid_scope")


async def test_districts_and_apps_are_the_operators_alone(gate: Gate) -> None:
    for caller in (person("administrator"), person("learner"), app("operations"), app("*")):
        for method, path in (
            ("GET", "/v1/districts"),
            ("POST", "/v1/districts"),
            ("GET", "/v1/apps"),
            ("POST", "/v1/apps"),
        ):
            assert refused(await gate.ask(method, path, caller, json={})) == (403, "not-permitted")


async def test_a_district_announces_that_it_opened(gate: Gate, mongod: Mongo) -> None:
    district_id = await gate.open_district()
    [row] = await documents(mongod, "outbox", {"district_id": district_id})
    assert (row["type"], row["data"]["time_zone"]) == ("gateway.district.opened.v1", "America/Denver")


async def test_a_short_name_belongs_to_one_district_even_when_two_ask_at_once(gate: Gate) -> None:
    asked = district()
    answers = await asyncio.gather(*(gate.ask("POST", "/v1/districts", operator(), json=asked) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {refused(answer)[1] for answer in answers if answer.status_code != 201} == {"slug-taken"}


async def test_districts_come_in_pages(gate: Gate) -> None:
    opened = {await gate.open_district() for _ in range(3)}
    found: list[str] = []
    cursor = ""
    while True:
        page = (await gate.ask("GET", f"/v1/districts?limit=2{cursor}", operator())).json()
        found += [each["district_id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert opened <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "District_1"},
        {"slug": "-oak"},
        {"time_zone": "Mars/Olympus"},
        {"name": ""},
        {"name": "line\nbreak"},
        {"provider": {"issuer": "http://login.oak.example", "client_id": "x"}},
        {"provider": {"issuer": "http://127.0.0.1.evil.example", "client_id": "x"}},
        {"provider": {"issuer": "https://login.oak.example/\r\nx: y", "client_id": "x"}},
        {"provider": {"issuer": "https://login.oak.example", "client_id": "x", "claim": "password"}},
        {"more": 1},
    ],
    ids=str,
)
async def test_a_district_that_is_not_as_expected_is_refused(gate: Gate, change: dict[str, Any]) -> None:
    answer = await gate.ask("POST", "/v1/districts", operator(), json=district(**change))
    assert refused(answer) == (422, "invalid-request")


async def test_an_apps_secret_is_shown_once_and_kept_as_a_hash(gate: Gate, mongod: Mongo) -> None:
    district_id = await gate.open_district()
    made = await gate.register_app(district_id)
    secret = made["client_secret"]
    [kept] = await documents(mongod, "apps", {"_id": made["app_id"]})
    assert kept["secret_hash"].startswith("$argon2id$")
    assert secret not in str(kept)
    listed = await gate.ask("GET", "/v1/apps", operator(district_id))
    assert [each["app_id"] for each in listed.json()["items"]] == [made["app_id"]]
    assert secret not in listed.text
    assert "secret" not in listed.text
    rows = await documents(mongod, "outbox", {"district_id": district_id}) + await documents(mongod, "idempotency", {})
    assert secret not in str(rows)


async def test_an_app_gets_tokens_for_its_scopes_until_it_is_revoked(gate: Gate, mongod: Mongo) -> None:
    district_id = await gate.open_district()
    made = await gate.register_app(district_id)
    status, told = await client_token(gate, made["app_id"], made["client_secret"], scope="people.read")
    assert (status, told["scope"]) == (200, "people.read")
    outside = {"authorization": f"Bearer {told['access_token']}"}
    assert (await gate.http.get("/v1/people", headers=outside)).json()["caller_id"] == made["app_id"]
    assert gate.profile.seen[-1].caller.district_id == district_id
    for _ in range(2):
        gone = await gate.ask("DELETE", f"/v1/apps/{made['app_id']}", operator(district_id))
        assert gone.json()["revoked_at"] is not None
    status, told = await client_token(gate, made["app_id"], made["client_secret"])
    assert (status, told["error"]) == (401, "invalid_client")
    rows = await documents(mongod, "outbox", {"key": made["app_id"]})
    assert sorted(row["type"] for row in rows) == ["gateway.app.registered.v1", "gateway.app.revoked.v1"]


async def test_an_app_is_of_one_district(gate: Gate) -> None:
    here, there = await gate.open_district(), await gate.open_district()
    made = await gate.register_app(here)
    other = await gate.ask("DELETE", f"/v1/apps/{made['app_id']}", operator(there))
    assert refused(other) == (404, "no-such-app")
    assert (await gate.ask("GET", "/v1/apps", operator(there))).json()["items"] == []


async def test_an_app_needs_a_district_that_there_is(gate: Gate) -> None:
    await gate.ask("POST", "/v1/districts", operator(), json=district(slug="operators"))
    for caller in (operator(), operator(new_id("district"))):
        answer = await gate.ask("POST", "/v1/apps", caller, json={"name": "Shelf", "scopes": ["people.read"]})
        assert refused(answer) == (404, "no-such-district")


@pytest.mark.parametrize("scope", ["operations", "internal", "*", "placements.write", "nothing"])
async def test_no_app_is_given_what_is_not_for_apps(gate: Gate, scope: str) -> None:
    asked = {"name": "Shelf", "scopes": ["people.read", scope]}
    answer = await gate.ask("POST", "/v1/apps", operator(await gate.open_district()), json=asked)
    assert refused(answer) == (422, "scope-unknown")


@pytest.mark.parametrize(
    "address",
    [
        "http://shelf.example/back",
        "https://shelf.example/#x",
        "https://a@shelf.example/",
        "https://shelf.example/\r\nx: y",
        "custom:x",
    ],
)
async def test_an_app_has_redirects_that_every_browser_reads_alike(gate: Gate, address: str) -> None:
    asked = {"name": "Shelf", "scopes": ["people.read"], "redirect_uris": [address]}
    answer = await gate.ask("POST", "/v1/apps", operator(await gate.open_district()), json=asked)
    assert refused(answer) == (422, "invalid-request")


async def test_a_repeated_registration_never_shows_a_secret_that_does_not_work(gate: Gate) -> None:
    asked, caller = {"name": "Shelf", "scopes": ["people.read"]}, operator(await gate.open_district())
    once = {"idempotency-key": new_id("key")}
    first = await gate.ask("POST", "/v1/apps", caller, once, json=asked)
    again = await gate.ask("POST", "/v1/apps", caller, once, json=asked)
    assert first.status_code == 201
    assert refused(again) == (409, "secret-shown-before")
    assert len((await gate.ask("GET", "/v1/apps", caller)).json()["items"]) == 1


async def test_a_token_is_described_to_its_own_districts_apps_alone(gate: Gate) -> None:
    here, there = await gate.open_district(), await gate.open_district()
    mine, other = await gate.register_app(here), await gate.register_app(there)
    caller = person("learner", here)

    async def described(client: dict[str, Any], token: str) -> dict[str, Any]:
        auth = (client["app_id"], client["client_secret"])
        answer = await gate.http.post("/oauth/introspect", data={"token": token}, auth=auth)
        return dict(answer.json())

    token = gate.token(caller)
    assert await described(mine, token) == {"active": True, "sub": caller.caller_id, "scope": "*"}
    for bad in (gate.token(caller, -10), gate.token(caller, audience="profile"), "x", "", "\u00e9"):
        assert await described(mine, bad) == {"active": False}
    assert await described(other, token) == {"active": False}
    bare = await gate.form("/oauth/introspect", {"token": token, "client_id": "trellis"})
    assert (bare.status_code, bare.json()["error"]) == (401, "invalid_client")

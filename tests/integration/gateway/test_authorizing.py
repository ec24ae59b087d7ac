"""Asking for a sign-in: what a client may ask, and where its answer may go."""

import itertools
from urllib.parse import urlencode

import pytest

from kit.ids import new_id
from tests.integration.gateway.gate import PAGES_BACK, Flow, Gate, operator, parameters

ODD_ADDRESSES = [
    "https://evil.example/signed-in",
    f"{PAGES_BACK}.evil.example",
    f"{PAGES_BACK}/more",
    f"{PAGES_BACK}?next=x",
    PAGES_BACK.replace("https", "http"),
    "http://127.0.0.1:80@evil.example/signed-in",
    "http://127.0.0.1@evil.example/",
    "http://127.0.0.1:80\\@evil.example/",
    "http://localhost.evil.example/",
    "http://localhost:1/#fragment",
    "http://127.0.0.1:1\r\nx-evil: 1",
    "https://127.0.0.1:1/signed-in",
    "javascript:alert(1)",
    "//evil.example/",
    "",
]


async def test_nobody_is_sent_to_an_address_that_is_not_registered(gate: Gate) -> None:
    district_id = await gate.open_district()
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"response_type": "token"},
        {"scope": "operations"},
        {"district": "nowhere"},
    )
    for address, changes in itertools.product(ODD_ADDRESSES, wrong):
        flow = Flow(redirect_uri=address)
        answer = await gate.http.get("/oauth/authorize", params=flow.asked(district_id, **changes))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert "location" not in answer.headers


async def test_an_unknown_client_is_told_on_the_spot(gate: Gate) -> None:
    district_id = await gate.open_district()
    for client_id in ("", "app_unknown", "operator"):
        answer = await gate.http.get("/oauth/authorize", params=Flow(client_id).asked(district_id))
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "operations"}, "invalid_scope"),
        ({"district": "nowhere-at-all"}, "invalid_request"),
        ({"state": "x" * 1_025}, "invalid_request"),
    ],
)
async def test_what_is_wrong_is_told_to_the_client_at_its_own_address(
    gate: Gate, changes: dict[str, str], error: str
) -> None:
    flow = Flow(redirect_uri=PAGES_BACK)
    answer = await gate.http.get("/oauth/authorize", params=flow.asked(await gate.open_district(), **changes))
    told = parameters(answer)
    assert answer.headers["location"].startswith(f"{PAGES_BACK}?")
    assert (told["error"], told["iss"], told["state"]) == (error, gate.url, changes.get("state", flow.state))


async def test_a_parameter_that_comes_twice_is_refused(gate: Gate) -> None:
    asked = [*Flow().asked(await gate.open_district()).items(), ("redirect_uri", "https://evil.example")]
    answer = await gate.http.get("/oauth/authorize", params=urlencode(asked))
    assert answer.status_code == 400


async def test_a_person_who_cannot_go_on_reads_a_page(gate: Gate) -> None:
    answer = await gate.http.get("/oauth/callback?state=%3Cb%3E.x", headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "start again" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_an_app_sends_people_of_its_own_district_alone(gate: Gate) -> None:
    here, there = await gate.open_district(), await gate.open_district()
    address = "https://shelf.example/back?from=trellis"
    app = await gate.register_app(here, redirect_uris=[address])
    flow = Flow(app["app_id"], address)
    begun = await gate.http.get("/oauth/authorize", params=flow.asked(there))
    assert parameters(begun)["error"] == "unauthorized_client"
    assert begun.headers["location"].startswith(f"{address}&")


async def test_an_app_shows_its_secret_for_a_persons_tokens_and_gets_none_once_revoked(gate: Gate) -> None:
    district_id = await gate.open_district()
    person_id = gate.profile.enrol(district_id, new_id("person"), "educator")
    app = await gate.register_app(district_id, redirect_uris=["https://shelf.example/back"])
    flow = Flow(app["app_id"], "https://shelf.example/back")
    form = flow.redeeming(await gate.code(flow, district_id, person_id))
    bare = await gate.form("/oauth/token", form)
    assert (bare.status_code, bare.json()["error"]) == (401, "invalid_client")
    tokens = await gate.form("/oauth/token", form | {"client_secret": app["client_secret"]})
    assert tokens.json()["scope"] == "people.read schedule.read"
    outside = {"authorization": f"Bearer {tokens.json()['access_token']}"}
    assert (await gate.http.get("/v1/me", headers=outside)).status_code == 200
    assert (await gate.http.get(f"/v1/people/{person_id}/profile", headers=outside)).status_code == 403
    await gate.ask("DELETE", f"/v1/apps/{app['app_id']}", operator(district_id))
    again = {
        "grant_type": "refresh_token",
        "client_id": app["app_id"],
        "client_secret": app["client_secret"],
        "refresh_token": tokens.json()["refresh_token"],
    }
    assert (await gate.form("/oauth/token", again)).json()["error"] == "invalid_client"

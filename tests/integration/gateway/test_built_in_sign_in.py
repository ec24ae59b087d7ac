"""Signing in at the built-in provider: the whole way by HTTP, and how long what it brings is good."""

import asyncio
import secrets
from pathlib import Path

import pytest

from deploy.local.mongo import Mongo
from kit.ids import new_id
from tests.integration.gateway.gate import BACK, PAGES_BACK, Flow, Gate, parameters, refused, running_gate


async def maya(gate: Gate) -> tuple[str, str]:
    """A district with one learner on its roster: (district_id, person_id)."""
    district_id = await gate.open_district()
    return district_id, gate.profile.enrol(district_id, new_id("person"), "learner")


async def refresh(gate: Gate, token: str, client_id: str = "trellis") -> tuple[int, dict[str, str]]:
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token}
    answer = await gate.form("/oauth/token", form)
    return answer.status_code, answer.json()


async def test_a_learner_signs_in_and_reaches_a_service_as_themselves(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    tokens = await gate.sign_in(district_id, person_id)
    assert (tokens["token_type"], tokens["expires_in"], tokens["person_id"]) == ("Bearer", 600, person_id)
    answer = await gate.http.get("/v1/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert answer.json() == {"service": "profile", "caller_id": person_id}
    caller = gate.profile.seen[-1].caller
    assert (caller.district_id, caller.role_names()) == (district_id, frozenset({"learner"}))


async def test_the_page_lists_sample_people_by_role_and_runs_no_script(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    gate.profile.enrol(district_id, new_id("person"), "educator", username='"><script>x</script>')
    begun = await gate.http.get("/oauth/authorize", params=Flow().asked(district_id))
    page = await gate.http.get(begun.headers["location"])
    assert f'<button name="person_id" value="{person_id}">Maya Okoro</button> maya.o' in page.text
    assert "<h2>educator</h2>" in page.text
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"{PAGES_BACK.rpartition('/')[0]}" in policy.partition("form-action ")[2]


async def test_what_the_address_holds_is_never_markup_on_the_page(gate: Gate) -> None:
    evil = '"><script>alert(1)</script>'
    page = await gate.http.get("/dev/provider/authorize", params={"state": evil, evil: "x", "district": "district_x"})
    assert page.status_code == 200
    assert "<script" not in page.text


async def test_a_code_is_good_once_and_its_second_use_ends_what_it_brought(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    flow = Flow()
    code = await gate.code(flow, district_id, person_id)
    first = await gate.form("/oauth/token", flow.redeeming(code))
    assert first.status_code == 200
    second = await gate.form("/oauth/token", flow.redeeming(code))
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert (await refresh(gate, first.json()["refresh_token"]))[0] == 400


async def test_of_many_who_redeem_one_code_at_once_at_most_one_gets_tokens(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    flow = Flow()
    code = await gate.code(flow, district_id, person_id)
    answers = await asyncio.gather(*(gate.form("/oauth/token", flow.redeeming(code)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_a_sign_in_comes_back_once_however_many_try_at_once(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    begun = await gate.http.get("/oauth/authorize", params=Flow().asked(district_id))
    believed = await gate.form("/dev/provider/authorize", parameters(begun) | {"person_id": person_id})
    answers = await asyncio.gather(*(gate.http.get(believed.headers["location"]) for _ in range(6)))
    codes = [answer for answer in answers if answer.status_code == 302]
    assert len(codes) == 1
    assert all(answer.json()["error"] == "invalid_request" for answer in answers if answer not in codes)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": secrets.token_urlsafe(48)},
        {"code_verifier": ""},
        {"redirect_uri": PAGES_BACK},
        {"redirect_uri": ""},
        {"code": "district_x.grant_x.secret"},
        {"code": "nothing"},
    ],
)
async def test_a_code_is_bound_to_its_verifier_and_address(gate: Gate, changes: dict[str, str]) -> None:
    district_id, person_id = await maya(gate)
    flow = Flow()
    form = flow.redeeming(await gate.code(flow, district_id, person_id), **changes)
    answer = await gate.form("/oauth/token", form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_of_the_pages_is_no_good_to_an_app(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    flow, thief = Flow(), await gate.register_app(district_id)
    form = flow.redeeming(await gate.code(flow, district_id, person_id), client_id=thief["app_id"])
    answer = await gate.form("/oauth/token", form | {"client_secret": thief["client_secret"]})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_each_refresh_token_is_good_once_and_a_copy_ends_them_all(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    first = (await gate.sign_in(district_id, person_id))["refresh_token"]
    status, second = await refresh(gate, first)
    assert (status, second["person_id"]) == (200, person_id)
    assert second["refresh_token"] != first
    assert (await refresh(gate, first))[1]["error"] == "invalid_grant"
    assert (await refresh(gate, second["refresh_token"]))[1]["error"] == "invalid_grant"


async def test_a_refresh_brings_the_roles_of_today(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    token = (await gate.sign_in(district_id, person_id))["refresh_token"]
    gate.profile.enrol(district_id, person_id, "educator")
    _, renewed = await refresh(gate, token)
    await gate.http.get("/v1/me", headers={"authorization": f"Bearer {renewed['access_token']}"})
    assert gate.profile.seen[-1].caller.role_names() == {"educator"}


async def test_who_left_the_roster_gets_no_further_token(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    token = (await gate.sign_in(district_id, person_id))["refresh_token"]
    gate.profile.roster.clear()
    status, said = await refresh(gate, token)
    assert (status, said["error"]) == (400, "invalid_grant")


async def test_no_roster_makes_an_operator(gate: Gate) -> None:
    district_id = await gate.open_district()
    person_id = gate.profile.enrol(district_id, new_id("person"), "operator")
    token = (await gate.sign_in(district_id, person_id))["access_token"]
    answer = await gate.http.get("/v1/districts", headers={"authorization": f"Bearer {token}"})
    assert refused(answer) == (403, "not-permitted")


async def test_a_refresh_token_outlives_a_moment_without_profile(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    token = (await gate.sign_in(district_id, person_id))["refresh_token"]
    gate.profile.status = 503
    try:
        status, said = await refresh(gate, token)
        assert (status, said["error"]) == (503, "temporarily_unavailable")
    finally:
        gate.profile.status = 0
    assert (await refresh(gate, token))[0] == 200


async def test_a_revoked_refresh_token_brings_nothing_and_unknown_ones_are_answered_alike(gate: Gate) -> None:
    district_id, person_id = await maya(gate)
    token = (await gate.sign_in(district_id, person_id))["refresh_token"]
    for ended in (token, token, "unknown", "a.b.c"):
        answer = await gate.form("/oauth/revoke", {"token": ended})
        assert (answer.status_code, answer.content) == (200, b"")
    assert (await refresh(gate, token))[0] == 400


async def test_without_the_switch_there_is_no_built_in_sign_in(mongod: Mongo, tmp_path: Path) -> None:
    async with running_gate(mongod.url_for("gateway"), tmp_path) as locked:
        for path in ("authorize", "token", "jwks", ".well-known/openid-configuration"):
            assert refused(await locked.http.get(f"/dev/provider/{path}")) == (404, "no-such-address")
        district_id = await locked.open_district()
        asked = Flow(redirect_uri=PAGES_BACK).asked(district_id)
        begun = await locked.http.get("/oauth/authorize", params=asked)
        assert begun.headers["location"].startswith(PAGES_BACK)
        assert parameters(begun)["error"] == "access_denied"
        assert parameters(begun)["error_description"] == "the district has not set up its sign-in yet"
        loopback = await locked.http.get("/oauth/authorize", params=Flow(redirect_uri=BACK).asked(district_id))
        assert (loopback.status_code, loopback.json()["error"]) == (400, "invalid_request")
        assert (await locked.http.get("/ready")).json()["notes"] == []


async def test_readiness_says_aloud_that_the_built_in_sign_in_is_on(gate: Gate) -> None:
    assert (await gate.http.get("/ready")).json()["notes"] == ["the built-in sign-in is on: anybody can be anybody"]

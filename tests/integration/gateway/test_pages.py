"""The way to the pages: what the gateway does not know goes there, with cookies and without any word of its own."""

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from deploy.local.mongo import Mongo
from deploy.local.processes import free_port
from kit.ids import new_id
from tests.integration.gateway.gate import Flow, Gate, refused, running_gate, serving

SECRET = secrets.token_urlsafe(32)
WEB = "trellis-web"


@dataclass
class Shown:
    """Pages that say what reached them."""

    seen: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.seen.append(dict(request.headers) | {"body": (await request.body()).decode()})
        await PlainTextResponse(f"page {request.url.path}", headers={"set-cookie": "a=1"})(scope, receive, send)


@dataclass
class Town:
    gate: Gate
    shown: Shown


@pytest_asyncio.fixture(scope="module")
async def town(mongod: Mongo, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("gateway-pages")
    (folder / "web").write_text(SECRET)
    port, shown = free_port(), Shown()
    more = {"web_urls": f"http://127.0.0.1:{port}", "web_secret_file": folder / "web", "dev_provider": True}
    async with serving(shown, port), running_gate(mongod.url_for("gateway"), folder, **more) as gate:
        yield Town(gate, shown)


async def test_what_the_gateway_does_not_know_is_a_page(town: Town) -> None:
    for path in ("/", "/today", "/static/app.css", "/v1x", "/documents"):
        assert (await town.gate.http.get(path)).text == f"page {path}"


async def test_the_gateways_own_addresses_stay_its_own(town: Town) -> None:
    before = len(town.shown.seen)
    for path in ("/v1/nothing", "/v1", "/oauth/nothing", "/dev/nothing", "/problems/nothing", "/health", "/docs"):
        assert not (await town.gate.http.get(path)).text.startswith("page "), path
    assert len(town.shown.seen) == before


async def test_cookies_pass_and_tokens_and_claims_of_the_inside_do_not(town: Town) -> None:
    headers = {
        "cookie": "__Host-trellis=x",
        "authorization": "Bearer y",
        "x-trellis-deadline": "1",
        "x-forwarded-for": "1.2.3.4",
        "x-correlation-id": "corr_of_the_test",
    }
    answer = await town.gate.http.get("/today", headers=headers)
    seen = town.shown.seen[-1]
    assert seen["cookie"] == "__Host-trellis=x"
    assert seen["x-correlation-id"] == "corr_of_the_test"
    assert "authorization" not in seen
    assert "x-trellis-deadline" not in seen
    assert "1.2.3.4" not in seen["x-forwarded-for"]
    assert answer.headers["set-cookie"] == "a=1"
    assert answer.headers["ratelimit"].startswith('"pages"')


async def test_a_form_is_small_but_where_rosters_are_handed_in(town: Town) -> None:
    large = b"x" * (2 * 2**20)
    assert (await town.gate.http.post("/today", content=large)).status_code == 413
    assert (await town.gate.http.post("/office/roster", content=large)).status_code == 200
    assert len(town.shown.seen[-1]["body"]) == len(large)


async def test_without_pages_an_unknown_address_is_refused(gate: Gate) -> None:
    assert refused(await gate.http.get("/today")) == (404, "no-such-address")


async def test_the_pages_server_signs_in_with_its_secret_alone_and_only_to_its_own_address(town: Town) -> None:
    gate = town.gate
    district_id, person_id = await enrolled(gate)
    flow = Flow(WEB, f"{gate.url}/signed-in")
    code = await gate.code(flow, district_id, person_id)
    wrong = await gate.form("/oauth/token", flow.redeeming(code), auth=(WEB, "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    told = (await gate.form("/oauth/token", flow.redeeming(code), auth=(WEB, SECRET))).json()
    assert told["roles"] == [{"role": "learner", "organisation_id": "school_a"}]
    elsewhere = Flow(WEB, "http://127.0.0.1:1/signed-in")
    assert (await gate.http.get("/oauth/authorize", params=elsewhere.asked(district_id))).status_code == 400


async def test_its_refresh_token_stays_good_until_it_is_ended(town: Town) -> None:
    gate = town.gate
    grant = await granted(gate)
    answers = [await renew(gate, grant, (WEB, SECRET)) for _ in range(3)]
    assert {answer.json()["refresh_token"] for answer in answers} == {grant}
    assert (await renew(gate, grant, (WEB, "wrong"))).status_code == 401
    assert (await renew(gate, grant, None, "trellis")).json()["error"] == "invalid_grant", "it is no other client's"
    await gate.form("/oauth/revoke", {"token": grant}, auth=(WEB, SECRET))
    assert (await renew(gate, grant, (WEB, SECRET))).json()["error"] == "invalid_grant"


async def test_its_requests_for_tokens_are_not_counted_by_address(town: Town) -> None:
    assert "ratelimit" not in (await renew(town.gate, "a.b.c", (WEB, SECRET))).headers
    assert "ratelimit" in (await renew(town.gate, "a.b.c", (WEB, "wrong"))).headers


async def test_without_pages_their_client_does_not_exist(gate: Gate) -> None:
    answer = await gate.http.get("/oauth/authorize", params=Flow(WEB).asked(await gate.open_district()))
    assert answer.json()["error"] == "unauthorized_client"
    assert (await renew(gate, "a.b.c", (WEB, SECRET))).status_code == 401


async def enrolled(gate: Gate) -> tuple[str, str]:
    district_id = await gate.open_district()
    return district_id, gate.profile.enrol(district_id, new_id("person"), "learner")


async def granted(gate: Gate) -> str:
    district_id, person_id = await enrolled(gate)
    flow = Flow(WEB, f"{gate.url}/signed-in")
    form = flow.redeeming(await gate.code(flow, district_id, person_id))
    return str(json.loads((await gate.form("/oauth/token", form, auth=(WEB, SECRET))).text)["refresh_token"])


async def renew(gate: Gate, grant: str, auth: tuple[str, str] | None, client_id: str = "") -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": grant} | ({"client_id": client_id} if client_id else {})
    return await gate.form("/oauth/token", form, **({"auth": auth} if auth else {}))

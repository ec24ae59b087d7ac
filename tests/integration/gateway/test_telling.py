"""Telling: a line for each request, none lost at the end, and no secret in any."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from joserfc.jwk import KeySet

from deploy.local.mongo import Mongo
from deploy.local.processes import Process, free_port, start_process, wait_ready
from kit.auth import OwnKeys
from kit.ids import new_id
from tests.integration.gateway.gate import (
    OPERATOR_SECRET,
    PAGES_BACK,
    Flow,
    Gate,
    Secrets,
    operator,
    parameters,
    person,
    serving,
)
from tests.integration.gateway.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.integration.gateway.peers import Peer
from tests.integration.gateway.places import ROOT

EMAIL = "maya@oak.example"


@dataclass
class Running:
    """The gateway's own process."""

    gate: Gate
    process: Process

    def text(self) -> str:
        return self.process.log_path.read_text()

    def lines(self, **where: Any) -> list[dict[str, Any]]:
        lines = [orjson.loads(line) for line in self.text().splitlines()]
        return [line for line in lines if where.items() <= line.items()]


@asynccontextmanager
async def running(mongod: Mongo, folder: Path, **more: str) -> AsyncIterator[Running]:
    held, port, at = Secrets(folder), free_port(), free_port()
    profile = Peer("profile", OwnKeys(KeySet([held.key])))
    address = f"http://127.0.0.1:{port}"
    told = {
        "mongo_url": mongod.url_for("gateway"),
        "kafka": "127.0.0.1:9",
        "port": str(port),
        "worker_port": "0",
        "jwks_url": f"{address}/.well-known/jwks.json",
        "cursor_key": "a key for cursors that is long enough",
        "public_url": address,
        "dev_provider": "1",
        "page_redirects": PAGES_BACK,
        "person_a_minute": "100000",
        **{f"{name}_urls": f"http://127.0.0.1:{at}" for name in ("profile", "scheduler", "community")},
        **{name: str(path) for name, path in held.settings().items()},
        **more,
    }
    env = {"PYTHONPATH": str(ROOT), **{f"GATEWAY_{name.upper()}": value for name, value in told.items()}}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(profile, at))
        process = start_process("gateway", [sys.executable, "-m", "services.gateway.api"], env, folder, port)
        stack.callback(process.kill)
        await asyncio.to_thread(wait_ready, f"{address}/ready", 20, process)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=20))
        yield Running(Gate(address, held.key, http, {"profile": profile}), process)


async def sign_in_everywhere(gate: Gate, oidc: OidcProvider) -> list[str]:
    """Use every way to a token, with errors on the way; returns what no log may hold."""
    asked = {"issuer": oidc.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    district_id = await gate.open_district(provider=asked, name="Oak Valley Unified")
    gate.profile.enrol(district_id, new_id("person"), "learner", email=EMAIL)
    oidc.claims = {"sub": "1", "email": EMAIL}
    flow = Flow(redirect_uri=PAGES_BACK)
    begun = await gate.http.get("/oauth/authorize", params=flow.asked(district_id))
    back = (await gate.http.get(begun.headers["location"])).headers["location"]
    code = parameters(await gate.http.get(back))["code"]
    await gate.http.get(back)
    tokens = (await gate.form("/oauth/token", flow.redeeming(code))).json()
    await gate.form("/oauth/token", flow.redeeming(code))
    await gate.http.get("/v1/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    made = await gate.register_app(district_id)
    client = {"grant_type": "client_credentials", "client_id": made["app_id"], "client_secret": made["client_secret"]}
    await gate.form("/oauth/token", client)
    await gate.form("/oauth/token", {**client, "client_id": "operator", "client_secret": OPERATOR_SECRET})
    await gate.form("/oauth/token", {**client, "client_id": "operator", "client_secret": "guessed-secret"})
    oidc.twist = {"nonce": "another"}
    again = await gate.http.get("/oauth/authorize", params=Flow(redirect_uri=PAGES_BACK).asked(district_id))
    await gate.http.get((await gate.http.get(again.headers["location"])).headers["location"])
    await gate.http.get(f"/v1/{EMAIL}?token={tokens['access_token']}")
    held = [
        code,
        tokens["access_token"],
        tokens["refresh_token"],
        made["client_secret"],
        OPERATOR_SECRET,
        CLIENT_SECRET,
    ]
    cookie = begun.headers["set-cookie"].partition("=")[2].partition(";")[0]
    signatures = [tokens["access_token"].split(".")[2], code.split(".")[2], tokens["refresh_token"].split(".")[2]]
    return [*held, *signatures, flow.state, flow.verifier, cookie, "guessed-secret", EMAIL, "Maya", "Oak Valley"]


async def test_no_line_holds_a_secret_a_token_a_code_or_a_name(
    mongod: Mongo, tmp_path: Path, oidc: OidcProvider
) -> None:
    async with running(mongod, tmp_path, log_level="debug") as gateway:
        private = await sign_in_everywhere(gateway.gate, oidc)
        await asyncio.to_thread(gateway.process.stop)
        said = gateway.text()
        assert len(gateway.lines(event="request_answered")) > 12
        assert gateway.lines(event="dev_provider_is_on", level="warning")
        assert not [secret for secret in private if secret in said]
        for name in ("signing_key_file", "cookie_key_file"):
            assert (tmp_path / name).read_text().strip() not in said


async def test_the_line_of_a_hop_says_who_where_and_how_it_ended(mongod: Mongo, tmp_path: Path) -> None:
    async with running(mongod, tmp_path) as gateway:
        maya = person()
        for path, caller, story in (
            ("/v1/me", maya, "story-hop"),
            ("/v1/districts", operator(), "story-own"),
            ("/v1/people/some_1/goals", person("stranger"), "story-refused"),
            ("/docs", None, "story-open"),
            ("/health", None, "story-probe"),
        ):
            await gateway.gate.ask("GET", path, caller, {"x-correlation-id": story})
        await asyncio.to_thread(gateway.process.stop)
        [hop] = gateway.lines(correlation_id="story-hop")
        assert (hop["route"], hop["status"], hop["caller_id"]) == ("/v1/me", 200, maya.caller_id)
        [own] = gateway.lines(correlation_id="story-own")  # told once, though it passed two doors
        assert (own["route"], own["status"]) == ("/v1/districts", 200)
        [refusal] = gateway.lines(correlation_id="story-refused")
        assert (refusal["status"], refusal["codes"]) == (403, ["not-permitted"])
        assert gateway.lines(correlation_id="story-open")[0]["route"] == "/docs"
        assert gateway.lines(correlation_id="story-probe") == []


async def test_no_line_is_lost_when_the_process_is_told_to_stop(mongod: Mongo, tmp_path: Path) -> None:
    async with running(mongod, tmp_path) as gateway:
        caller, answered = person(), 0

        async def keep_asking() -> None:
            nonlocal answered
            headers = {"authorization": f"Bearer {gateway.gate.token(caller)}"}
            while True:
                try:
                    answer = await gateway.gate.http.get("/v1/me", headers=headers)
                except httpx.TransportError:
                    return
                answered += answer.status_code == 200

        asking = [asyncio.create_task(keep_asking()) for _ in range(8)]
        while answered < 300:
            await asyncio.wait(asking, timeout=0.01)
        await asyncio.to_thread(gateway.process.stop)
        await asyncio.gather(*asking)
        lines = gateway.lines(route="/v1/me", status=200)
        assert len(lines) >= answered

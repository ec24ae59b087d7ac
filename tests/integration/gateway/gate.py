"""The real front door on a real port, with services behind it, and how tests talk to it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from joserfc.jwk import KeySet, OKPKey
from pydantic import SecretStr

from deploy.local.processes import free_port
from kit.auth import Caller, OwnKeys, RoleAt, mint
from kit.clock import now
from kit.ids import new_id
from services.gateway.api import make
from services.gateway.domain.oauth import challenge_of
from services.gateway.settings import GatewaySettings
from services.gateway.tokens import OUTSIDE
from tests.integration.gateway.peers import Peer
from tests.support.eventually import eventually

OPERATOR_SECRET = secrets.token_urlsafe(32)
BACK = "http://127.0.0.1:1/signed-in"
PAGES_BACK = "https://pages.oak.example/signed-in"
PLENTY = {"page_redirects": PAGES_BACK, "person_a_minute": 10_000, "anonymous_a_minute": 10_000}


@dataclass
class Secrets:
    """The three secret files of a deployment."""

    folder: Path
    key: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", auto_kid=True))

    def settings(self) -> dict[str, Path]:
        written = {
            "signing_key_file": json.dumps({**self.key.as_dict(private=True), "alg": "EdDSA", "use": "sig"}),
            "cookie_key_file": secrets.token_urlsafe(32),
            "operator_secret_file": OPERATOR_SECRET + "\n",
        }
        for name, text in written.items():
            (self.folder / name).write_text(text)
        return {name: self.folder / name for name in written}


@dataclass
class Flow:
    """One sign-in of a client: its state and verifier, and what it asks for."""

    client_id: str = "trellis"
    redirect_uri: str = BACK
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def asked(self, district_id: str, /, **changes: str) -> dict[str, str]:
        """The authorization request; an empty change leaves the parameter out."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "district": district_id,
            **changes,
        }
        return {name: value for name, value in asked.items() if value}

    def redeeming(self, code: str, /, **changes: str) -> dict[str, str]:
        """The form that redeems the code."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": self.verifier,
            **changes,
        }
        return {name: value for name, value in form.items() if value}


@dataclass
class Gate:
    """A running gateway: ask it, and look at what came through."""

    url: str
    key: OKPKey
    http: httpx.AsyncClient
    behind: dict[str, Peer]

    @property
    def profile(self) -> Peer:
        return self.behind["profile"]

    def token(self, caller: Caller, seconds: int = 300, audience: str = OUTSIDE) -> str:
        return mint(self.key, caller, audience, seconds, now())

    async def ask(
        self, method: str, path: str, caller: Caller | None = None, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        """One request of `caller` (None: of nobody)."""
        auth = {"authorization": f"Bearer {self.token(caller)}"} if caller else {}
        return await self.http.request(method, path, headers={**auth, **headers}, **options)

    async def form(self, path: str, fields: Mapping[str, str], **options: Any) -> httpx.Response:
        return await self.http.post(path, data=dict(fields), **options)

    async def open_district(self, **more: Any) -> str:
        """A fresh district's id."""
        asked = {"name": "Oak", "slug": f"oak-{secrets.token_hex(8)}", "time_zone": "America/Denver", **more}
        answer = await self.ask("POST", "/v1/districts", operator(), json=asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["district_id"])

    async def register_app(self, district_id: str, **more: Any) -> dict[str, Any]:
        """A fresh app with its secret."""
        asked = {"name": "Shelf", "scopes": ["people.read", "schedule.read"], **more}
        answer = await self.ask("POST", "/v1/apps", operator(district_id), json=asked)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def code(self, flow: Flow, district_id: str, person_id: str) -> str:
        """A code for this person, signed in at the built-in provider's page, by its form."""
        begun = await self.http.get("/oauth/authorize", params=flow.asked(district_id))
        assert begun.status_code == 302, begun.text
        fields = parameters(begun) | {"person_id": person_id}
        believed = await self.form("/dev/provider/authorize", fields)
        came_back = await self.http.get(believed.headers["location"])
        answer = parameters(came_back)
        assert answer["state"] == flow.state, came_back.text
        return answer["code"]

    async def sign_in(self, district_id: str, person_id: str, flow: Flow | None = None) -> dict[str, Any]:
        """The whole way, to tokens."""
        flow = flow or Flow()
        answer = await self.form("/oauth/token", flow.redeeming(await self.code(flow, district_id, person_id)))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def operator(district_id: str = "operators") -> Caller:
    return Caller("operator", "operator", district_id, (), frozenset({"operations"}))


def person(role: str = "learner", district_id: str = "district_oak", *scopes: str) -> Caller:
    """Somebody with one role, whom nobody else in the tests is."""
    held = (RoleAt(role, "school_a"),)
    return Caller(new_id("person"), "person", district_id, held, frozenset(scopes or {"*"}))


def app(*scopes: str, district_id: str = "district_oak") -> Caller:
    return Caller(new_id("app"), "app", district_id, (), frozenset(scopes))


def parameters(redirect: httpx.Response) -> dict[str, str]:
    """The query of the address that a redirect leads to."""
    query = parse_qs(urlsplit(redirect.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem document, whose form is checked on the way."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["instance"]
    assert problem["refusals"][0]["code"] == problem["code"]
    return answer.status_code, problem["code"]


@asynccontextmanager
async def serving(app: Any, port: int, lifespan: Literal["on", "off"] = "off") -> AsyncIterator[None]:
    """An ASGI application on a real server in this process, set up as our own processes are."""
    config = uvicorn.Config(
        app, port=port, lifespan=lifespan, log_config=None, access_log=False, ws="none", server_header=False,
        proxy_headers=False, http="httptools", timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def running_gate(mongo_url: str, folder: Path, **more: Any) -> AsyncIterator[Gate]:
    """A gateway with three services behind it, ready, while inside."""
    held, port = Secrets(folder), free_port()
    ports = {name: free_port() for name in ("profile", "scheduler", "community")}
    keys = OwnKeys(KeySet([held.key]))
    behind = {name: Peer(name, keys) for name in ports}
    addresses = {f"{name}_urls": f"http://127.0.0.1:{at}" for name, at in ports.items()}
    settings = GatewaySettings(
        mongo_url=SecretStr(mongo_url),
        kafka="127.0.0.1:9",
        port=port,
        worker_port=0,
        jwks_url="http://127.0.0.1:9",
        cursor_key=SecretStr("a key for cursors that is long enough"),
        public_url=f"http://127.0.0.1:{port}",
        **{**PLENTY, **addresses, **held.settings(), **more},
    )
    async with AsyncExitStack() as stack:
        for name, at in ports.items():
            await stack.enter_async_context(serving(behind[name], at))
        await stack.enter_async_context(serving(make(settings), port, "on"))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=settings.public_url, timeout=20))
        gate = Gate(settings.public_url, held.key, http, behind)
        await eventually(lambda: is_prepared(gate))
        yield gate


async def is_prepared(gate: Gate) -> bool:
    return (await gate.ask("GET", "/v1/districts", operator())).status_code == 200

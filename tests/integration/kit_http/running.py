"""The library as a real process, and how tests talk to it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import orjson
from joserfc.jwk import OKPKey
from pymongo import MongoClient

from deploy.local.processes import Process, free_port, start_process, wait_ready
from kit.auth import Caller, RoleAt, mint
from kit.clock import now
from tests.integration.kit_http.gateway_keys import GatewayKeys
from tests.support.eventually import eventually

ROOT = Path(__file__).resolve().parents[3]
DISTRICT_ID = "district_north"
MAYA = Caller("person_maya", "person", DISTRICT_ID, (RoleAt("reader", "branch_leith"),), frozenset({"*"}))
IDA = Caller("person_ida", "person", DISTRICT_ID, (RoleAt("librarian", "branch_leith"),), frozenset({"*"}))
OPERATOR = Caller("person_ops", "operator", DISTRICT_ID, (), frozenset({"operations"}))
APP = Caller("app_shelves", "app", DISTRICT_ID, (), frozenset({"loans"}))


def elsewhere(caller: Caller) -> Caller:
    """The same person in another district."""
    return replace(caller, district_id="district_south")


@dataclass
class Library:
    """A running library: ask it, and read what it logged."""

    process: Process
    key: OKPKey
    http: httpx.AsyncClient
    mongo_url: str

    def enrol(self, reader: Caller, *branches: str) -> Caller:
        """Put a reader into the library's directory."""
        row = {"_id": reader.caller_id, "district_id": reader.district_id, "branches": list(branches)}
        with MongoClient[dict[str, Any]](self.mongo_url) as client:
            client["trellis_library"]["readers"].replace_one({"_id": row["_id"]}, row, upsert=True)
        return reader

    def token(self, caller: Caller, seconds: int = 300) -> str:
        return mint(self.key, caller, "library", seconds, now())

    async def ask(
        self, method: str, path: str, caller: Caller | None = MAYA, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        """One request of `caller` (None: of nobody)."""
        auth = {"authorization": f"Bearer {self.token(caller)}"} if caller else {}
        return await self.http.request(method, path, headers={**auth, **headers}, **options)

    async def get(self, path: str, caller: Caller | None = MAYA, **options: Any) -> httpx.Response:
        return await self.ask("GET", path, caller, **options)

    async def lend(self, copy_id: str = "copy_a", caller: Caller = MAYA, **headers: str) -> httpx.Response:
        """Take a copy home; header names with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", "/v1/loans", caller, named, json={"copy_id": copy_id})

    def log(self) -> str:
        """Everything the process has written."""
        return self.process.log_path.read_text()

    async def lines(self, correlation_id: str) -> list[dict[str, Any]]:
        """The log lines of one request; its last one is written after its answer."""

        def found() -> list[dict[str, Any]]:
            lines = [orjson.loads(line) for line in self.log().splitlines()]
            return [line for line in lines if line.get("correlation_id") == correlation_id]

        return await eventually(found)


def codes(answer: httpx.Response) -> set[str]:
    """The codes of all refusals in a problem document, whose form is checked on the way."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["instance"] == answer.headers["x-correlation-id"]
    return {refusal["code"] for refusal in problem["refusals"]}


def faults(answer: httpx.Response) -> dict[str, str]:
    """What an invalid request was told: location -> expected."""
    assert codes(answer) == {"invalid-request"}
    return {fault["location"]: fault["expected"] for fault in answer.json()["refusals"][0]["details"]["faults"]}


def environment(mongo_url: str, port: int, jwks_url: str, **more: str) -> dict[str, str]:
    """The library's settings as variables."""
    return {
        "PYTHONPATH": str(ROOT),
        "LIBRARY_MONGO_URL": mongo_url,
        "LIBRARY_KAFKA": "127.0.0.1:9",
        "LIBRARY_PORT": str(port),
        "LIBRARY_WORKER_PORT": "0",
        "LIBRARY_JWKS_URL": jwks_url,
        "TRELLIS_CURSOR_KEY": "a key for cursors that is long enough",
        **more,
    }


@asynccontextmanager
async def running_library(
    mongo_url: str, gateway: GatewayKeys, folder: Path, *, ready: bool = True, **settings: str
) -> AsyncIterator[Library]:
    """The library's process while inside, ready to answer (or only alive, for a store that is away)."""
    port = free_port()
    command = [sys.executable, "-m", "tests.integration.kit_http.library"]
    process = start_process("library", command, environment(mongo_url, port, gateway.url, **settings), folder, port)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_ready(f"{address}/{'ready' if ready else 'health'}", 20, process)
        async with httpx.AsyncClient(base_url=address, timeout=20) as http:
            yield Library(process, gateway.keys[0], http, mongo_url)
    finally:
        await asyncio.to_thread(process.stop)  # meanwhile this loop still serves what the process asks for

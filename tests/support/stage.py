"""A stage: one service's real application on a real mongod, in this process, with people who can call it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from joserfc.jwk import KeySet, OKPKey
from pydantic import SecretStr

from contracts.fact import Fact
from contracts.listing import remember_person
from contracts.profile import PersonListed, RoleHeld
from deploy.local.mongo import Mongo as Mongod
from kit.api import Api
from kit.auth import Caller, OwnKeys, RoleAt, mint
from kit.clock import now
from kit.consumer.heard import Heard, Subscriptions
from kit.edge import Store
from kit.envelope import Trace
from kit.ids import new_id
from kit.transaction import OUTBOX, Transaction
from tests.support.eventually import eventually


@dataclass
class Answer:
    """What a call came back with."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def codes(self) -> set[str]:
        """The codes of all refusals in a problem document."""
        return {refusal["code"] for refusal in self.body.get("refusals", [])} or {self.body.get("code")}

    def __getitem__(self, name: str) -> Any:
        assert self.status < 300, (self.status, self.body)
        return self.body[name]


@dataclass
class Someone:
    """A person of a district, who calls the service with a token of their own."""

    stage: "Stage"
    caller: Caller

    @property
    def person_id(self) -> str:
        return self.caller.caller_id

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        token = mint(self.stage.key, self.caller, self.stage.audience, 60, now())
        sent = {"authorization": f"Bearer {token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        answer = await self.stage.client.request(method, path, json=body, headers=sent)
        is_json = "json" in answer.headers.get("content-type", "")
        return Answer(answer.status_code, answer.json() if is_json else answer.text, answer.headers)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.call("POST", path, body, **headers)

    async def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.call("PUT", path, body, **headers)

    async def patch(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.call("PATCH", path, body, **headers)

    async def delete(self, path: str, **headers: str) -> Answer:
        return await self.call("DELETE", path, **headers)


@dataclass
class Stage:
    """The application, its store, the gateway's key, and one client."""

    app: FastAPI
    client: httpx.AsyncClient
    key: OKPKey
    audience: str

    @property
    def store(self) -> Store:
        store: Store = self.app.state.desk.store
        return store

    def district(self) -> "District":
        """A district of its own: nothing another test did is in it."""
        return District(self)

    async def hear(self, subscriptions: Subscriptions, *facts: tuple[Fact, int], event_id: str | None = None) -> None:
        """Let the service hear facts, each with its sequence, as its consumer would: one transaction a fact."""
        for fact, sequence in facts:
            _, handler = subscriptions[fact.TYPE]
            trace = Trace(new_id("corr"), event_id or new_id("fact"))
            heard = Heard(trace.causation_id or "", fact.TYPE, fact.key, sequence, now(), trace)

            async def handle(tx: Transaction, handler: Any = handler, fact: Fact = fact, heard: Heard = heard) -> None:
                await handler(tx, fact, heard)

            await self.store.transact(fact.district_id, trace, handle)


@dataclass
class District:
    """One tenant, with a school and the people a story needs."""

    stage: Stage
    district_id: str = field(default_factory=lambda: new_id("district"))
    school_id: str = field(default_factory=lambda: new_id("school"))
    clock: int = 0

    async def person(
        self,
        role: str,
        at: str | None = None,
        *,
        classes: Sequence[str] = (),
        teaches: Sequence[str] = (),
        wards: Sequence[str] = (),
        grades: Sequence[str] = (),
    ) -> Someone:
        """Somebody with this role at this school (or at `at`), known to the service's directory."""
        organisation = at or self.school_id
        person_id = new_id("person")
        self.clock += 1
        listed = PersonListed(
            district_id=self.district_id,
            person_id=person_id,
            roles=(RoleHeld(role, organisation),),
            class_ids=tuple(classes),
            teaches_class_ids=tuple(teaches),
            ward_ids=tuple(wards),
            grades=tuple(grades),
            active=True,
        )
        await self.stage.hear({PersonListed.TYPE: (PersonListed, remember_person)}, (listed, self.clock))
        return self.someone(person_id, role, organisation)

    def someone(self, person_id: str, role: str, organisation: str | None = None) -> Someone:
        """The same without telling the directory."""
        roles = (RoleAt(role, organisation or self.school_id),)
        caller = Caller(person_id, "person", self.district_id, roles, frozenset({"*"}))
        return Someone(self.stage, caller)

    def app(self, *scopes: str) -> Someone:
        """A registered third-party app."""
        return Someone(self.stage, Caller(new_id("app"), "app", self.district_id, (), frozenset(scopes)))

    async def facts(self, *types: type[Fact]) -> list[dict[str, Any]]:
        """What the service announced in this district, oldest first: rows of its outbox."""
        wanted = {"type": {"$in": [cls.TYPE for cls in types]}} if types else {}
        return await self.stage.store.reader(self.district_id)[OUTBOX].find(wanted, sort=[("_id", 1)])


@asynccontextmanager
async def on_stage(api: Api, mongod: Mongod, key: OKPKey | None = None) -> AsyncIterator[Stage]:
    """The service's application with its store prepared, until the test module is over. `key`: a shared signer's."""
    service = api.settings.service
    key = key or OKPKey.generate_key("Ed25519", {"kid": "stage"}, private=True)
    settings = api.settings(
        mongo_url=SecretStr(mongod.url_for(service)),
        kafka="127.0.0.1:1",
        port=0,
        worker_port=0,
        jwks_url="http://127.0.0.1:1",
        cursor_key=SecretStr("stage-cursor-key-of-32-characters"),
        deadline_seconds=timedelta(seconds=20).total_seconds(),
    )
    app = api.assemble(settings, OwnKeys(KeySet([key])))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://stage") as client,
    ):
        await eventually(lambda: app.state.desk.prepared)
        yield Stage(app, client, key, service)

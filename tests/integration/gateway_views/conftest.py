"""A small town in this process: three services listening on loopback, and the gateway's own addresses before them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvicorn
from joserfc.jwk import KeySet, OKPKey

from contracts.gateway import DistrictOpened
from contracts.listing import remember_person
from contracts.pack import pack
from contracts.profile import PersonListed, RoleHeld
from deploy.local.mongo import Mongo as Mongod
from kit.api import Api
from kit.auth import Caller, RoleAt
from kit.directory import Directory
from kit.envelope import Trace
from kit.http import Door
from kit.ids import new_id
from kit.settings import Settings
from kit.transaction import Transaction
from services.community.api import API as COMMUNITY
from services.gateway.domain.districts import District as OpenedDistrict
from services.gateway.routes import home, inbox, operations, record
from services.gateway.store.collections import DISTRICT, DISTRICTS
from services.gateway.store.inbox import INBOX
from services.gateway.tokens import SigningKeys
from services.profile.actions.list_people import save_person
from services.profile.api import API as PROFILE
from services.profile.domain.people import Names, Person
from services.profile.store.people import PEOPLE, unpack_person
from services.scheduler.api import API as SCHEDULER
from services.scheduler.subscriptions import SUBSCRIPTIONS as SCHEDULERS
from tests.support.eventually import eventually
from tests.support.stage import Someone, Stage, on_stage

BEHIND = {"profile": PROFILE, "scheduler": SCHEDULER, "community": COMMUNITY}


class ViewsSettings(Settings):
    """The settings that every service has; the front door's own are none of these tests' business."""

    service = "gateway"


GATEWAY = Api(
    title="Gateway",
    settings=ViewsSettings,
    routes=(home.routes, record.routes, inbox.routes, operations.routes),
    collections=(*INBOX, DISTRICTS),
    directory=Directory(),
    staff_roles=frozenset({"educator", "administrator"}),
    pack=pack,
)


class Listening(uvicorn.Server):
    """A server among others in one process: signals are the test runner's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class SmallTown:
    """The gateway's stage, the stages behind it, and what listens for them."""

    gateway: Stage
    behind: dict[str, Stage]
    ports: dict[str, int] = field(default_factory=dict)
    listening: dict[str, tuple[Listening, asyncio.Task[None]]] = field(default_factory=dict)

    async def start(self, service: str) -> None:
        """Let a service listen, on the port that it had before."""
        listener = socket.create_server(("127.0.0.1", self.ports.get(service, 0)))
        self.ports[service] = listener.getsockname()[1]
        server = Listening(uvicorn.Config(self.behind[service].app, lifespan="off", log_config=None))
        self.listening[service] = server, asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        self.gateway.app.state.doors[service] = Door(f"http://127.0.0.1:{self.ports[service]}", peer=service)

    async def stop(self, service: str) -> None:
        """Nobody listens for it any more."""
        server, task = self.listening.pop(service)
        server.should_exit = True
        await task
        await self.gateway.app.state.doors[service].close()
        # A fresh door: the closed one's pool is gone, and the service's port refuses from now on.
        self.gateway.app.state.doors[service] = Door(f"http://127.0.0.1:{self.ports[service]}", peer=service)

    async def close(self) -> None:
        for service in list(self.listening):
            await self.stop(service)
        for door in self.gateway.app.state.doors.values():
            await door.close()


@dataclass
class TownDistrict:
    """One district, known to everybody in the town."""

    town: SmallTown
    district_id: str = field(default_factory=lambda: new_id("district"))
    school_id: str = field(default_factory=lambda: new_id("school"))
    heard: int = 0

    async def open(self) -> "TownDistrict":
        """Open it: its clock goes by Denver."""
        opened = DistrictOpened(district_id=self.district_id, time_zone="America/Denver")
        await self.town.behind["scheduler"].hear(SCHEDULERS, (opened, 1))
        district = OpenedDistrict(
            district_id=self.district_id,
            version=0,
            name="Green Valley",
            slug=self.district_id.replace("_", "-"),
            time_zone="America/Denver",
            provider=None,
        )

        async def keep(tx: Transaction) -> None:
            tx[DISTRICTS].save(DISTRICT.pack(district))

        await self.town.gateway.store.transact(self.district_id, Trace(new_id("corr")), keep)
        return self

    async def person(
        self,
        role: str,
        *,
        wards: Sequence[str] = (),
        classes: Sequence[str] = (),
        teaches: Sequence[str] = (),
        given_name: str = "Maya",
    ) -> Someone:
        """Somebody of the school, known to every service; profile has the name."""
        self.heard += 1
        person_id, roles = new_id("person"), (RoleHeld(role, self.school_id),)
        listed = PersonListed(
            district_id=self.district_id,
            person_id=person_id,
            roles=roles,
            class_ids=tuple(classes),
            teaches_class_ids=tuple(teaches),
            ward_ids=tuple(wards),
            grades=(),
            active=True,
        )
        for stage in (self.town.gateway, self.town.behind["scheduler"], self.town.behind["community"]):
            await stage.hear({PersonListed.TYPE: (PersonListed, remember_person)}, (listed, self.heard))
        person = Person(
            person_id=person_id,
            version=0,
            names=Names(given_name, "Okafor"),
            roles=roles,
            class_ids=tuple(classes),
            teaches_class_ids=tuple(teaches),
            ward_ids=tuple(wards),
        )
        await self._list(person)
        caller = Caller(person_id, "person", self.district_id, (RoleAt(role, self.school_id),), frozenset({"*"}))
        return Someone(self.town.gateway, caller)

    def operator(self) -> Someone:
        """The operator, of this district."""
        caller = Caller("operator", "operator", self.district_id, (), frozenset({"operations"}))
        return Someone(self.town.gateway, caller)

    def at(self, service: str, somebody: Someone) -> Someone:
        """The same person, talking to a service itself."""
        return Someone(self.town.behind[service], somebody.caller)

    async def roster_says(self, guardian: Someone, *, wards: Sequence[str]) -> None:
        """Profile has other children for a guardian by now, and nobody else has heard of it."""
        reader = self.town.behind["profile"].store.reader(self.district_id)
        row = await reader[PEOPLE].get(guardian.person_id)
        assert row is not None
        was = unpack_person(row)
        await self._list(replace(was, ward_ids=tuple(wards)), was)

    async def _list(self, person: Person, was: Person | None = None) -> None:
        async def keep(tx: Transaction) -> None:
            save_person(tx[PEOPLE], self.district_id, was, person)

        await self.town.behind["profile"].store.transact(self.district_id, Trace(new_id("corr")), keep)


@pytest.fixture(scope="package")
async def town(mongod: Mongod) -> AsyncIterator[SmallTown]:
    key = OKPKey.generate_key("Ed25519", {"kid": "town"}, private=True)
    async with AsyncExitStack() as stages:
        gateway = await stages.enter_async_context(on_stage(GATEWAY, mongod, key))
        behind = {name: await stages.enter_async_context(on_stage(api, mongod, key)) for name, api in BEHIND.items()}
        gateway.app.state.keys, gateway.app.state.doors = SigningKeys(KeySet([key])), {}
        town = SmallTown(gateway, behind)
        for service in behind:
            await town.start(service)
        yield town
        await town.close()


@pytest.fixture
async def district(town: SmallTown) -> TownDistrict:
    return await TownDistrict(town).open()


@pytest.fixture
async def without(town: SmallTown) -> AsyncIterator[Any]:
    """Stop a service for the rest of the test."""
    stopped: list[str] = []

    async def stop(service: str) -> None:
        await town.stop(service)
        stopped.append(service)

    yield stop
    for service in stopped:
        await town.start(service)

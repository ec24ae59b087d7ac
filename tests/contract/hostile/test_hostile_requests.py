"""Hostile requests: whatever is sent to whichever route, the answer is one that its document describes."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from deploy.local.mongo import Mongo
from kit.app import describe
from kit.auth import mint
from kit.clock import now
from tests.contract.authorisation.table import Line, read_table
from tests.contract.authorisation.walker import guarded_routes
from tests.contract.authorisation.world import World
from tests.contract.hostile.asking import Asking
from tests.support.stage import on_stage

SERVICES = ("profile", "scheduler", "community", "gateway")
_SECONDS = 20


@dataclass
class Place:
    """A service's world, and who may do what in it. Requests are made up in a thread; the service is in this loop."""

    world: World
    lines: list[Line]
    loop: asyncio.AbstractEventLoop

    def asking(self, examples: int, *, limits: bool = False) -> Asking:
        """Made-up requests to this service."""
        return Asking(
            document=describe(self.world.stage.app),
            ids=self.world.ids,
            tokens=self.tokens,
            send=lambda request: self.wait(self.world.stage.client.send(request)),
            examples=examples,
            limits=limits,
            undo=lambda: self.wait(self.world.restore()),
        )

    def tokens(self, method: str, path: str) -> Sequence[str]:
        """One token of each role that is let through there, and one of somebody who is not."""
        known = [line for line in self.lines if line.route == (method, path) and line.sees is None]
        allowed = {case.role: case for line in known for case in sorted(line.lets_through) if case.is_person}
        refused = min(case for case in self.world.people if case not in known[0].lets_through)
        stage = self.world.stage
        callers = [self.world.people[case].caller for case in (*allowed.values(), refused)]
        return [mint(stage.key, caller, stage.audience, 3_600, now()) for caller in callers]

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_SECONDS)


@pytest.fixture(scope="module", params=SERVICES)
async def place(request: pytest.FixtureRequest, mongod: Mongo) -> AsyncIterator[Place]:
    found = importlib.import_module(f"tests.contract.authorisation.worlds.{request.param}")
    async with on_stage(found.API, mongod) as stage:
        world = await found.build(stage)
        await world.remember()
        yield Place(world, read_table(request.param), asyncio.get_running_loop())


async def test_every_route_is_in_the_document_and_is_asked(place: Place) -> None:
    described = {(operation.method.upper(), operation.path) for operation in place.asking(1).operations()}
    assert described == set(guarded_routes(place.world.stage.app))


@pytest.mark.timeout(300)
async def test_a_few_made_up_requests_to_every_route_are_answered_as_documented(place: Place) -> None:
    asking = place.asking(3)
    faults = await asyncio.to_thread(asking.faults)
    assert not faults, "\n\n".join(faults)
    assert asking.sent > len(place.lines)


async def test_an_answer_that_is_not_as_documented_is_a_fault(place: Place) -> None:
    asking = place.asking(1)
    asking.send = lambda request: httpx.Response(200, json={"strange": True}, request=request)
    assert len(await asyncio.to_thread(asking.faults)) == len(guarded_routes(place.world.stage.app))


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_many_made_up_requests_at_every_limit_of_every_route_are_answered_as_documented(place: Place) -> None:
    faults = await asyncio.to_thread(place.asking(25, limits=True).faults)
    assert not faults, "\n\n".join(faults)

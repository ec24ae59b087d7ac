"""One walk a service: its application on a real mongod, its world, and the table that it is held against."""

import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from deploy.local.mongo import Mongo
from tests.contract.authorisation.table import Line, read_table
from tests.contract.authorisation.walker import Walker
from tests.support.stage import on_stage

SERVICES = ("profile", "scheduler", "community", "gateway")


@dataclass
class Walk:
    """A service's walker and its table."""

    service: str
    walker: Walker
    lines: list[Line]


@pytest.fixture(scope="session", params=SERVICES)
async def walk(request: pytest.FixtureRequest, mongod: Mongo) -> AsyncIterator[Walk]:
    service = str(request.param)
    place = importlib.import_module(f"tests.contract.authorisation.worlds.{service}")
    async with on_stage(place.API, mongod) as stage:
        world = await place.build(stage)
        await world.remember()
        yield Walk(service, Walker(world), read_table(service))

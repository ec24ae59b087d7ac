"""Placements on stage: the scheduler's application, and sessions to book."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.mongo import Mongo
from services.scheduler.api import API
from tests.integration.scheduler_placements.timetable import Timetable
from tests.support.stage import Stage, on_stage


@pytest.fixture(scope="session")
async def stage(mongod: Mongo) -> AsyncIterator[Stage]:
    async with on_stage(API, mongod) as stage:
        yield stage


@pytest.fixture
def timetable(stage: Stage) -> Timetable:
    """A district of its own, with nothing on its timetable yet."""
    return Timetable(stage.district())

"""Rounds on stage: the scheduler's application, and a school that holds rounds."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.mongo import Mongo
from services.scheduler.api import API
from services.scheduler.store.rounds import ROUNDS, RUNS
from tests.integration.scheduler_placements.timetable import Timetable
from tests.integration.scheduler_rounds.round_school import RoundSchool
from tests.support.stage import Stage, on_stage


@pytest.fixture(scope="session")
async def stage(mongod: Mongo) -> AsyncIterator[Stage]:
    async with on_stage(API, mongod) as stage:
        yield stage


@pytest.fixture
async def school(stage: Stage) -> RoundSchool:
    """A district of its own, with a school office and nothing on its timetable yet.

    The workers take what any district asked for, oldest first: what other tests left is nobody's wish any more.
    """
    for collection in (RUNS, ROUNDS):
        await stage.store.mongo.database[collection.name].update_many({"at_work": True}, {"$set": {"at_work": False}})
    return await RoundSchool.of(Timetable(stage.district()))

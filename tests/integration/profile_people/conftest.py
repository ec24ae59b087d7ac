"""Profile on stage, with a worker that reads and applies rosters."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.sample import write_sample
from deploy.local.mongo import Mongo
from kit.leases import LEASES
from kit.signals import StopSignal
from services.profile.actions.work_on_rosters import work_on_rosters
from services.profile.api import API
from tests.support.stage import Stage, on_stage


@pytest.fixture(scope="session")
async def stage(mongod: Mongo) -> AsyncIterator[Stage]:
    async with on_stage(API, mongod) as stage:
        await stage.store.mongo.ensure([LEASES])
        yield stage


@pytest.fixture(scope="module")
async def worker(stage: Stage) -> AsyncIterator[None]:
    """A worker's job, while the tests of a module run."""
    stop = StopSignal()
    task = asyncio.create_task(work_on_rosters(stage.store, 0.05, stop))
    yield
    stop.set()
    await task


@pytest.fixture(scope="session")
def sample_set(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A valid OneRoster 1.2 set of two schools and sixty learners."""
    path: Path = tmp_path_factory.mktemp("sample") / "sample.zip"
    write_sample(path, schools=2, learners=60, seed=7)
    return path.read_bytes()

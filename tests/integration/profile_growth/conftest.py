"""Profile on stage."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.mongo import Mongo
from services.profile.api import API
from tests.support.stage import Stage, on_stage


@pytest.fixture(scope="session")
async def stage(mongod: Mongo) -> AsyncIterator[Stage]:
    async with on_stage(API, mongod) as stage:
        yield stage

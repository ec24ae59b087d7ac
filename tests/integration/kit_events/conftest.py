"""A library of its own for each test, on servers shared by all."""

import uuid
from collections.abc import AsyncIterator

import pytest

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo as Mongod
from kit.mongo import Mongo
from tests.integration.kit_events.lending import Library


@pytest.fixture
async def library(mongod: Mongod, kafka: Kafka) -> AsyncIterator[Library]:
    made = Library(Mongo(mongod.admin_url, f"library_{uuid.uuid4().hex[:12]}"), kafka.bootstrap)
    try:
        await made.open()
        yield made
    finally:
        await made.close()

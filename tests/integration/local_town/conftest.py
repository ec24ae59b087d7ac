"""Real servers in a folder of their own, stopped whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import Kafka, start_kafka
from deploy.local.mongo import Mongo, start_mongo


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[Mongo]:
    server = start_mongo(tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def standing_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    """One for all tests that neither stop nor break it."""
    server = start_mongo(tmp_path_factory.mktemp("standing"))
    yield server
    server.stop()


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    server = start_kafka(tmp_path)
    yield server
    server.stop()

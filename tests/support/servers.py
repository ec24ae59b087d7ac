"""Real servers for tests: one mongod and one Kafka for the whole run, started when the first test asks."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from deploy.local.kafka import Kafka, start_kafka
from deploy.local.mongo import Mongo, start_mongo


@dataclass
class Standing:
    """Servers that stand already, where many runs of tests share them: `tests/mutants` lends them to its forks."""

    mongod: Mongo | None = None
    kafka: Kafka | None = None


STANDING = Standing()


@pytest.fixture(scope="session")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    """A real mongod: replica set of one, a user per service."""
    server = STANDING.mongod or start_mongo(tmp_path_factory.mktemp("mongod"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A real Apache Kafka (KRaft, one node)."""
    server = STANDING.kafka or start_kafka(tmp_path_factory.mktemp("kafka"))
    yield server
    server.stop()


@contextmanager
def paused(pid: int) -> Iterator[None]:
    """A process that stands still meanwhile, and goes on afterwards."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)

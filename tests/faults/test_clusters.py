"""Real clusters: three stores and three brokers; one is killed, then the one that leads, and nothing is lost."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.demo.telling import until
from deploy.local.kafka_cluster import KafkaCluster, start_kafka_cluster
from deploy.local.mongo_cluster import MongoCluster, start_mongo_cluster
from deploy.local.town import start_town
from tests.faults.history import Phase
from tests.faults.load import Pace
from tests.faults.rounds import Run
from tests.faults.school import PATIENT
from tests.faults.verdict import Verdict

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

OPERATIONS = 240


@contextmanager
def run_in(folder: Path) -> Iterator[Run]:
    """A town on whatever servers the environment names, with a school in it."""
    with start_town(folder / "town", extra_env=PATIENT) as town:
        run = Run.begin(town, folder)
        try:
            yield run
        finally:
            run.close()


def verdict_of(run: Run) -> Verdict:
    """What the checker says, printed as `make faults` prints it."""
    operations, findings = run.check()
    verdict = Verdict(rounds=1, findings=findings)
    verdict.count(operations)
    for finding in findings:
        print(finding)
    print(verdict.line, flush=True)
    assert any(operation.kind == "book" and operation.state is Phase.OK for operation in operations)
    return verdict


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MongoCluster]:
    with start_mongo_cluster(tmp_path / "stores") as cluster:
        monkeypatch.setenv("TRELLIS_MONGO_URL", cluster.admin_url)
        yield cluster


@pytest.fixture
def brokers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaCluster]:
    with start_kafka_cluster(tmp_path / "brokers") as cluster:
        monkeypatch.setenv("TRELLIS_KAFKA", cluster.bootstrap)
        yield cluster


def test_a_primary_that_is_killed_under_load_takes_nothing_with_it(stores: MongoCluster, tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()

    def kill_primaries(pace: Pace) -> None:
        for at in (OPERATIONS // 4, OPERATIONS * 5 // 8):
            pace.wait_for(at)
            primary = stores.primary()
            stores.kill(primary)
            assert stores.primary() != primary
            stores.start(primary)

    with run_in(tmp_path) as run:
        run.round("primary", OPERATIONS, kill_primaries)
        assert verdict_of(run).findings == []


def test_a_broker_and_then_the_controller_killed_under_load_take_nothing_with_them(
    brokers: KafkaCluster, tmp_path: Path
) -> None:
    (tmp_path / "town").mkdir()

    def kill_brokers(pace: Pace) -> None:
        pace.wait_for(OPERATIONS // 4)
        other = next(node for node in brokers.ports if node != brokers.controller())
        brokers.kill(other)
        brokers.start([other])
        pace.wait_for(OPERATIONS * 5 // 8)
        leader = brokers.controller()
        brokers.kill(leader)
        until(lambda: brokers.controller() != leader, "another broker leads")
        brokers.start([leader])

    with run_in(tmp_path) as run:
        run.round("brokers", OPERATIONS, kill_brokers)
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            gc.collect()  # Kafka's client leaves the socket of a connection that was refused
        assert verdict_of(run).findings == []

"""Three Kafka brokers on one machine: each record on all of them, acknowledged by two at least."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.kafka import format_folder, java_command, kafka_environment, new_cluster_id, write_settings
from deploy.local.processes import Process, free_port, start_process, wait_free, wait_until

BROKERS = 3
_READY_SECONDS = 120
_STARTED = "Kafka Server started"
_PATIENCE_MS = 15_000
_ASKED_SECONDS, _BETWEEN_SECONDS = 30.0, 0.5


@dataclass
class KafkaCluster:
    """Running brokers, each a controller too; they are known by their node ids, from 1."""

    folder: Path
    ports: Mapping[int, int]
    controllers: Mapping[int, int]
    cluster_id: str
    processes: dict[int, Process] = field(default_factory=dict)

    @property
    def bootstrap(self) -> str:
        """Every broker's address, with commas."""
        return ",".join(f"127.0.0.1:{port}" for port in self.ports.values())

    def start(self, nodes: Sequence[int]) -> None:
        """Start these brokers, or start them again, and wait until they take requests. Raises: DidNotStart."""
        with ThreadPoolExecutor(BROKERS) as pool:
            list(pool.map(self._start, nodes))

    def kill(self, node: int) -> None:
        """End one broker as a power cut would."""
        self.processes[node].kill()

    def controller(self) -> int:
        """The node that leads the others. Raises: KafkaError when too few of them answer for half a minute."""
        # Imported here: the town's servers are started on machines where nobody asks this.
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        deadline = time.monotonic() + _ASKED_SECONDS
        while True:
            try:
                with closing(KafkaAdminClient(bootstrap_servers=self.bootstrap.split(","))) as admin:
                    found: Any = admin.describe_metadata_quorum()
                return int(found["topics"][0]["partitions"][0]["leader_id"])
            except KafkaError:  # the client may ask just the one that was killed
                if time.monotonic() > deadline:
                    raise
                threading.Event().wait(_BETWEEN_SECONDS)

    def stop(self) -> None:
        """Stop every broker cleanly, all at once: alone, each would wait for the others."""
        with ThreadPoolExecutor(BROKERS) as pool:
            list(pool.map(lambda process: process.stop(grace_seconds=20), self.processes.values()))

    def __enter__(self) -> KafkaCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self, node: int) -> None:
        home = self.folder / f"kafka-{node}"
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        wait_free(self.ports[node])
        settings = write_settings(home, self.ports[node], self.controllers[node], self._own(node))
        java = java_command(home)
        if not (home / "topics" / "meta.properties").exists():
            format_folder(java, settings, home, self.cluster_id)
        command = [*java, "kafka.Kafka", str(settings)]
        process = start_process(f"kafka-{node}", command, kafka_environment(), self.folder, self.ports[node])
        self.processes[node] = process
        wait_until(lambda: _STARTED in process.log_tail(), "the broker", _READY_SECONDS, process)

    def _own(self, node: int) -> dict[str, str]:
        """What differs from a broker that is alone."""
        voters = ",".join(f"{each}@127.0.0.1:{port}" for each, port in self.controllers.items())
        copies = dict.fromkeys(
            ("default", "offsets.topic", "transaction.state.log", "share.coordinator.state.topic"), str(BROKERS)
        )
        return {
            "node.id": str(node),
            "controller.quorum.voters": voters,
            "controller.quorum.election.timeout.ms": "1000",
            "controller.quorum.fetch.timeout.ms": "2000",
            "min.insync.replicas": "2",
            **{f"{name}.replication.factor": count for name, count in copies.items()},
        }


def start_kafka_cluster(folder: Path) -> KafkaCluster:
    """Start three brokers, and wait until they take requests. Raises: DidNotStart, JarRefused, JarNotFetched."""
    nodes = range(1, BROKERS + 1)
    ports = {node: free_port() for node in nodes}
    controllers = {node: free_port() for node in nodes}
    cluster = KafkaCluster(folder.resolve(), ports, controllers, new_cluster_id())
    try:
        cluster.start(list(nodes))
    except BaseException:
        cluster.stop()
        raise
    return cluster

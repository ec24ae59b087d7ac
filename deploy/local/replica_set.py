"""A replica set's first start: initiate it, and make its administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

REPLICA_SET = "trellis"
ADMIN = "admin"
_UNAUTHORIZED, _ALREADY_INITIALIZED = 13, 23  # MongoDB's error codes


def admin_url(host: str, password: str) -> str:
    """The administrator's URL on the replica set of which `host` (`name:port`) is a member."""
    return f"mongodb://{ADMIN}:{password}@{host}/?replicaSet={REPLICA_SET}&authSource=admin"


def initiate(port: int, member: str, password: str, wait_for_primary: Callable[[Callable[[], bool]], None]) -> None:
    """Initiate the `mongod` on loopback `port` as the one member `member`, and make its administrator.

    Harmless when done before, wholly or in part. `wait_for_primary` is given a check and waits until it is true.
    """
    # Until the first user exists, a connection from the machine itself may do these two things unauthenticated.
    with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
        if _open(client, member):
            wait_for_primary(lambda: takes_writes(client))
            client.admin.command("createUser", ADMIN, pwd=password, roles=["root"])


def takes_writes(client: MongoClient[dict[str, Any]]) -> bool:
    """Whether the server behind a direct connection is the primary."""
    return bool(client.admin.command("hello")["isWritablePrimary"])


def _open(client: MongoClient[dict[str, Any]], member: str) -> bool:
    """Initiate; False when users exist, and with them everything else."""
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": member}]})
    except OperationFailure as error:
        if error.code not in (_UNAUTHORIZED, _ALREADY_INITIALIZED):
            raise
        return error.code == _ALREADY_INITIALIZED
    return True

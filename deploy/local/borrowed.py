"""Borrowed servers: a MongoDB and a Kafka that somebody else runs, named in the environment.

`TRELLIS_KAFKA` is a bootstrap address (`host:port`, several with commas). For MongoDB there are two ways:

- `TRELLIS_MONGO_URL`, a replica set's URL whose user may make users: each service gets a user of its own there, with
  a random password that the town's folder keeps;
- or one URL for each service, `TRELLIS_MONGO_URL_PROFILE` and so on, used as they are; nothing is made on that server.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.mongo_users import make_service_users
from deploy.local.processes import DidNotStart

ADMIN_URL, KAFKA = "TRELLIS_MONGO_URL", "TRELLIS_KAFKA"
_REACH_MILLISECONDS = 10_000


def borrowed_kafka(env: Mapping[str, str] = os.environ) -> Kafka | None:
    """The broker that `TRELLIS_KAFKA` names, if it does."""
    return Kafka(env[KAFKA], pid=0) if env.get(KAFKA) else None


def borrowed_mongo(folder: Path, services: Sequence[str], env: Mapping[str, str] = os.environ) -> Mongo | None:
    """The MongoDB that the environment names, if it does (see the top of this file).

    Raises: DidNotStart when it cannot be reached, may not be administered, or some services' URLs are missing.
    """
    given = {service: env[_name(service)] for service in services if env.get(_name(service))}
    if missing := sorted(set(services) - set(given)) if given else []:
        raise DidNotStart("some services have a MongoDB URL, others not; missing: " + ", ".join(map(_name, missing)))
    if given:
        return Mongo(0, "", 0, given)
    return _administered(folder, services, env[ADMIN_URL]) if env.get(ADMIN_URL) else None


def _administered(folder: Path, services: Sequence[str], url: str) -> Mongo:
    try:
        with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=_REACH_MILLISECONDS) as client:
            return Mongo(0, url, 0, make_service_users(client, folder, services, url))
    except PyMongoError as error:  # its text names hosts and reasons, never a password
        raise DidNotStart(f"the MongoDB in {ADMIN_URL} cannot be used: {error}") from error


def _name(service: str) -> str:
    return f"{ADMIN_URL}_{service.upper()}"

"""Description: where a running town is found, in a file that its owner alone can read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.secret_files import OWNER_ALONE, secret_file
from deploy.local.town_orders import Order

FILE = "town.json"


@dataclass(frozen=True, slots=True)
class Description:
    """Addresses, and the paths of the files that hold what is secret; no secret itself.

    `processes`: the port of each, by name (`profile.api`). `env_files`: what each service's processes were told.
    """

    base_url: str
    folder: str
    pid: int
    kafka: str
    processes: Mapping[str, int]
    operator_secret_file: str
    mongo_admin_url_file: str
    env_files: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Description | None:
        """The description of the town that runs in `folder`; None where none does (any more)."""
        try:
            found = cls(**json.loads((folder / FILE).read_text()))
            os.kill(found.pid, 0)
        except (FileNotFoundError, ProcessLookupError):
            return None
        return found


def describe(folder: Path, base_url: str, kafka: str, mongo_admin_url: str, orders: Mapping[str, Order]) -> Description:
    """Write down where the town in `folder` is found, for whoever else would talk to it from this machine."""
    written = Description(
        base_url=base_url,
        folder=str(folder),
        pid=os.getpid(),
        kafka=kafka,
        processes={name: order.port for name, order in orders.items()},
        operator_secret_file=str(secret_file(folder, "gateway-operator-secret")),
        mongo_admin_url_file=str(_write(folder / "secrets" / "mongo-admin-url", mongo_admin_url)),
        env_files={
            service: str(_write(folder / "secrets" / f"env-{service}.json", json.dumps(_own(order))))
            for service, order in ((name.partition(".")[0], order) for name, order in orders.items())
        },
    )
    _write(folder / FILE, json.dumps(asdict(written), indent=2))
    return written


def forget(folder: Path) -> None:
    """The town in `folder` no longer runs."""
    (folder / FILE).unlink(missing_ok=True)


def _own(order: Order) -> dict[str, str]:
    """What the process was told beyond this process's own environment."""
    return {name: value for name, value in order.env.items() if os.environ.get(name) != value}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ALONE)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    path.chmod(OWNER_ALONE)
    return path

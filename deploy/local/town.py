"""The town: both servers and every process of Trellis, started in order, stopped in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from deploy.declared_topics import apply_declared_topics
from deploy.local.borrowed import borrowed_kafka, borrowed_mongo
from deploy.local.description import describe, forget
from deploy.local.kafka import Kafka, start_kafka
from deploy.local.mongo import Mongo, start_mongo
from deploy.local.mongo_users import SERVICES
from deploy.local.processes import Process, start_process, wait_free, wait_ready
from deploy.local.town_orders import GATEWAY, Order, town_orders

_READY_SECONDS = 60
_MONGO, _KAFKA = "mongo", "kafka"


class Town:
    """A running town in `folder`. Names are `mongo`, `kafka`, `profile` (both its processes) or `profile.api`."""

    def __init__(self, folder: Path, mongo: Mongo, kafka: Kafka, orders: Mapping[str, Order]) -> None:
        self.folder = folder
        self.mongo = mongo
        self.kafka = kafka
        self.processes: dict[str, Process] = {}
        self._orders = dict(orders)

    @property
    def base_url(self) -> str:
        """The gateway's address. Raises: KeyError in a town without a gateway."""
        return self.url_of(GATEWAY)

    def url_of(self, service: str, role: str = "api") -> str:
        """The address of one process: a service's api, or its worker's health and metrics."""
        return f"http://127.0.0.1:{self._orders[f'{service}.{role}'].port}"

    def order_of(self, process: str) -> Order:
        """What this process is told when it starts. Raises: KeyError."""
        return self._orders[process]

    def tell(self, process: str, more: Mapping[str, str]) -> None:
        """What this process is told beside the rest, from its next start on. Raises: KeyError."""
        order = self._orders[process]
        self._orders[process] = replace(order, env={**order.env, **more})

    def start_service(self, name: str) -> None:
        """Start what was stopped or killed, on the same port, and wait until it is ready. Raises: DidNotStart."""
        if name == _MONGO:
            self.mongo = start_mongo(self.folder, tuple(self.mongo.urls), self.mongo.port)
        elif name == _KAFKA:
            self.kafka = start_kafka(self.folder, int(self.kafka.bootstrap.partition(":")[2]))
        else:
            self._start(self._orders_of(name))

    def stop_service(self, name: str) -> None:
        """Stop it cleanly: SIGTERM, and SIGKILL when its grace is over."""
        _at_once(Process.stop, self._running(name))

    def kill(self, name: str) -> None:
        """Stop it with SIGKILL, as a power cut would."""
        _at_once(Process.kill, self._running(name))

    def stop(self) -> None:
        """Stop everything that this town started: the gateway, then the services, then the servers."""
        forget(self.folder)
        gateway = f"{GATEWAY}.api"
        _at_once(Process.stop, [process for name, process in self.processes.items() if name == gateway])
        _at_once(Process.stop, [process for name, process in self.processes.items() if name != gateway])
        _at_once(lambda server: server.stop(), [self.mongo, self.kafka])

    def __enter__(self) -> Town:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _orders_of(self, name: str) -> list[Order]:
        found = [order for order in self._orders.values() if name in (order.name, order.name.partition(".")[0])]
        if not found:
            raise KeyError(f"{name} is not in this town; there are {', '.join([_MONGO, _KAFKA, *self._orders])}")
        return found

    def _running(self, name: str) -> list[Process]:
        servers = {_MONGO: self.mongo.process, _KAFKA: self.kafka.process}
        found = [servers[name]] if name in servers else [self.processes.get(o.name) for o in self._orders_of(name)]
        return [process for process in found if process]

    def _start(self, orders: Sequence[Order]) -> None:
        for order in orders:
            wait_free(order.port)
            self.processes[order.name] = start_process(order.name, order.argv, order.env, self.folder, order.port)
        for order in orders:
            wait_ready(order.ready_url, _READY_SECONDS, self.processes[order.name])


def start_town(
    folder: Path,
    *,
    services: Sequence[str] = SERVICES,
    dev_provider: bool = True,
    extra_env: Mapping[str, str] | None = None,
) -> Town:
    """Start a town in `folder` and wait until every process is ready; started again there, it has its data back.

    Servers named in the environment are used instead of our own (see `deploy.local.borrowed`). `dev_provider` switches
    the built-in sign-in on. `extra_env` goes to every process of Trellis. When one part fails, all are stopped.
    Raises: DidNotStart with the log's tail, JarRefused, JarNotFetched.
    """
    folder = folder.resolve()
    mongo, kafka = _start_servers(folder, services)
    town = Town(folder, mongo, kafka, {})
    try:
        town._orders = town_orders(folder, mongo, kafka, services, dev_provider, extra_env or {})
        apply_declared_topics(kafka.bootstrap)
        town._start(list(town._orders.values()))
        if GATEWAY in services:
            describe(folder, town.base_url, kafka.bootstrap, mongo.admin_url, town._orders)
    except BaseException:
        town.stop()
        raise
    return town


def _start_servers(folder: Path, services: Sequence[str]) -> tuple[Mongo, Kafka]:
    with ThreadPoolExecutor(2) as pool:
        kafka = pool.submit(lambda: borrowed_kafka() or start_kafka(folder))
        mongo = pool.submit(lambda: borrowed_mongo(folder, services) or start_mongo(folder, services))
    for one, other in ((kafka, mongo), (mongo, kafka)):
        if one.exception() and not other.exception():
            other.result().stop()
    return mongo.result(), kafka.result()


def _at_once(stop: Callable[[Any], None], running: Iterable[Any]) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(stop, running))

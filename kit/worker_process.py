"""The worker process of a service: assembled from what the service declares, and run until told to stop."""

import asyncio
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from kit.app import open_store
from kit.consumer import Subscriptions, Unpack
from kit.edge import Store
from kit.memory import settle_memory
from kit.mongo import Collection as MongoCollection
from kit.settings import Settings
from kit.telemetry import configure
from kit.transaction import Pack
from kit.worker import Job, Listener, run

Jobs = Callable[[Store, Any], Sequence[Job]]


def no_jobs(_store: Store, _settings: Any) -> Sequence[Job]:
    """A service that only relays and listens."""
    return ()


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """What a service declares of its worker: what it hears, its collections, its own jobs, how facts are read."""

    settings: type[Settings]
    subscriptions: Subscriptions
    collections: Sequence[MongoCollection]
    pack: Pack
    unpack: Unpack
    known: Collection[str]
    jobs: Jobs = no_jobs

    async def work(self, settings: Settings) -> int:
        """Relay, listen and do the jobs until told to stop; returns the exit code."""
        store = open_store(settings, self.pack)
        return await run(
            store,
            settings.kafka,
            host=settings.host,
            port=settings.worker_port,
            collections=self.collections,
            listeners=[Listener(settings.service, self.subscriptions)],
            unpack=self.unpack,
            known=self.known,
            jobs=self.jobs(store, settings),
            session_seconds=settings.consumer_session_seconds,
            lease_seconds=settings.lease_seconds,
        )

    def main(self) -> None:
        """`python -m services.<service>.worker`."""
        settings = self.settings.load()
        configure(settings.service, level=settings.log_level, otlp_endpoint=settings.otlp_endpoint)
        settle_memory()
        sys.exit(asyncio.run(self.work(settings)))

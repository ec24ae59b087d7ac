"""The worker: a service's second process, which relays its facts, hears others' and does its jobs."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from kit.bus import Producer, reachable, within_lease
from kit.consumer import Consumer, Subscriptions, TooManyDeadLetters, Unpack
from kit.edge import Store
from kit.inbox import INBOX
from kit.leases import LEASES
from kit.mongo import Collection as MongoCollection
from kit.outbox import Relay
from kit.probe import Probe
from kit.signals import StopSignal
from kit.transaction import OUTBOX

Job = Callable[[StopSignal], Awaitable[None]]

STALLED_SECONDS = 60.0
SESSION_SECONDS = 15.0
LEASE_SECONDS = 15.0
GRACE_SECONDS = 20.0
_RETRY_SECONDS = 2.0
_LONGEST_RETRY_SECONDS = 30.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Listener:
    """What one consumer group of the service hears. `name` is the group's, usually the service's own."""

    name: str
    subscriptions: Subscriptions


async def run(
    store: Store,
    bootstrap: str,
    *,
    port: int,
    host: str = "127.0.0.1",
    collections: Sequence[MongoCollection] = (),
    listeners: Sequence[Listener] = (),
    unpack: Unpack,
    known: Collection[str],
    jobs: Sequence[Job] = (),
    stop: StopSignal | None = None,
    stalled_seconds: float = STALLED_SECONDS,
    session_seconds: float = SESSION_SECONDS,
    lease_seconds: float = LEASE_SECONDS,
) -> int:
    """Run a service's worker until SIGTERM, SIGINT or `stop`; returns the exit code (1: a part gave up).

    With Kafka or MongoDB away it waits and tries again, and says so at `/ready`. `collections` are made at the start.
    A job is awaited until it returns; one that raises is logged and started again, later each time. A worker that
    gives no sign of life for `session_seconds` loses its partitions to the others of its group; after `lease_seconds`
    they may send what it had announced.
    """
    producer = Producer(bootstrap, **within_lease(lease_seconds))
    session = _session(session_seconds)
    consumers = [
        Consumer(heard.name, store, bootstrap, producer, heard.subscriptions, unpack=unpack, known=known, **session)
        for heard in listeners
        if heard.subscriptions
    ]
    relay = Relay(store.mongo, producer, lease_seconds=lease_seconds)
    worker = _Worker(store, bootstrap, producer, relay, consumers, stop or StopSignal(), stalled_seconds)
    probe = Probe(host, port, unhealthy=worker.unhealthy, missing=worker.missing)
    port = await probe.start()
    log.info("worker_started", port=port, listeners=[listener.name for listener in listeners])
    with _stopped_by_signals(worker.stop):
        try:
            code = await worker.work([*collections, OUTBOX, INBOX, LEASES], jobs)
        finally:
            await probe.stop()
    log.info("worker_stopped", code=code)
    return code


def _session(seconds: float) -> dict[str, Any]:
    """The consumer's settings: five heartbeats have to fail before the session is over."""
    return {"session_timeout_ms": int(seconds * 1000), "heartbeat_interval_ms": int(seconds * 200)}


class _Worker:
    def __init__(
        self,
        store: Store,
        bootstrap: str,
        producer: Producer,
        relay: Relay,
        consumers: Sequence[Consumer],
        stop: StopSignal,
        stalled_seconds: float,
    ) -> None:
        self.stop = stop
        self._store, self._bootstrap, self._stalled_seconds = store, bootstrap, stalled_seconds
        self._producer, self._relay, self._consumers = producer, relay, consumers

    async def work(self, collections: Sequence[MongoCollection], jobs: Sequence[Job]) -> int:
        await self._make(collections)
        parts = [self._relay.run, *(consumer.run for consumer in self._consumers)]
        tasks = [asyncio.create_task(self._supervise(part)) for part in parts]
        tasks += [asyncio.create_task(self._repeat(job)) for job in jobs]
        await self.stop.wait()
        code = await self._finish(tasks)
        await self._producer.close()
        return code

    async def _finish(self, tasks: Sequence["asyncio.Task[int]"]) -> int:
        """Let every part finish what it has in hand; one that is stuck is left undone, and will be done again."""
        _, stuck = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        for task in stuck:
            task.cancel()
        if stuck:
            log.error("worker_parts_did_not_finish", parts=len(stuck))
        codes = await asyncio.gather(*tasks, return_exceptions=True)
        return max(code if isinstance(code, int) else 1 for code in codes)

    async def _make(self, collections: Sequence[MongoCollection]) -> None:
        while not self.stop.is_set:
            try:
                await self._store.mongo.ensure(collections)
            except PyMongoError as error:
                log.warning("store_not_ready", error=type(error).__name__)
                await self.stop.pause(_RETRY_SECONDS)
            else:
                return

    async def _supervise(self, part: Job) -> int:
        """Run one part; when it cannot go on, the whole worker stops in order and says so with its exit code."""
        try:
            await part(self.stop)
        except Exception as error:  # whatever it was: a worker that lacks a part must not look alive
            reason = str(error) if isinstance(error, TooManyDeadLetters) else type(error).__name__
            log.error("worker_part_gave_up", reason=reason, exc_info=error)
            self.stop.set()
            return 1
        return 0

    async def _repeat(self, job: Job) -> int:
        failures = 0
        while not self.stop.is_set:
            try:
                await job(self.stop)
            except Exception as error:  # a job's failure is its own: the others go on, and it is tried again
                failures += 1
                log.error("job_failed", job=getattr(job, "__name__", type(job).__name__), exc_info=error)
                await self.stop.pause(min(_LONGEST_RETRY_SECONDS, _RETRY_SECONDS * failures))
            else:
                break
        return 0

    async def unhealthy(self) -> list[str]:
        """What only a restart can help: a consumer with a lag that neither moves nor waits on purpose."""
        moment, faults = time.monotonic(), []
        for consumer in self._consumers:
            if consumer.thread.started and moment - consumer.thread.polled_at > self._stalled_seconds:
                faults.append(
                    f"{consumer.name}: its thread has not polled for {moment - consumer.thread.polled_at:.0f} s"
                )
            for (topic, number), position in consumer.positions().items():
                if position.lag and moment - position.since > self._stalled_seconds:
                    faults.append(
                        f"{consumer.name}: {topic}/{number} has stood still for {moment - position.since:.0f} s "
                        f"with {position.lag} records to go"
                    )
        return faults

    async def missing(self) -> list[str]:
        """What is not there yet, or not there any more."""
        mongo, kafka = await asyncio.gather(self._store.mongo.ping(), reachable(self._bootstrap))
        faults = [] if mongo else ["mongo: no primary answers"]
        faults += [] if kafka else ["kafka: not reachable"]
        faults += [f"{one.name}: has not joined its group" for one in self._consumers if not one.thread.joined]
        return faults


@contextmanager
def _stopped_by_signals(stop: StopSignal) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

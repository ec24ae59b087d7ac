"""The worker: everything together, with a probe that tells the truth and an end in good order."""

import asyncio
import os
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson

from deploy.local.processes import free_port
from kit.consumer import Handler, Heard
from kit.leases import LEASES, Leases
from kit.refusals import refuse
from kit.signals import StopSignal
from kit.transaction import SLOTS, Transaction
from kit.worker import Job, Listener, run
from tests.integration.kit_events.lending import LENT, Library, ShelfClosed, count_loan, unpack
from tests.support.eventually import eventually


class Working:
    """A worker beside the test."""

    def __init__(self, library: Library, handler: Handler, bootstrap: str, jobs: Sequence[Job]) -> None:
        self.port = free_port()
        self.stop = StopSignal()
        self.task = asyncio.create_task(
            run(
                library.store,
                bootstrap,
                port=self.port,
                listeners=[Listener(library.name, {LENT: (library.lent, handler)})],
                unpack=unpack,
                known={LENT},
                jobs=jobs,
                stop=self.stop,
                stalled_seconds=1.0,
            )
        )

    async def ask(self, path: str) -> tuple[int, Any]:
        return await asyncio.to_thread(self._ask, path)

    def _ask(self, path: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, orjson.loads(error.read())

    async def is_ready(self) -> bool:
        return (await self.ask("/ready"))[0] == 200


@asynccontextmanager
async def working(
    library: Library, handler: Handler = count_loan, bootstrap: str = "", jobs: Sequence[Job] = ()
) -> AsyncIterator[Working]:
    worker = Working(library, handler, bootstrap or library.bootstrap, jobs)
    try:
        yield worker
    finally:
        worker.stop.set()
        await worker.task


async def test_a_worker_relays_hears_and_tells_its_metrics(library: Library) -> None:
    async with working(library) as worker:
        await eventually(worker.is_ready)
        await library.lend_many(copies=5, times=2)
        await eventually(lambda: library.heard_in_all_is(10))
        assert (await worker.ask("/health"))[0] == 200
        status, metrics = await worker.ask("/metrics")
        assert status == 200
        assert f'consumer_events_total{{consumer="{library.name}",outcome="handled"}} 10.0'.encode() in metrics
        assert f'outbox_sent_total{{topic="{library.topic}"}} 10.0'.encode() in metrics
        for name in (b"consumer_lag_records", b"consumer_position_age_seconds", b"outbox_oldest_seconds"):
            assert name in metrics
        assert (await worker.ask("/else"))[0] == 404


async def test_sigterm_stops_the_worker_and_hands_its_slots_back(library: Library) -> None:
    async with working(library) as worker:
        await eventually(worker.is_ready)
        await eventually(lambda: _held(library, SLOTS))
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await worker.task == 0
    assert await _held(library, 0)
    assert await Leases(library.mongo, "outbox", SLOTS).live_workers() == 0


async def _held(library: Library, count: int) -> bool:
    return await library.mongo.database[LEASES.name].count_documents({"holder": {"$ne": None}}) == count


async def test_without_kafka_the_worker_lives_and_says_what_is_missing(library: Library) -> None:
    async with working(library, bootstrap=f"127.0.0.1:{free_port()}") as worker:
        await eventually(lambda: _missing(worker, "kafka: not reachable"))
        assert await _missing(worker, f"{library.name}: has not joined its group")
        assert (await worker.ask("/health"))[0] == 200
        await library.lend("copy_1")
    assert await library.unsent() == 1


async def _missing(worker: Working, fault: str) -> bool:
    status, answer = await worker.ask("/ready")
    return status == 503 and fault in answer["missing"]


async def test_a_stuck_consumer_is_unhealthy_and_an_idle_one_is_not(library: Library) -> None:
    gate = asyncio.Event()

    async def stuck(tx: Transaction, fact: Any, heard: Heard) -> None:
        await gate.wait()

    async with working(library, stuck) as worker:
        await eventually(worker.is_ready)
        assert (await worker.ask("/health"))[0] == 200
        await library.lend("copy_1")
        try:
            await eventually(lambda: _stands_still(worker))
        finally:
            gate.set()
        await eventually(lambda: _is_healthy(worker))


async def _stands_still(worker: Working) -> bool:
    status, answer = await worker.ask("/health")
    return status == 503 and "with 1 records to go" in answer["unhealthy"][0]


async def _is_healthy(worker: Working) -> bool:
    return (await worker.ask("/health"))[0] == 200


async def test_a_partition_that_waits_on_purpose_is_not_unhealthy(library: Library) -> None:
    asked = 0

    async def closed(tx: Transaction, fact: Any, heard: Heard) -> None:
        nonlocal asked
        asked += 1
        raise refuse(ShelfClosed())

    async with working(library, closed) as worker:
        await eventually(worker.is_ready)
        await library.lend("copy_1")
        await eventually(lambda: asked >= 5)  # which takes longer than it takes to count as stuck
        assert await _is_healthy(worker)


async def test_a_job_runs_beside_and_is_started_again_when_it_fails(library: Library) -> None:
    runs = 0

    async def job(stop: StopSignal) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ConnectionError
        await stop.wait()

    async with working(library, jobs=[job]) as worker:
        await eventually(lambda: runs == 2)
        assert not worker.task.done()
    assert worker.task.result() == 0


async def test_a_bad_deploy_ends_the_worker_with_an_exit_code(library: Library) -> None:
    async def broken(tx: Transaction, fact: Any, heard: Heard) -> None:
        raise RuntimeError

    await library.open(partitions=12)
    await library.lend_many(copies=16, times=1)
    async with working(library, broken) as worker:
        await eventually(worker.task.done)
        assert worker.task.result() == 1
    assert len(await library.letters()) == 10

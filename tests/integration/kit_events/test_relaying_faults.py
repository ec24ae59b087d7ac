"""The relay in trouble: a holder that stands still, one that dies, a broker that is away."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.kafka import start_kafka
from deploy.local.mongo import Mongo as Mongod
from kit.bus import reachable
from kit.leases import LeaseLost, Leases
from kit.mongo import Mongo
from kit.transaction import OUTBOX
from tests.integration.kit_events.lending import Library, running
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def hesitant_relay(library: Library, url: str) -> AsyncIterator[Process]:
    """A relay in its own process that has sent what there is and has not marked it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.kit_events.relay_process",
        url, library.mongo.database.name, library.bootstrap,
        stdin=PIPE, stdout=PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: Process, word: str) -> bool:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while line := (await process.stdout.readline()).decode():
            if line.strip() == word:
                return True
    return False


async def test_a_holder_that_stood_still_marks_nothing(library: Library, mongod: Mongod) -> None:
    await library.lend("copy_1", times=5)
    async with hesitant_relay(library, mongod.admin_url) as process:
        assert await said(process, "acked")
        os.kill(process.pid, signal.SIGSTOP)
        async with running(library.relay()):
            await eventually(library.all_sent)
            before = await library.mongo.database[OUTBOX.name].find().sort("sequence", 1).to_list(None)
            os.kill(process.pid, signal.SIGCONT)
            assert process.stdin is not None
            process.stdin.write(b"go on\n")
            assert await said(process, "fenced")
        assert await library.mongo.database[OUTBOX.name].find().sort("sequence", 1).to_list(None) == before
    assert await library.sequences() == {"copy_1": [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]}


async def test_a_kill_between_acknowledgement_and_mark_costs_duplicates_that_the_inbox_absorbs(
    library: Library, mongod: Mongod
) -> None:
    await library.lend_many(copies=6, times=2)
    async with hesitant_relay(library, mongod.admin_url) as process:
        assert await said(process, "acked")
        process.kill()
        await process.wait()
    assert await library.unsent() == 12
    async with running(library.relay(), library.consumer()):
        await eventually(library.all_sent)
        await library.lend("copy_last")
        await eventually(lambda: library.heard_in_all_is(13))
    assert len(await library.records()) > 13
    assert await library.heard_in_all() == 13


async def test_a_lease_that_ran_out_guards_nothing(library: Library) -> None:
    first = Leases(library.mongo, "area", 4, seconds=0.5)
    held = await first.tend()
    assert sorted(held) == [0, 1, 2, 3]
    second = Leases(library.mongo, "area", 4)
    await eventually(lambda: _takes(second, 4))
    assert first.held() == {}
    assert all(second.held()[part] > held[part] for part in held)

    async def guarded(session: object) -> bool:
        try:
            await first.guard(session, held)  # type: ignore[arg-type]
        except LeaseLost:
            return False
        return True

    assert not await library.mongo.transact(guarded)


async def _takes(leases: Leases, parts: int) -> bool:
    return len(await leases.tend()) == parts


async def test_facts_wait_while_kafka_is_down_and_keep_their_order_on_its_return(
    mongod: Mongod, tmp_path: Path
) -> None:
    broker = start_kafka(tmp_path)
    library = Library(Mongo(mongod.admin_url, f"down_{os.getpid()}"), broker.bootstrap)
    try:
        await library.open()
        async with running(library.relay(), library.consumer()):
            await library.lend_many(copies=5, times=1)
            await eventually(library.all_sent)
            os.kill(broker.pid, signal.SIGKILL)
            await library.lend_many(copies=5, times=2)
            await eventually(lambda: _is_away(library))
            await library.lend_many(copies=5, times=2)
            assert await library.unsent() == 20
            broker.stop()
            port = int(broker.bootstrap.rpartition(":")[2])
            broker = await asyncio.to_thread(start_kafka, tmp_path, port)
            await eventually(library.all_sent)
            await eventually(lambda: library.heard_in_all_is(25))
        for sequences in (await library.sequences()).values():
            assert list(dict.fromkeys(sequences)) == [1, 2, 3, 4, 5]
    finally:
        await library.close()
        broker.stop()


async def _is_away(library: Library) -> bool:
    return not await reachable(library.bootstrap)

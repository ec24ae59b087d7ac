"""The consumer: every event is done once, in the order of its partition, whatever is delivered and however often."""

import asyncio
import random
from typing import Any

from kit.consumer import Consumer, Heard
from kit.envelope import Trace
from kit.inbox import INBOX
from kit.story import hops
from kit.transaction import OUTBOX, Transaction
from tests.integration.kit_events.lending import COPIES, DISTRICT, Library, count_loan, running
from tests.support.eventually import eventually


async def test_every_event_three_times_and_shuffled_leaves_the_same_state(library: Library) -> None:
    records = [library.record(f"copy_{copy}", loan) for copy in range(8) for loan in range(1, 9)]
    shuffled = records * 3
    random.Random(7).shuffle(shuffled)
    await library.put(shuffled)
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(64))
        await library.put([library.record("copy_last", 1)])
        await eventually(lambda: library.heard_in_all_is(65))
    shelf = {row["_id"]: row["loan"] for row in await library.shelf()}
    assert shelf == {**{f"copy_{copy}": 8 for copy in range(8)}, "copy_last": 1}
    assert await library.mongo.database[INBOX.name].count_documents({}) == 65


async def test_a_consumer_that_starts_again_does_nothing_twice(library: Library) -> None:
    await library.put([library.record("copy_1", loan) for loan in range(1, 31)])
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(30))
    async with running(library.consumer()):
        await library.put([library.record("copy_2", 1)])
        await eventually(lambda: library.heard_in_all_is(31))
    assert await library.letters() == []


async def test_two_consumers_of_a_group_come_and_go_without_loss_or_double_effect(library: Library) -> None:
    first, second = library.consumer(), library.consumer()

    async def write(start: int) -> None:
        for loan in range(start, start + 10):
            await library.put([library.record(f"copy_{copy}", loan) for copy in range(20)])

    async with running(first):
        await write(1)
        await eventually(lambda: len(first.thread.positions()) == 4)
        async with running(second):
            await asyncio.gather(write(11), eventually(lambda: len(second.thread.positions()) == 2))
        await write(21)
        await eventually(lambda: library.heard_in_all_is(600))
        await eventually(lambda: len(first.thread.positions()) == 4)
    assert await library.heard_in_all() == 600
    assert {row["loan"] for row in await library.shelf()} == {30}


async def test_a_slow_handler_holds_the_thread_back_and_not_the_group(library: Library) -> None:
    gate, heard = asyncio.Event(), 0

    async def slow(tx: Transaction, fact: Any, heard_now: Heard) -> None:
        nonlocal heard
        heard += 1
        await gate.wait()
        await count_loan(tx, fact, heard_now)

    consumer = library.consumer(slow, most_waiting=100, max_poll_records=50, max_poll_interval_ms=1_500)
    await library.put([library.record("copy_1", loan) for loan in range(1, 1_501)])
    async with running(consumer):
        await eventually(lambda: consumer.thread.waiting_records >= 100)
        polled_at, assigned = consumer.thread.polled_at, dict(consumer.thread.positions())
        # Longer than the group would wait for a member that does not poll.
        await eventually(lambda: consumer.thread.polled_at > polled_at + 2)
        assert consumer.thread.waiting_records <= 150
        assert consumer.thread.times_assigned == 1
        assert assigned.keys() == consumer.thread.positions().keys()
        gate.set()
        await eventually(lambda: library.heard_in_all_is(1_500))


async def test_what_a_handler_announces_names_the_event_that_caused_it(library: Library) -> None:
    async def returned(tx: Transaction, fact: Any, heard: Heard) -> None:
        copy = await tx[COPIES].get(fact.copy_id) or {"_id": fact.copy_id, "version": 0}
        tx[COPIES].save(copy, [library.fact(fact.copy_id, 100)] if fact.loan < 100 else [])

    traceparent = f"00-{'1' * 32}-{'2' * 16}-00"
    trace = Trace("corr_12345678", "fact_order", traceparent)
    await library.put([library.record("copy_1", 1, trace=trace)])
    async with running(library.consumer(returned)):
        await eventually(lambda: _announced(library, 1))
    (row,) = await library.mongo.database[OUTBOX.name].find().to_list(None)
    assert row["trace"] == {
        "correlation_id": "corr_12345678",
        "causation_id": "fact_copy_1_1",
        "traceparent": traceparent,
    }
    story = await hops(library.mongo, DISTRICT, "corr_12345678")
    assert [(hop.kind, hop.consumer, hop.event_id, hop.causation_id) for hop in story] == [
        ("consumed", library.name, "fact_copy_1_1", "fact_order"),
        ("announced", None, row["_id"], "fact_copy_1_1"),
    ]
    assert story[0].key == story[1].key == "copy_1"
    assert await hops(library.mongo, "district_2", "corr_12345678") == []


async def _announced(library: Library, count: int) -> bool:
    return await library.mongo.database[OUTBOX.name].count_documents({}) == count


async def test_events_of_two_districts_in_one_batch_stay_apart(library: Library) -> None:
    def of(district_id: str) -> Any:
        copy_id, reader_id = f"copy_{district_id}", f"reader_{district_id}"
        data = {"district_id": district_id, "copy_id": copy_id, "reader_id": reader_id, "loan": 1}
        return library.record(copy_id, 1, district_id=district_id, data=data)

    await library.put([of("district_1"), of("district_2")])
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(2))
    rows = await library.mongo.database["readers"].find().sort("_id", 1).to_list(None)
    assert [(row["_id"], row["district_id"]) for row in rows] == [
        ("reader_district_1", "district_1"),
        ("reader_district_2", "district_2"),
    ]


async def test_positions_tell_how_much_is_left(library: Library) -> None:
    gate = asyncio.Event()

    async def waiting(tx: Transaction, fact: Any, heard: Heard) -> None:
        await gate.wait()
        await count_loan(tx, fact, heard)

    await library.put([library.record("copy_1", loan) for loan in range(1, 11)])
    consumer = library.consumer(waiting)
    async with running(consumer):
        try:
            await eventually(lambda: _lag(consumer) == 10)
        finally:
            gate.set()
        await eventually(lambda: len(consumer.positions()) == 4 and _lag(consumer) == 0)
    assert await library.heard_in_all() == 10


def _lag(consumer: Consumer) -> int:
    return sum(position.lag for position in consumer.positions().values())

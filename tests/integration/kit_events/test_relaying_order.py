"""The relay: every fact reaches its topic, in the order of its key, however many workers send."""

import asyncio

import pytest

from deploy.local.mongo import Mongo as Mongod
from kit.bus import Producer
from kit.clock import now
from kit.envelope import Trace
from kit.mongo import Mongo
from kit.outbox import Relay, refill
from kit.transaction import OUTBOX, SLOTS
from tests.integration.kit_events.lending import Library, running
from tests.support.eventually import eventually


async def test_what_was_announced_is_on_the_topic_in_the_order_of_its_key(library: Library) -> None:
    await library.lend_many(copies=20, times=3)
    async with running(library.relay()):
        await eventually(library.all_sent)
    assert await library.sequences() == {f"copy_{number}": [1, 2, 3] for number in range(20)}


async def test_three_workers_share_the_slots_and_keep_the_order_of_every_key(library: Library) -> None:
    producers = [Producer(library.bootstrap) for _ in range(3)]
    relays = [Relay(library.mongo, producer, lease_seconds=2.0, poll_seconds=0.1) for producer in producers]

    def shared_out() -> bool:
        shares = [len(relay.leases.held()) for relay in relays]
        return sum(shares) == SLOTS and max(shares) - min(shares) <= 2

    async with running(*relays):
        writing = asyncio.gather(*(library.lend_many(copies=40, times=2) for _ in range(5)))
        await eventually(shared_out)
        await writing
        await eventually(library.all_sent)
    for sequences in (await library.sequences()).values():
        assert list(dict.fromkeys(sequences)) == list(range(1, 11)), "each for the first time in order"
        first_times = [sequence for place, sequence in enumerate(sequences) if sequence not in sequences[:place]]
        assert first_times == sorted(first_times)
    await asyncio.gather(*(producer.close() for producer in producers))


async def test_a_worker_that_stops_hands_its_slots_back_at_once(library: Library) -> None:
    first = library.relay(lease_seconds=600.0)
    async with running(first):
        await eventually(lambda: len(first.leases.held()) == SLOTS)
    second = library.relay(lease_seconds=600.0)
    async with running(second):
        await eventually(lambda: len(second.leases.held()) == SLOTS)


async def test_a_new_fact_is_sent_at_once_and_not_at_the_next_poll(library: Library) -> None:
    relay = library.relay(poll_seconds=600.0, lease_seconds=600.0)
    async with running(relay) as (working,):
        await eventually(lambda: len(relay.leases.held()) == SLOTS)
        await library.lend("copy_warm")
        await eventually(library.all_sent)
        await library.lend("copy_1")
        await eventually(library.all_sent)
        working.signal.set()
        relay.wake()


async def test_polling_finds_facts_where_no_change_stream_is_allowed(library: Library, mongod: Mongod) -> None:
    name = library.mongo.database.name
    actions = ["find", "insert", "update", "remove", "createIndex", "createCollection", "listCollections"]
    privilege = {"resource": {"db": name, "collection": ""}, "actions": actions}
    await library.mongo.database.command("createRole", "plain", privileges=[privilege], roles=[])
    await library.mongo.database.command("createUser", "plain", pwd="plain", roles=["plain"])
    hosts = mongod.admin_url.partition("@")[2].partition("/")[0]
    plain = Mongo(f"mongodb://plain:plain@{hosts}/{name}?authSource={name}", name)
    relay = Relay(plain, library.producer, poll_seconds=0.1)
    async with running(relay):
        await eventually(lambda: len(relay.leases.held()) == SLOTS)
        await library.lend("copy_1")
        await eventually(library.all_sent)
    plain.close()
    await library.mongo.database.command("dropUser", "plain")
    await library.mongo.database.command("dropRole", "plain")


async def test_a_fact_that_can_never_be_sent_stops_its_own_key_alone(library: Library) -> None:
    await library.lend("copy_fat", times=3)
    await library.mongo.database[OUTBOX.name].update_one(
        {"key": "copy_fat", "sequence": 2}, {"$set": {"data.padding": "x" * 2_000_000}}
    )
    await library.lend_many(copies=10, times=2)
    async with running(library.relay()):
        await eventually(lambda: _unsent_are(library, [2, 3]))
    assert (await library.sequences())["copy_1"] == [1, 2]


async def _unsent_are(library: Library, sequences: list[int]) -> bool:
    rows = await library.mongo.database[OUTBOX.name].find({"sent_at": None}).sort("sequence", 1).to_list(None)
    return [row["sequence"] for row in rows] == sequences


async def test_clocks_that_disagree_do_not_change_the_order(library: Library) -> None:
    await library.lend("copy_1", times=3)
    await library.mongo.database[OUTBOX.name].update_one(
        {"key": "copy_1", "sequence": 3}, {"$set": {"created_at": now().replace(year=2020)}}
    )
    async with running(library.relay()):
        await eventually(library.all_sent)
    assert await library.sequences() == {"copy_1": [1, 2, 3]}


async def test_a_lost_topic_is_filled_again_from_the_archive(library: Library) -> None:
    await library.lend_many(copies=5, times=3)
    async with running(library.relay()):
        await eventually(library.all_sent)
        counts: list[int] = []
        assert await refill(library.mongo, library.topic, counts.append) == 15
        await eventually(library.all_sent)
    assert counts == [15]
    assert await library.sequences() == {f"copy_{number}": [1, 2, 3, 1, 2, 3] for number in range(5)}


async def test_refilling_leaves_other_topics_alone(library: Library) -> None:
    await library.lend("copy_1")
    async with running(library.relay()):
        await eventually(library.all_sent)
    assert await refill(library.mongo, "lending-others") == 0
    assert await library.unsent() == 0


async def test_the_gauges_tell_how_much_waits_and_how_long(library: Library) -> None:
    relay = library.relay()
    await relay.leases.tend()
    await library.lend_many(copies=4, times=2)
    await library.mongo.database[OUTBOX.name].update_one(
        {"key": "copy_1", "sequence": 1}, {"$set": {"created_at": now().replace(year=2020)}}
    )
    waiting = await relay.measure()
    assert waiting.rows == 8
    assert waiting.oldest_seconds > 86_400


@pytest.mark.parametrize("trace", [Trace("corr_12345678", "fact_before", "00-" + "1" * 32 + "-" + "2" * 16 + "-01")])
async def test_the_record_carries_the_story_in_its_headers(library: Library, trace: Trace) -> None:
    await library.lend("copy_1", trace=trace)
    async with running(library.relay()):
        await eventually(library.all_sent)
    (record,) = await library.records()
    headers = {name: value.decode() for name, value in record.headers}
    assert headers["ce_correlationid"] == trace.correlation_id
    assert headers["ce_causationid"] == trace.causation_id
    assert headers["ce_traceparent"] == trace.traceparent
    assert headers["content-type"] == "application/json"
    assert headers["ce_source"] == "/lending"

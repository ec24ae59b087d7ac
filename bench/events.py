"""Events: what the relay and the consumer cost beside the bare client, and how soon a fact is heard.

    python -m bench.events [--quick] [--runs N]

Both sides of a ratio run in turn in this one process, on the same servers; medians are printed.
"""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import structlog
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from pydantic import TypeAdapter
from pymongo import UpdateOne

from bench.bars import Bar, tell
from deploy.local.kafka import start_kafka
from deploy.local.mongo import start_mongo
from kit.bus import CONSUMER, Outgoing, Producer, Topic, apply_topics
from kit.clock import now
from kit.consumer import Consumer, Heard
from kit.edge import Store
from kit.envelope import Envelope, Trace
from kit.ids import new_id
from kit.inbox import INBOX
from kit.leases import LEASES
from kit.mongo import Collection, Document, Mongo
from kit.outbox import Relay, outgoing_of
from kit.signals import StopSignal
from kit.telemetry import configure
from kit.transaction import OUTBOX, SLOTS, Transaction, outbox_row

SEEN = Collection("seen", ("district_id", "_id"))
TYPE = "bench.thing.happened.v1"
PADDING = "x" * 200  # with the other fields about 300 bytes of data
PER_SECOND = 500
PARTITIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A fact of 300 bytes."""

    TYPE: ClassVar[str] = TYPE
    TOPIC: ClassVar[str] = "bench-things"
    district_id: str
    thing_id: str
    at: float
    padding: str

    @property
    def key(self) -> str:
        return self.thing_id


_FACT = TypeAdapter(Happened)


def unpack(_cls: type[Any], data: dict[str, Any]) -> Happened:
    return _FACT.validate_python(data)


def _pack_nothing(fact: Any) -> dict[str, Any]:
    raise AssertionError(f"nothing is announced here: {fact}")


async def until(true: Callable[[], Any], every: float = 0.02) -> None:
    """Wait until `true()` is."""
    while not true():  # noqa: ASYNC110 - threads of clients have no event to wait for
        await asyncio.sleep(every)


def row(number: int) -> Document:
    """An outbox row as an action would leave it."""
    key = f"thing_{number % 997:08d}"
    data = {"district_id": "district_1", "thing_id": key, "at": time.monotonic(), "padding": PADDING}
    envelope = Envelope(
        new_id("fact"), TYPE, "/bench", key, number, now(), "district_1", Trace(new_id("corr")), data
    )  # fmt: skip
    return outbox_row(envelope, Happened.TOPIC)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one side did in a second, and the CPU time of this process for each, in microseconds."""

    rate: float
    cpu: float


class Clock:
    """Started when it is made."""

    def __init__(self) -> None:
        self._began, self._used = time.perf_counter(), time.process_time()

    def cost(self, count: int) -> Cost:
        took, used = time.perf_counter() - self._began, time.process_time() - self._used
        return Cost(count / took, used / count * 1e6)


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers and what all measurements share."""

    mongo: Mongo
    bootstrap: str
    count: int

    @property
    def outbox(self) -> Any:
        return self.mongo.database[OUTBOX.name]

    async def fill_outbox(self) -> list[Document]:
        await self.outbox.delete_many({})
        rows = [row(number) for number in range(self.count)]
        await self.outbox.insert_many(rows)
        return rows

    async def relay_rate(self) -> Cost:
        await self.fill_outbox()
        producer, stop = Producer(self.bootstrap), StopSignal()
        await producer.send_all([Outgoing(Happened.TOPIC, b"warm", b"{}")])
        relay = Relay(self.mongo, producer)
        task = asyncio.create_task(relay.run(stop))
        await until(relay.leases.held, 0)
        clock = Clock()
        while await self.outbox.find_one({"sent_at": None}, {"_id": 1}):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
        cost = clock.cost(self.count)
        stop.set()
        await task
        await producer.close()
        return cost

    async def bare_produce_rate(self) -> Cost:
        rows = [row(number) for number in range(self.count)]
        records = [outgoing_of(made) for made in rows]
        return await asyncio.to_thread(self._produce, records)

    async def plain_produce_rate(self) -> Cost:
        value = b"x" * 300
        records = [Outgoing(Happened.TOPIC, b"thing_%08d" % (number % 997), value) for number in range(self.count)]
        return await asyncio.to_thread(self._produce, records)

    def _produce(self, records: Sequence[Outgoing]) -> Cost:
        client = KafkaProducer(bootstrap_servers=self.bootstrap, acks="all")
        client.partitions_for(Happened.TOPIC)
        clock = Clock()
        for record in records:
            client.send(record.topic, record.value, record.key, record.headers)
        client.flush()
        cost = clock.cost(len(records))
        client.close()
        return cost

    async def runner_cost(self) -> Cost:
        """Poll, decode, validate, inbox, transaction, line and count."""
        heard = 0

        async def handler(tx: Transaction, fact: Happened, heard_now: Heard) -> None:
            nonlocal heard
            tx[SEEN].remember(f"{fact.thing_id}:{heard_now.sequence}", heard_now.sequence, {"at": fact.at})
            heard += 1

        consumer, stop, producer = self._consumer(handler)
        task = asyncio.create_task(consumer.run(stop))
        await until(lambda: consumer.thread.joined, 0)
        clock = Clock()
        await until(lambda: heard >= self.count)
        cost = clock.cost(self.count)
        stop.set()
        await task
        await producer.close()
        return cost

    async def bare_consume_cost(self) -> Cost:
        """The bare poll, and the same writes in bulk."""
        client = KafkaConsumer(
            bootstrap_servers=self.bootstrap,
            group_id=f"bare-{uuid.uuid4().hex}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_poll_records=CONSUMER["max_poll_records"],
        )
        # Assigned by hand: the bare client may hang in its group for ever when its polls are short (see kit/bus).
        client.assign([TopicPartition(Happened.TOPIC, number) for number in range(PARTITIONS)])
        seen, clock = 0, Clock()
        while seen < self.count:
            polled = await asyncio.to_thread(client.poll, 100)
            records = [record for some in polled.values() for record in some]
            if records:
                await self.mongo.database[SEEN.name].bulk_write(
                    [_same_write(f"bare:{record.partition}:{record.offset}", record.offset) for record in records]
                )
                await asyncio.to_thread(client.commit)
            seen += len(records)
        cost = clock.cost(self.count)
        client.close()
        return cost

    async def latency(self, seconds: float) -> list[float]:
        """Milliseconds from the commit of a fact to its handler, at a steady rate, all in one process."""
        waits: list[float] = []
        committed: dict[str, float] = {}

        async def handler(tx: Transaction, fact: Happened, heard: Heard) -> None:
            waits.append((time.monotonic() - committed.get(heard.event_id, time.monotonic())) * 1000)
            tx[SEEN].remember(fact.thing_id, heard.sequence, {"at": fact.at})

        await self.outbox.delete_many({})
        consumer, stop, producer = self._consumer(handler)
        relay = Relay(self.mongo, producer)
        tasks = [asyncio.create_task(consumer.run(stop)), asyncio.create_task(relay.run(stop))]
        await until(lambda: len(relay.leases.held()) == SLOTS and consumer.thread.joined)
        await self._announce_steadily(10**6, int(PER_SECOND * 2), committed)  # warms both sides up
        await asyncio.sleep(2)
        waits.clear()
        await self._announce_steadily(2 * 10**6, int(PER_SECOND * seconds), committed)
        await asyncio.sleep(1)
        stop.set()
        await asyncio.gather(*tasks)
        await producer.close()
        return waits

    async def _announce_steadily(self, start: int, count: int, committed: dict[str, float]) -> None:
        step = 5
        due = time.monotonic()
        for first in range(start, start + count, step):
            rows = [row(first + place) for place in range(step)]
            await self.outbox.insert_many(rows)
            committed |= dict.fromkeys((made["_id"] for made in rows), time.monotonic())
            due += step / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _consumer(self, handler: Any) -> tuple[Consumer, StopSignal, Producer]:
        store = Store(self.mongo, _pack_nothing, "/bench")
        producer = Producer(self.bootstrap)
        consumer = Consumer(
            f"bench{uuid.uuid4().hex[:8]}",
            store,
            self.bootstrap,
            producer,
            {TYPE: (Happened, handler)},
            unpack=unpack,
            known={TYPE},
        )  # fmt: skip
        return consumer, StopSignal(), producer


def _same_write(row_id: str, sequence: int) -> UpdateOne:
    newer = {"$gt": [sequence, {"$ifNull": ["$sequence", -1]}]}
    fresh = {"sequence": sequence, "at": 1.0}
    change = {name: {"$cond": [newer, {"$literal": value}, f"${name}"]} for name, value in fresh.items()}
    return UpdateOne({"_id": row_id, "district_id": "district_1"}, [{"$set": change}], upsert=True)


async def fresh_topic(bench: Bench) -> None:
    """An empty topic with the records of one outbox on it."""
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap)
    if Happened.TOPIC in admin.list_topics():
        await asyncio.to_thread(admin.delete_topics, [Happened.TOPIC])
        await until(lambda: Happened.TOPIC not in admin.list_topics())
    admin.close()
    await asyncio.to_thread(
        apply_topics, bench.bootstrap, [Topic(Happened.TOPIC, PARTITIONS, timedelta(days=1), False, "k", "b")]
    )


async def in_turn(runs: int, *sides: Callable[[], Awaitable[Cost]]) -> list[Cost]:
    """The medians of each side; the sides take turns, so that a slow minute hits all of them."""
    found: list[list[Cost]] = [[] for _ in sides]
    for _ in range(runs):
        for place, side in enumerate(sides):
            found[place].append(await side())
    return [
        Cost(statistics.median(one.rate for one in side), statistics.median(one.cpu for one in side)) for side in found
    ]


def show(what: str, cost: Cost) -> None:
    print(f"{what:28}{cost.rate:9,.0f} /s {cost.cpu:6.0f} us CPU each", flush=True)


async def measure(bench: Bench, runs: int, seconds: float) -> None:
    await bench.mongo.ensure((OUTBOX, INBOX, LEASES, SEEN))
    await fresh_topic(bench)
    relay, bare, plain = await in_turn(runs, bench.relay_rate, bench.bare_produce_rate, bench.plain_produce_rate)
    show("bare produce, 300 bytes", plain)
    show("bare produce, same records", bare)
    show("relay", relay)
    await fresh_topic(bench)
    await bench.bare_produce_rate()
    runner, poll = await in_turn(runs, bench.runner_cost, bench.bare_consume_cost)
    show("bare poll and bare writes", poll)
    show("consumer runner", runner)
    await fresh_topic(bench)
    waits = sorted(await bench.latency(seconds))
    p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    print(f"commit to handler at {PER_SECOND}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(waits)} facts")
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    tell(
        [
            Bar("relay: rate beside the bare client's with the same records", relay.rate / bare.rate, least=0.7),
            Bar("consumer runner: CPU beside the bare poll and the bare writes", runner.cpu / poll.cpu, most=2.0),
            Bar(f"commit to handler at {PER_SECOND} facts a second: p99, ms", p99, most=50.0),
        ]
    )


async def run(quick: bool, runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mongod = start_mongo(Path(folder), services=("bench",))
        kafka = start_kafka(Path(folder))
        mongo = Mongo(mongod.admin_url, "bench")
        try:
            await measure(
                Bench(mongo, kafka.bootstrap, 5_000 if quick else 20_000), 1 if quick else runs, 4 if quick else 20
            )
        finally:
            mongo.close()
            kafka.stop()
            mongod.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller numbers, in about half a minute")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with Path("/dev/null").open("wb") as nowhere:
        configure("bench")  # every line is made as in production, and thrown away
        structlog.configure(logger_factory=structlog.BytesLoggerFactory(nowhere))
        asyncio.run(run(options.quick, options.runs))


if __name__ == "__main__":
    main()

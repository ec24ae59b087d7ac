"""A lending library on a real MongoDB and a real Kafka: copies are lent here, and each reader's loans counted there."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, make_dataclass
from datetime import timedelta
from typing import Any, ClassVar

from kafka import KafkaAdminClient
from pydantic import TypeAdapter

from kit.bus import Incoming, Outgoing, Producer, Topic, apply_topics, read_to_end
from kit.clock import now
from kit.consumer import Consumer, Handler, Heard, Patience
from kit.dead_letters import DeadLetter, dead_letter_topic, dead_letters_of, list_letters
from kit.edge import Store
from kit.envelope import Envelope, Trace
from kit.ids import new_id
from kit.inbox import INBOX
from kit.leases import LEASES
from kit.mongo import Collection, Document, Mongo
from kit.outbox import Relay
from kit.refusals import Kind, Refusal, refuse
from kit.signals import StopSignal
from kit.transaction import OUTBOX, Announced, Transaction

DISTRICT = "district_1"
COPIES = Collection("copies", ("district_id", "_id"))
READERS = Collection("readers", ("district_id", "_id"))
SHELF = Collection("shelf", ("district_id", "_id"))
COLLECTIONS = (COPIES, READERS, SHELF, OUTBOX, INBOX, LEASES)
QUICK = Patience(attempts=3, first_seconds=0.02, longest_seconds=0.05)
LENT = "lending.copy.lent.v1"
IMPATIENT = {
    "delivery_timeout_ms": 2_000,
    "request_timeout_ms": 1_500,
    "max_block_ms": 1_000,
    "bootstrap_timeout_ms": 1_000,
}


class CopyUnknown(Refusal):
    kind = Kind.MISSING
    text = "No such copy yet."


class CopyBroken(Refusal):
    kind = Kind.INVALID
    text = "This copy cannot be lent."


class ShelfClosed(Refusal):
    kind = Kind.UNAVAILABLE
    text = "The shelf is closed just now."


class ReaderForbidden(Refusal):
    kind = Kind.FORBIDDEN
    text = "This reader may not borrow."


class AlreadyCounted(Refusal):
    kind = Kind.CONFLICT
    text = "This loan was counted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A reader took a copy home."""

    TYPE: ClassVar[str] = LENT
    TOPIC: ClassVar[str] = ""
    district_id: str
    copy_id: str
    reader_id: str
    loan: int

    @property
    def key(self) -> str:
        return self.copy_id


def pack(fact: Any) -> dict[str, Any]:
    packed: dict[str, Any] = TypeAdapter(type(fact)).dump_python(fact, mode="json")
    return packed


def unpack(cls: type[Any], data: dict[str, Any]) -> Any:
    return TypeAdapter(cls).validate_python(data)


async def count_loan(tx: Transaction, fact: Any, heard: Heard) -> None:
    """Counts, so that a loan done twice shows; remembers the copy's last loan, whatever the order of arrival."""
    tx[READERS].update({"_id": fact.reader_id}, {"$inc": {"loans": 1}, "$push": {"heard": fact.loan}}, upsert=True)
    tx[SHELF].remember(fact.copy_id, heard.sequence, {"lent_to": fact.reader_id, "loan": fact.loan})


class Library:
    """One test's own database, topic and group."""

    def __init__(self, mongo: Mongo, bootstrap: str) -> None:
        self.name = f"lending{uuid.uuid4().hex[:12]}"  # the servers may be shared with other runs of the same test
        self.topic = f"{self.name}-copies"
        self.mongo = mongo
        self.bootstrap = bootstrap
        self.lent: type[Lent] = make_dataclass(
            "LentHere", (), bases=(Lent,), namespace={"TOPIC": self.topic}, frozen=True
        )
        self.store = Store(mongo, pack, "/lending")
        self.producer = Producer(bootstrap, **IMPATIENT)
        self.loans: dict[str, int] = defaultdict(int)

    async def open(self, partitions: int = 4) -> None:
        await self.mongo.ensure(COLLECTIONS)
        topic = Topic(self.topic, partitions, timedelta(days=7), False, "copy id", "lending", ("lending",))
        await asyncio.to_thread(apply_topics, self.bootstrap, [topic, dead_letters_of(self.name)])

    async def close(self) -> None:
        await self.producer.close()
        await self.mongo.client.drop_database(self.mongo.database.name)
        self.mongo.close()
        await asyncio.to_thread(self._drop_topics)

    def _drop_topics(self) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.delete_topics([self.topic, dead_letter_topic(self.name)], raise_errors=False)
        admin.close()

    def fact(self, copy_id: str, loan: int, district_id: str = DISTRICT) -> Announced:
        fact: Announced = self.lent(district_id=district_id, copy_id=copy_id, reader_id=f"reader_{loan % 7}", loan=loan)
        return fact

    async def lend(self, copy_id: str, times: int = 1, trace: Trace | None = None) -> None:
        """An action: the copy's document is saved with its facts, in one transaction."""

        async def body(tx: Transaction) -> None:
            copy = await tx[COPIES].get(copy_id) or {"_id": copy_id, "version": 0}
            loans = [self.fact(copy_id, copy["version"] + place) for place in range(1, times + 1)]
            tx[COPIES].save(copy, loans)

        await self.store.transact(DISTRICT, trace or Trace(new_id("corr")), body)

    async def lend_many(self, copies: int, times: int) -> None:
        await asyncio.gather(*(self.lend(f"copy_{number}", times) for number in range(copies)))

    async def unsent(self) -> int:
        return await self.mongo.database[OUTBOX.name].count_documents({"sent_at": None})

    async def all_sent(self) -> bool:
        return await self.unsent() == 0

    def on_topic(self, topic: str | None = None) -> list[Incoming]:
        return [record for batch in read_to_end(self.bootstrap, [topic or self.topic]) for record in batch]

    async def records(self) -> list[Incoming]:
        return await asyncio.to_thread(self.on_topic)

    async def sequences(self) -> dict[str, list[int]]:
        """What stands on the topic: of each key the sequences in their order."""
        found: dict[str, list[int]] = defaultdict(list)
        for record in await self.records():
            found[(record.key or b"").decode()].append(int(dict(record.headers)["ce_sequence"]))
        return found

    async def letters(self) -> list[DeadLetter]:
        return await asyncio.to_thread(list_letters, self.bootstrap, dead_letter_topic(self.name))

    async def heard(self) -> Mapping[str, int]:
        """Reader -> how many loans were counted."""
        rows = await self.mongo.database[READERS.name].find().to_list(None)
        return {row["_id"]: row["loans"] for row in rows}

    async def heard_in_all(self) -> int:
        return sum((await self.heard()).values())

    async def heard_in_all_is(self, count: int) -> bool:
        return await self.heard_in_all() == count

    async def shelf(self) -> list[Document]:
        return await self.mongo.database[SHELF.name].find().sort("_id", 1).to_list(None)

    def record(self, copy_id: str, loan: int, **changes: Any) -> Outgoing:
        """A well-formed record, made without an outbox; `changes` of the envelope make it a bad one."""
        fields: dict[str, Any] = {
            "event_id": f"fact_{copy_id}_{loan}",
            "type": LENT,
            "source": "/lending",
            "key": copy_id,
            "sequence": loan,
            "time": now(),
            "district_id": DISTRICT,
            "trace": Trace("corr_test"),
            "data": pack(self.fact(copy_id, loan)),
        }
        envelope = Envelope(**fields | changes)
        return Outgoing(self.topic, copy_id.encode(), envelope.value(), envelope.headers())

    async def put(self, records: Sequence[Outgoing]) -> None:
        results = await self.producer.send_all(records)
        assert results == [None] * len(records)

    def consumer(self, handler: Handler = count_loan, **options: Any) -> Consumer:
        settings: dict[str, Any] = {
            "missing": QUICK,
            "unknown": QUICK,
            "session_timeout_ms": 6_000,
            "heartbeat_interval_ms": 300,
        }
        return Consumer(
            self.name,
            self.store,
            self.bootstrap,
            self.producer,
            {LENT: (self.lent, handler)},
            unpack=unpack,
            known={LENT, "lending.copy.returned.v1"},
            **settings | options,
        )

    def relay(self, **options: Any) -> Relay:
        return Relay(self.mongo, self.producer, **{"lease_seconds": 2.0, "poll_seconds": 0.1} | options)


@dataclass
class Running:
    """Something that runs beside the test; `stop` makes it finish in order."""

    task: "asyncio.Task[None]"
    signal: StopSignal = field(default_factory=StopSignal)

    async def stop(self) -> None:
        self.signal.set()
        await self.task


@asynccontextmanager
async def running(*parts: Consumer | Relay) -> AsyncIterator[list[Running]]:
    """Relays and consumers at work; at the end all are stopped, and what one of them raised is raised here."""
    started = []
    for part in parts:
        signal = StopSignal()
        started.append(Running(asyncio.create_task(part.run(signal)), signal))
    try:
        yield started
    finally:
        for one in started:
            one.signal.set()
        await asyncio.gather(*(one.task for one in started))


def refusing(reason: Callable[[], Refusal], when: Callable[[Any], bool]) -> Handler:
    """A handler that counts loans, but refuses some of them."""

    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        if when(fact):
            raise refuse(reason())
        await count_loan(tx, fact, heard)

    return handler

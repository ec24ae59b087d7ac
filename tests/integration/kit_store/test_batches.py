"""A batch: many events in one transaction, each done once, and what ends the transaction is laid at the right door."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pymongo.errors import PyMongoError

from deploy.local.mongo import Mongo as Mongod
from kit.clock import now
from kit.consumer import batch
from kit.consumer.batch import LONGEST, Attempt, transactions
from kit.consumer.heard import Event, Handler, Heard
from kit.envelope import Envelope, Trace
from kit.ids import new_id
from kit.inbox import INBOX, KEPT, already, inbox_id, note_done
from kit.mongo import Collection, Document, Mongo, Superseded
from kit.transaction import OUTBOX, Transaction
from tests.unit.kit_events.test_lanes import Record

SHELF = Collection("shelf", ("district_id", "_id"))
AT = now()


@dataclass
class Shop:
    """A database of its own, and transactions on it."""

    mongo: Mongo

    async def commit(self, attempt: Attempt) -> list[tuple[str, str]]:
        """The ids of what was settled, and how."""
        make = transactions(self.mongo.database, _packs_nothing, "/lending")
        return [(done.event.envelope.event_id, done.outcome) for done in await attempt.commit(self.mongo, make, AT)]

    async def rows(self, collection: Collection) -> list[Document]:
        return await self.mongo.database[collection.name].find().sort("_id", 1).to_list(None)


def _packs_nothing(fact: Any) -> dict[str, Any]:
    raise AssertionError(fact)


@pytest.fixture
async def shop(mongod: Mongod) -> AsyncIterator[Shop]:
    mongo = Mongo(mongod.admin_url, new_id("shop"))
    await mongo.ensure((SHELF, INBOX, OUTBOX))
    yield Shop(mongo)
    await mongo.client.drop_database(mongo.database.name)
    mongo.close()


async def shelve(tx: Transaction, fact: Any, heard: Heard) -> None:
    tx[SHELF].insert({"_id": f"{fact}:{new_id('row')}", "causation_id": tx.trace.causation_id})


def event(number: int, handler: Handler = shelve, district_id: str = "district_1", **trace: Any) -> Event:
    told = Trace(f"corr_{number}", "fact_order", **trace)
    envelope = Envelope(f"fact_{number}", "t.v1", "/s", "copy_1", number, AT, district_id, told, {})
    return Event(Record(number), envelope, f"loan_{number}", handler)


def attempt(*events: Event, **options: Any) -> Attempt:
    return Attempt("lending", events, **options)


async def test_a_batch_is_done_once_however_often_it_comes(shop: Shop) -> None:
    events = [event(1), event(2, district_id="district_2"), event(1)]
    assert await shop.commit(attempt(*events)) == [
        ("fact_1", "handled"), ("fact_2", "handled"), ("fact_1", "duplicate")
    ]  # fmt: skip
    assert await shop.commit(attempt(*events)) == [(done, "duplicate") for done in ("fact_1", "fact_2", "fact_1")]
    assert [row["district_id"] for row in await shop.rows(SHELF)] == ["district_1", "district_2"]
    assert [row["causation_id"] for row in await shop.rows(SHELF)] == ["fact_1", "fact_2"]


async def test_the_inbox_remembers_what_was_done_by_whom_and_why(shop: Shop) -> None:
    await shop.commit(attempt(event(1)))
    (row,) = await shop.rows(INBOX)
    assert row == {
        "_id": "lending:fact_1",
        "district_id": "district_1",
        "type": "t.v1",
        "key": "copy_1",
        "correlation_id": "corr_1",
        "causation_id": "fact_order",
        "done_at": AT,
    }


async def test_two_consumers_do_the_same_event_each_once(shop: Shop) -> None:
    await shop.commit(attempt(event(1)))
    assert await shop.commit(Attempt("returns", [event(1)])) == [("fact_1", "handled")]
    assert [row["_id"] for row in await shop.rows(INBOX)] == ["lending:fact_1", "returns:fact_1"]


async def test_the_inbox_is_asked_once_for_events_of_many_districts(shop: Shop) -> None:
    envelopes = [event(number, district_id=f"district_{number % 3}").envelope for number in range(300)]
    make = transactions(shop.mongo.database, _packs_nothing, "/lending")

    async def note(session: Any) -> set[str]:
        tx = make(session, AT)
        for envelope in envelopes[:200]:
            note_done(tx, "lending", envelope)
        await tx.flush()
        assert await already(tx, "lending", []) == set()
        await shop.mongo.database.command("profile", 2)
        return await already(tx, "lending", envelopes)

    assert await shop.mongo.transact(note) == {f"fact_{number}" for number in range(200)}
    await shop.mongo.database.command("profile", 0)
    of_inbox = {"op": {"$in": ["query", "getmore"]}, "ns": f"{shop.mongo.database.name}.{INBOX.name}"}
    [asked] = await shop.mongo.database["system.profile"].find(of_inbox).to_list(None)
    assert (asked["nreturned"], asked["command"]["projection"]) == (200, {"_id": 1})


async def test_the_inbox_forgets_later_than_any_topic(shop: Shop) -> None:
    indexes = await shop.mongo.database[INBOX.name].index_information()
    (kept,) = [index for index in indexes.values() if "expireAfterSeconds" in index]
    assert kept["expireAfterSeconds"] == KEPT.total_seconds() > 40 * 86_400
    assert inbox_id("lending", "fact_1") == "lending:fact_1"


async def test_what_was_refused_as_settled_is_only_noted(shop: Shop) -> None:
    assert await shop.commit(attempt(event(1), event(2), conflicts=frozenset({"fact_1"}))) == [
        ("fact_1", "settled"), ("fact_2", "handled")
    ]  # fmt: skip
    assert len(await shop.rows(SHELF)) == 1
    assert len(await shop.rows(INBOX)) == 2


async def _breaks(tx: Transaction, fact: Any, heard: Heard) -> None:
    raise KeyError(fact)


async def test_a_handler_that_breaks_is_the_culprit_and_nothing_of_the_batch_stays(shop: Shop) -> None:
    breaking = event(2, _breaks)
    tried = attempt(event(1), breaking, event(3))
    with pytest.raises(KeyError):
        await shop.commit(tried)
    assert tried.culprit is breaking
    assert await shop.rows(SHELF) == await shop.rows(INBOX) == []


@pytest.mark.parametrize("error", [PyMongoError("not ours"), Superseded("shelf")])
async def test_the_store_may_complain_of_an_earlier_event_so_nobody_is_the_culprit(
    shop: Shop, error: Exception
) -> None:
    async def complains(tx: Transaction, fact: Any, heard: Heard) -> None:
        raise error

    tried = attempt(event(1), event(2, complains))
    with pytest.raises(Exception):  # noqa: B017 - the store's door may give it another name
        await shop.commit(tried)
    assert tried.culprit is None


async def test_a_batch_that_takes_long_commits_what_it_has(shop: Shop) -> None:
    async def slow(tx: Transaction, fact: Any, heard: Heard) -> None:
        began = time.perf_counter()
        while time.perf_counter() - began <= LONGEST:
            await asyncio.to_thread(time.monotonic)
        await shelve(tx, fact, heard)

    tried = attempt(event(1, slow), event(2), event(3))
    settled = await tried.commit(shop.mongo, transactions(shop.mongo.database, _packs_nothing, "/lending"), AT)
    assert [done.event.envelope.event_id for done in settled] == ["fact_1"]
    assert LONGEST * 1000 <= settled[0].took_ms < 60_000
    assert [row["_id"] for row in await shop.rows(INBOX)] == ["lending:fact_1"]


TRACEPARENT = f"00-{'1' * 32}-{'2' * 16}"


@pytest.mark.parametrize("traceparent", [None, f"{TRACEPARENT}-00", f"{TRACEPARENT}-01"])
async def test_a_handler_works_under_the_trace_of_what_it_heard(shop: Shop, traceparent: str | None) -> None:
    traces: list[Trace] = []

    async def look(tx: Transaction, fact: Any, heard: Heard) -> None:
        traces.append(tx.trace)

    await shop.commit(attempt(event(1, look, traceparent=traceparent)))
    (seen,) = traces
    assert (seen.correlation_id, seen.causation_id) == ("corr_1", "fact_1")
    if traceparent is None or traceparent.endswith("-00"):
        assert seen.traceparent == traceparent
    else:
        assert seen.traceparent is not None
        assert seen.traceparent.split("-")[1] == "1" * 32


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Where the consumer's spans end up; a tracer of this test's own, as a provider can be set only once a process."""
    told, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(told))
    monkeypatch.setattr(batch, "_TRACER", provider.get_tracer("kit.consumer"))
    return told


async def test_a_sampled_event_is_a_span_below_the_one_that_announced_it(
    shop: Shop, spans: InMemorySpanExporter
) -> None:
    traces: list[str | None] = []

    async def look(tx: Transaction, fact: Any, heard: Heard) -> None:
        traces.append(tx.trace.traceparent)

    await shop.commit(attempt(event(1, look, traceparent=f"{TRACEPARENT}-01"), event(2, look)))
    (span,) = spans.get_finished_spans()
    assert span.context is not None
    assert span.parent is not None
    assert (span.name, span.kind.name) == ("consume t.v1", "CONSUMER")
    assert dict(span.attributes or {}) == {"messaging.system": "kafka", "messaging.destination.name": "lending-copies"}
    assert (format(span.context.trace_id, "032x"), format(span.parent.span_id, "016x")) == ("1" * 32, "2" * 16)
    assert traces == [f"00-{'1' * 32}-{span.context.span_id:016x}-01", None]

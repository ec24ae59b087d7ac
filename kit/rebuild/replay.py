"""The replay: topics are read from their beginning, and the same handlers fill the shadow of a view."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.bus import Incoming, Place, committed_offsets, read_to_end
from kit.clock import now
from kit.consumer import Subscriptions, Unpack
from kit.consumer.batch import Attempt, MakeTransaction, transactions
from kit.consumer.heard import Event, Passed, Reader, Unreadable
from kit.edge import Store
from kit.inbox import INBOX, inbox_id
from kit.mongo import Collection as MongoCollection
from kit.naming import collections_of
from kit.rebuild.shadow import PREFIX, fresh_shadow
from kit.refusals import Consumed, Refusals

Progress = Callable[[int], None]


@dataclass(slots=True)
class RebuildReport:
    """What was read and what became of it: `outcomes` by the consumer's words, `refused` by reason."""

    topics: tuple[str, ...]
    records: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


async def rebuild(
    store: Store,
    bootstrap: str,
    consumer: str,
    subscriptions: Subscriptions,
    collections: Sequence[MongoCollection],
    *,
    unpack: Unpack,
    known: Collection[str],
    progress: Progress | None = None,
) -> RebuildReport:
    """Make `collections` anew, beside the live ones, from the facts that the group `consumer` has heard so far.

    `subscriptions` holds the handlers that feed them. The shadow then stands where the live view stands: facts beyond
    the group's offsets count only if the live inbox says that they are done. `progress` hears the records read so far.
    Events that are refused as missing are tried again after all others; what stays refused is reported, not kept.
    Raises: KafkaError, PyMongoError.
    """
    topics = tuple(sorted({cls.TOPIC for cls, _ in subscriptions.values()}))
    replay = _Replay(store, consumer, Reader(subscriptions, unpack, known), RebuildReport(topics))
    await fresh_shadow(store.mongo, collections)
    replay.reached = await asyncio.to_thread(committed_offsets, bootstrap, consumer, topics)
    async for records in _batches(bootstrap, topics):
        await replay.read(records)
        if progress:
            progress(replay.report.records)
    await replay.try_again()
    return replay.report


async def _batches(bootstrap: str, topics: Sequence[str]) -> AsyncIterator[list[Incoming]]:
    reading = read_to_end(bootstrap, topics)
    while (records := await asyncio.to_thread(next, reading, None)) is not None:
        yield records


class _Replay:
    def __init__(self, store: Store, consumer: str, reader: Reader, report: RebuildReport) -> None:
        self.report = report
        self.reached: Mapping[Place, int] = {}
        self._store, self._consumer, self._reader = store, consumer, reader
        shadow = collections_of(store.mongo.database, PREFIX)
        self._make: MakeTransaction = transactions(shadow, store.pack, store.source)
        self._waiting: list[Event] = []  # refused as missing: what they need may come later

    async def read(self, records: Sequence[Incoming]) -> None:
        self.report.records += len(records)
        events = []
        for item in map(self._reader.read, records):
            if isinstance(item, Passed):
                self.report.outcomes[item.outcome] += 1
            elif isinstance(item, Unreadable):
                self.report.refused[item.reason] += 1
            else:
                events.append(item)
        await self._handle(await self._done_live(events))

    async def try_again(self) -> None:
        """The waiting events once more, as long as that helps; then they count as refused."""
        before = -1
        while self._waiting and len(self._waiting) != before:
            waiting, self._waiting = self._waiting, []
            before = len(waiting)
            await self._handle(waiting)
        if self._waiting:
            self.report.refused["missing"] += len(self._waiting)

    async def _done_live(self, events: Sequence[Event]) -> list[Event]:
        ahead = {event.envelope.event_id for event in events if self._is_ahead(event.record)}
        ids = [inbox_id(self._consumer, event_id) for event_id in ahead]
        rows: list[dict[str, Any]] = []
        if ids:
            rows = await self._store.mongo.database[INBOX.name].find({"_id": {"$in": ids}}, {"_id": 1}).to_list(None)
        done = {row["_id"].partition(":")[2] for row in rows}
        kept = [event for event in events if event.envelope.event_id not in ahead - done]
        if len(kept) < len(events):
            self.report.outcomes["not heard yet"] += len(events) - len(kept)
        return kept

    def _is_ahead(self, record: Incoming) -> bool:
        return record.offset >= self.reached.get((record.topic, record.partition), 0)

    async def _handle(self, events: Sequence[Event]) -> None:
        """Handle in order, in as few transactions as refusals allow."""
        rest = list(events)
        while rest:
            attempt = Attempt(self._consumer, rest)
            try:
                settled = await attempt.commit(self._store.mongo, self._make, now())
            except Refusals as refusals:
                if attempt.culprit is None:
                    raise
                at = rest.index(attempt.culprit)
                await self._handle(rest[:at])
                self._refuse(rest[at], refusals)
                rest = rest[at + 1 :]
            else:
                self._count(done.outcome for done in settled)
                rest = rest[len(settled) :]

    def _refuse(self, event: Event, refusals: Refusals) -> None:
        consumed = refusals.kind.consumed
        if consumed is Consumed.RETRY:
            self._waiting.append(event)
        elif consumed is Consumed.SETTLED:
            self._count(["settled"])
        else:
            self.report.refused.update(refusals.codes)

    def _count(self, outcomes: Iterable[str]) -> None:
        self.report.outcomes.update(outcomes)

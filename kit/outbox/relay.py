"""The relay: reads what was not sent, sends it, and marks it sent once the broker has it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from prometheus_client import Counter, Gauge
from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from kit.bus import Producer
from kit.clock import now
from kit.crash_points import crash_point
from kit.leases import LeaseLost, Leases
from kit.mongo import Document, Mongo, Session
from kit.outbox.archive import outgoing_of
from kit.outbox.watch import Watch
from kit.refusals import Refusals
from kit.signals import StopSignal
from kit.transaction import OUTBOX, SLOTS

SENT = Counter("outbox_sent_total", "Facts that the broker acknowledged.", ["topic"])
FAILED = Counter("outbox_send_failures_total", "Facts not sent this time; they are tried again.", ["reason"])
UNSENT = Gauge("outbox_unsent_rows", "Facts that wait in the slots of this worker (counted up to a bound).")
OLDEST = Gauge("outbox_oldest_seconds", "How long the oldest of them has waited.")

LANES = 2
"""Windows on their way at once: while one waits for the broker, the other one reads or marks."""
WINDOW = 1_000
_MARKED_ASIDE = 200
_COUNTED = 50_000
_MEASURED_EVERY = 5.0  # seconds
_TENDED = 5  # times while a lease lasts
_ORDER = [("slot", ASCENDING), ("key", ASCENDING), ("sequence", ASCENDING)]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unsent facts. Beyond a bound both numbers say "at least"."""

    rows: int
    oldest_seconds: float


@dataclass(slots=True)
class _Lane:
    """One of the relay's lanes: every `LANES`-th slot, so that a key stays in its lane."""

    number: int
    start: int = 0
    to_mark: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What the broker has and the store does not know yet: row id -> slot and token."""
    marking: "asyncio.Task[None] | None" = None


class Relay:
    """Sends the facts in the slots that this worker holds on lease. Polling is the truth; a watch only shortens it."""

    def __init__(
        self, mongo: Mongo, producer: Producer, *, lease_seconds: float = 15.0, poll_seconds: float = 0.5
    ) -> None:
        self.leases = Leases(mongo, "outbox", SLOTS, lease_seconds)
        self._mongo = mongo
        self._producer = producer
        self._poll_seconds = poll_seconds
        self._watch = Watch(mongo, OUTBOX.name)
        self._resting: dict[str, float] = {}  # keys that could not be sent, and until when they are left alone

    async def run(self, stop: StopSignal) -> None:
        """Relay until `stop`; then finish what is on its way and hand the slots back."""
        try:
            async with asyncio.TaskGroup() as parts:
                for part in (self._tend, self._watch.run, self._measure):
                    parts.create_task(part(stop))
                for number in range(LANES):
                    parts.create_task(self._serve(_Lane(number), stop))
        finally:
            await self._hand_back()

    async def _serve(self, lane: "_Lane", stop: StopSignal) -> None:
        while not stop.is_set or lane.marking:
            try:
                await self._marked(lane, all_of_it=stop.is_set)
                if not stop.is_set:
                    await self._round(lane)
            except LeaseLost as lost:
                log.warning("outbox_lease_lost", reason=str(lost))
            except (PyMongoError, Refusals) as error:
                _tell_away(error)
                await stop.pause(self._poll_seconds)

    async def _marked(self, lane: "_Lane", *, all_of_it: bool) -> None:
        """Hear of marking that has ended (it may have failed), or wait for it where there is too much to mark."""
        if lane.marking and (all_of_it or lane.marking.done() or len(lane.to_mark) > _MARKED_ASIDE):
            marking, lane.marking = lane.marking, None
            await marking
        if lane.to_mark and lane.marking is None:
            lane.marking = asyncio.create_task(self._mark(lane))

    async def _round(self, lane: "_Lane") -> None:
        """Send one window. Its marking goes on while the next one is read."""
        slots = {slot: token for slot, token in self.leases.held().items() if slot % LANES == lane.number}
        rows = await self._window(lane, slots)
        if rows:
            await self._relay(lane, rows, slots)
        elif not lane.start:
            await self._watch.changed(lane.number, self._poll_seconds)
        # A full window ends within a slot: the others come first now, so that none waits for ever.
        lane.start = (rows[-1]["slot"] + 1) % SLOTS if len(rows) == WINDOW else 0

    async def _window(self, lane: "_Lane", slots: Mapping[int, int]) -> list[Document]:
        """Unsent rows in the order of their keys' sequences: what a cut at the end leaves behind is always later."""
        waiting: Document = {"slot": {"$in": [slot for slot in slots if slot >= lane.start]}, "sent_at": None}
        if not waiting["slot"]["$in"]:
            return []
        moment = time.monotonic()
        self._resting = {key: until for key, until in self._resting.items() if until > moment}
        if self._resting:
            waiting["key"] = {"$nin": list(self._resting)}
        if lane.to_mark:
            waiting["_id"] = {"$nin": list(lane.to_mark)}
        found = self._mongo.database[OUTBOX.name].find(waiting, batch_size=WINDOW, limit=WINDOW)
        return await found.sort(_ORDER).to_list(None)

    async def _relay(self, lane: "_Lane", rows: Sequence[Document], slots: Mapping[int, int]) -> None:
        records = [outgoing_of(row) for row in rows]
        parts = {row["slot"]: slots[row["slot"]] for row in rows}
        crash_point("relay.read")
        held = self.leases.held()
        if any(held.get(slot) != token for slot, token in parts.items()):
            raise LeaseLost("the lease ran out before sending")
        with self.leases.using(list(parts)):
            results = await self._producer.send_all(records)
        crash_point("relay.acknowledged")
        for row in self._sent(rows, results):
            lane.to_mark[row["_id"]] = (row["slot"], slots[row["slot"]])
            SENT.labels(row["topic"]).inc()

    def _sent(self, rows: Sequence[Document], results: Sequence[Exception | None]) -> list[Document]:
        """The rows that may be marked: of each key those before its first failure, whatever became of later ones."""
        failed: dict[str, Exception] = {}
        sent = []
        for row, result in zip(rows, results, strict=True):
            if result is not None:
                FAILED.labels(type(result).__name__).inc()
                failed.setdefault(row["key"], result)
            if row["key"] not in failed:
                sent.append(row)
        if failed:
            self._rest(failed)
        return sent

    def _rest(self, failed: Mapping[str, Exception]) -> None:
        """Leave these keys alone for a moment, so that others get their turn."""
        until = time.monotonic() + self._poll_seconds
        self._resting |= dict.fromkeys(failed, until)
        errors = sorted({type(error).__name__ for error in failed.values()})
        log.warning("facts_not_sent", keys=len(failed), errors=errors, example=next(iter(failed)))

    async def _mark(self, lane: "_Lane") -> None:
        """Mark as sent what the broker has, if the slots are still ours. Raises: LeaseLost, PyMongoError, Refusals."""
        while lane.to_mark:
            marked = dict(lane.to_mark)
            try:
                with self.leases.using({slot for slot, _ in marked.values()}):
                    await self._mongo.transact(partial(self._mark_once, marked))
            except LeaseLost:
                lane.to_mark.clear()  # they stay unsent, and are sent once more by whoever holds the slots now
                raise
            crash_point("relay.marked")
            for row_id in marked:
                del lane.to_mark[row_id]

    async def _mark_once(self, marked: Mapping[str, tuple[int, int]], session: Session) -> None:
        await self.leases.guard(session, dict(marked.values()))
        await self._mongo.database[OUTBOX.name].update_many(
            {"_id": {"$in": list(marked)}, "sent_at": None}, {"$set": {"sent_at": now()}}, session=session
        )

    async def _tend(self, stop: StopSignal) -> None:
        while not stop.is_set:
            before = set(self.leases.held())
            try:
                await self.leases.tend()
            except PyMongoError as error:
                log.warning("outbox_leases_unreachable", error=type(error).__name__)
            if set(self.leases.held()) - before:
                self._watch.notify()  # whatever waits in the new slots need not wait for the next poll
            await stop.pause(self.leases.seconds / _TENDED)

    async def _measure(self, stop: StopSignal) -> None:
        while await stop.pause(_MEASURED_EVERY):
            try:
                await self.measure()
            except PyMongoError as error:
                _tell_away(error)

    async def measure(self) -> "Waiting":
        """How much waits in the slots of this worker, and how long; sets the two gauges."""
        waiting: list[dict[str, Any]] = [
            {"$match": {"slot": {"$in": list(self.leases.held())}, "sent_at": None}},
            {"$limit": _COUNTED},
            {"$group": {"_id": None, "rows": {"$sum": 1}, "oldest": {"$min": "$created_at"}}},
        ]
        found = await self._mongo.database[OUTBOX.name].aggregate(waiting).to_list(None)
        age = (now() - found[0]["oldest"]).total_seconds() if found else 0.0
        measured = Waiting(found[0]["rows"] if found else 0, max(0.0, age))
        UNSENT.set(measured.rows)
        OLDEST.set(measured.oldest_seconds)
        return measured

    def wake(self) -> None:
        """Look for unsent facts now."""
        self._watch.notify()

    async def _hand_back(self) -> None:
        try:
            await self.leases.hand_back()
        except PyMongoError as error:  # then they run out by themselves
            log.warning("outbox_leases_not_handed_back", error=type(error).__name__)


def _tell_away(error: Exception) -> None:
    log.warning("outbox_store_unreachable", error=type(error).__name__)

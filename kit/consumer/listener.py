"""The listener: takes records from the bus, has them handled in batches, and decides about each that fails."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog

from kit.bus import ConsumerThread, Delivery, Outgoing, Place, Position, Producer
from kit.clock import now
from kit.consumer.batch import Attempt, Settled, transactions
from kit.consumer.heard import Event, Passed, Reader, Subscriptions, Unpack, Unreadable
from kit.consumer.lanes import Lane, Patience
from kit.consumer.telling import count_outcome, tell_dead_letter, tell_failure, tell_positions, tell_settled
from kit.crash_points import crash_point
from kit.dead_letters import letter_for
from kit.edge import Store
from kit.mongo import StoreBusy
from kit.refusals import Consumed, Kind, Refusal, Refusals
from kit.signals import StopSignal

MOST_RECORDS = 500
MISSING = Patience(attempts=8)
BUSY = Patience(attempts=16)
"""Longer than a store keeps the transaction of a process that died (60 s where nobody set it): its locks go with it."""
UNKNOWN = Patience(attempts=4)
PAUSED = Patience(attempts=0, longest_seconds=15.0)
_IDLE_SECONDS = 0.5

log = structlog.get_logger()


class TooManyDeadLetters(Exception):
    """So many events in a row failed in unknown ways that the fault is rather ours than theirs: a bad deploy."""


class Consumer:
    """One member of the group `name`. Every event is done once, or put aside; nothing is skipped in silence."""

    def __init__(
        self,
        name: str,
        store: Store,
        bootstrap: str,
        producer: Producer,
        subscriptions: Subscriptions,
        *,
        unpack: Unpack,
        known: Collection[str],
        missing: Patience = MISSING,
        busy: Patience = BUSY,
        unknown: Patience = UNKNOWN,
        most_strikes: int = 10,
        **settings: Any,
    ) -> None:
        self.name = name
        self.topics = sorted({cls.TOPIC for cls, _ in subscriptions.values()})
        self.thread = ConsumerThread(bootstrap, name, self.topics, **settings)
        self._store = store
        self._producer = producer
        self._reader = Reader(subscriptions, unpack, known)
        self._make = transactions(store.mongo.database, store.pack, store.source)
        self._missing, self._busy, self._unknown = missing, busy, unknown
        self._lanes: dict[Place, Lane] = {}
        self._conflicts: set[str] = set()  # events whose handler was refused as settled: only to be noted as done
        self._one_by_one = 0  # how many events are still to be tried alone, to find the one at fault
        self._strikes, self._most_strikes = 0, most_strikes

    async def run(self, stop: StopSignal) -> None:
        """Consume until `stop`; then finish the batch, commit its offsets and leave the group.

        Raises: TooManyDeadLetters.
        """
        self.thread.start()
        waking = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set:
                for delivery in await self._arrivals():
                    self._receive(delivery)
                await self._work()
                tell_positions(self.thread.positions())
        finally:
            waking.cancel()
            await self.thread.stop()

    async def _wake_at(self, stop: StopSignal) -> None:
        await stop.wait()
        self.thread.wake()

    def positions(self) -> Mapping[Place, Position]:
        """Where each of its partitions stands; one that is held back on purpose counts as moving."""
        return {
            place: position
            for place, position in self.thread.positions().items()
            if not (place in self._lanes and self._lanes[place].held)
        }

    async def _arrivals(self) -> list[Delivery]:
        """More to do, unless there is enough: what is not taken holds the thread back, and so bounds the memory."""
        lanes = self._lanes.values()
        room = MOST_RECORDS - sum(len(lane.items) for lane in lanes if not lane.held)
        if room <= 0:
            return []
        wait = 0.05 if any(lane.held for lane in lanes) else _IDLE_SECONDS
        return await self.thread.take(room, 0.0 if any(lane.is_ready() for lane in lanes) else wait)

    def _receive(self, delivery: Delivery) -> None:
        lane = self._lanes.get(delivery.place)
        if lane is None or lane.assignment != delivery.assignment:
            first = delivery.records[0].offset
            lane = self._lanes[delivery.place] = Lane(delivery.place, delivery.assignment, first, first)
        for record in delivery.records:
            item = self._reader.read(record)
            if isinstance(item, Passed):
                count_outcome(self.name, item.outcome)
            else:
                lane.items.append(item)
        lane.end = delivery.records[-1].offset + 1

    async def _work(self) -> None:
        """One round: what is ready is done, put aside or held back; offsets move up to the first thing not done."""
        for place, lane in list(self._lanes.items()):
            if not self.thread.owns(place, lane.assignment):
                del self._lanes[place]  # whoever owns it now reads it again
        ready = [lane for lane in self._lanes.values() if lane.is_ready()]
        for lane in ready:
            if unreadable := lane.unreadable():
                await self._bury_unreadable(lane, unreadable)
        events = [event for lane in ready if lane.is_ready() for event in lane.events()]
        if events:
            await self._attempt(events[:1] if self._one_by_one else events[:MOST_RECORDS])
        self._commit_offsets()

    def _commit_offsets(self) -> None:
        moved = {}
        for place, lane in self._lanes.items():
            if lane.done_before > lane.next_offset:
                moved[place] = lane.next_offset = lane.done_before
            if not lane.held:
                self.thread.release(place)
        self.thread.done(moved)

    async def _attempt(self, events: Sequence[Event]) -> None:
        self._one_by_one = max(0, self._one_by_one - 1)
        attempt = Attempt(self.name, events, frozenset(self._conflicts))
        crash_point("consumer.received")
        try:
            settled = await attempt.commit(self._store.mongo, self._make, now())
        except Exception as error:  # every failure of a handler or of the store ends in a decision about an event
            await self._failed(attempt, error)
        else:
            crash_point("consumer.done")
            self._settle(settled)

    def _settle(self, settled: Iterable[Settled]) -> None:
        for done in settled:
            self._lane_of(done.event).advance(1)
            self._conflicts.discard(done.event.envelope.event_id)
            self._strikes = 0
            tell_settled(self.name, done)

    async def _failed(self, attempt: Attempt, error: Exception) -> None:
        culprit = attempt.culprit
        if culprit is None and _consumed(error) is Consumed.PAUSE:
            log.warning("batch_postponed", consumer=self.name, error=_named(error), events=len(attempt.events))
            for lane in {id(lane): lane for lane in map(self._lane_of, attempt.events)}.values():
                self._pause(lane)
        elif culprit is None and len(attempt.events) > 1:
            self._one_by_one = len(attempt.events)
        else:
            culprit = culprit or attempt.events[0]
            before = attempt.events[: attempt.events.index(culprit)]
            if before:
                await self._attempt(before)
            if self._lane_of(culprit).items[0] is culprit:
                await self._judge(culprit, error)

    async def _judge(self, event: Event, error: Exception) -> None:
        """The table of `kit.refusals`: what a consumer does about each kind of failure."""
        lane, consumed = self._lane_of(event), _consumed(error)
        if consumed is Consumed.SETTLED:
            self._conflicts.add(event.envelope.event_id)
        elif consumed is Consumed.PAUSE:
            self._pause(lane)
            self._postponed(lane, event, error)
        elif consumed is Consumed.DEAD_LETTER:
            await self._bury(lane, event, "refused", error)
        elif consumed is Consumed.RETRY:
            patience, reason = (self._busy, "store-busy") if _is_busy(error) else (self._missing, "missing")
            await self._try_again(lane, event, error, patience, reason)
        else:
            tell_failure(self.name, event.envelope, error)
            await self._try_again(lane, event, error, self._unknown, "unknown-error")

    async def _try_again(self, lane: Lane, event: Event, error: Exception, patience: Patience, reason: str) -> None:
        if lane.attempts + 1 < patience.attempts:
            lane.hold_back(patience)
            self.thread.hold(lane.place)
            self._postponed(lane, event, error)
        elif await self._bury(lane, event, reason, error) and reason == "unknown-error":
            self._strikes += 1
            if self._strikes >= self._most_strikes:
                raise TooManyDeadLetters(f"{self.name}: {self._strikes} events in a row, the last with {_named(error)}")

    def _pause(self, lane: Lane) -> None:
        lane.pause(PAUSED)
        self.thread.hold(lane.place)

    def _postponed(self, lane: Lane, event: Event, error: Exception) -> None:
        count_outcome(self.name, "retried")
        log.info(
            "event_postponed",
            consumer=self.name,
            type=event.envelope.type,
            error=_named(error),
            event_id=event.envelope.event_id,
            attempts=lane.attempts,
        )

    async def _bury(self, lane: Lane, event: Event, reason: str, error: Exception) -> bool:
        attempts = lane.attempts + 1
        detail = _named(error)
        letter = letter_for(self.name, event.record, reason=reason, detail=detail, attempts=attempts, at=now())
        if await self._put_aside(lane, [letter]):
            tell_dead_letter(self.name, event.record, reason, detail, event.envelope)
            return True
        return False

    async def _bury_unreadable(self, lane: Lane, unreadable: Sequence[Unreadable]) -> None:
        letters = [
            letter_for(self.name, item.record, reason=item.reason, detail=item.detail, attempts=1, at=now())
            for item in unreadable
        ]
        if await self._put_aside(lane, letters):
            for item in unreadable:
                tell_dead_letter(self.name, item.record, item.reason, item.detail)

    async def _put_aside(self, lane: Lane, letters: Sequence[Outgoing]) -> bool:
        """Move the lane's first items to the dead letters; where the broker has not got them all, try again later."""
        results = await self._producer.send_all(letters)
        crash_point("consumer.put_aside")
        if all(result is None for result in results):
            lane.advance(len(letters))
            return True
        errors = sorted({type(result).__name__ for result in results if result is not None})
        log.warning("dead_letters_postponed", consumer=self.name, errors=errors, letters=len(letters))
        self._pause(lane)
        return False

    def _lane_of(self, event: Event) -> Lane:
        return self._lanes[event.record.topic, event.record.partition]


def _consumed(error: Exception) -> Consumed | None:
    if _is_busy(error):  # the store is there, but these events never get through: not a reason to wait for ever
        return Consumed.RETRY
    kind: Kind | None = error.kind if isinstance(error, (Refusal, Refusals)) else None
    return kind.consumed if kind else None


def _is_busy(error: Exception) -> bool:
    return isinstance(error, Refusals) and any(isinstance(reason, StoreBusy) for reason in error.reasons)


def _named(error: Exception) -> str:
    """The exception's type and the refusals' codes: neither holds anything of the payload."""
    codes = sorted(error.codes) if isinstance(error, Refusals) else [error.code] if isinstance(error, Refusal) else []
    return " ".join([type(error).__name__, *codes])

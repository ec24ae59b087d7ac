"""The consumer: a thread polls, the event loop works, and a bounded queue between them holds the thread back."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import MemberState, OffsetAndMetadata, TopicPartition

from kit.bus.opening import opened
from kit.bus.records import Incoming, Place
from kit.bus.safety import CONSUMER
from kit.crash_points import crash_point

_COMMIT_EVERY = 0.2  # seconds; a redelivery after a crash is absorbed by the inbox, so commits may be rare
_LOOK_EVERY = 5.0  # seconds between two looks at the ends of the partitions
_CLOSE_MS = 5_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Records of one partition in order, and the assignment under which they came: a later one makes them stale."""

    place: Place
    assignment: int
    records: Sequence[Incoming]


@dataclass(frozen=True, slots=True)
class Position:
    """How far a partition is done (`next_offset`), where it ends, since when (monotonic seconds) it stands there."""

    next_offset: int
    end: int
    since: float

    @property
    def lag(self) -> int:
        return max(0, self.end - self.next_offset)


class ConsumerThread:
    """One member of a group. All calls to the client are made by its thread; the loop only leaves requests."""

    def __init__(
        self,
        bootstrap: str,
        group: str,
        topics: Sequence[str],
        *,
        most_waiting: int = 2_000,
        poll_ms: int = 100,
        **settings: Any,
    ) -> None:
        self.settings = CONSUMER | settings | {"bootstrap_servers": bootstrap.split(","), "group_id": group}
        self.started = self.joined = False
        self.polled_at = time.monotonic()
        self._topics = list(topics)
        self._most_waiting = most_waiting
        self._poll_ms = poll_ms
        self._lock = threading.Lock()
        self._waiting: deque[Delivery] = deque()
        self._waiting_records = 0
        self._assignments: dict[Place, int] = {}
        self.times_assigned = 0
        self._next_look = 0.0
        self._held: frozenset[Place] | set[Place] = frozenset()
        self._to_commit: dict[Place, int] = {}
        self._positions: dict[Place, Position] = {}
        self._stopping = threading.Event()
        self._asked = threading.Event()
        self._arrived = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._live, name=f"kafka-listen-{group}", daemon=True)

    # What the event loop calls

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.started, self.polled_at = True, time.monotonic()
        self._thread.start()

    async def stop(self) -> None:
        """Commit what is done, leave the group, and end the thread."""
        self._stopping.set()
        self._asked.set()
        await asyncio.to_thread(self._thread.join)

    async def take(self, most_records: int, seconds: float) -> list[Delivery]:
        """What has arrived, up to about `most_records`; waits for up to `seconds` if there is nothing."""
        if not self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._arrived.wait()
        with self._lock:
            self._arrived.clear()
            taken = self._take(most_records)
            self._waiting_records -= sum(len(delivery.records) for delivery in taken)
        self._asked.set()
        return taken

    def wake(self) -> None:
        """End a `take` that is waiting."""
        self._arrived.set()

    def owns(self, place: Place, assignment: int) -> bool:
        """Whether `place` is still this member's, under that same assignment."""
        return self._assignments.get(place) == assignment

    def done(self, offsets: Mapping[Place, int]) -> None:
        """Everything before these offsets is done; they are committed soon (or not at all, if the place was lost)."""
        now = time.monotonic()
        with self._lock:
            for place, offset in offsets.items():
                if place in self._assignments:
                    self._to_commit[place] = offset
                    end = self._positions[place].end if place in self._positions else offset
                    self._positions[place] = Position(offset, max(end, offset), now)

    def hold(self, place: Place) -> None:
        """Fetch nothing more from `place` until `release`; the others go on."""
        self._held = self._held | {place}  # a new set: the thread may be reading the old one
        self._asked.set()

    def release(self, place: Place) -> None:
        if place in self._held:
            self._held = self._held - {place}
            self._asked.set()

    def positions(self) -> Mapping[Place, Position]:
        """Where each partition of this member stands."""
        with self._lock:
            return dict(self._positions)

    @property
    def waiting_records(self) -> int:
        """How many records wait for the loop: at most `most_waiting` and one poll."""
        return self._waiting_records

    # What the thread does

    def _live(self) -> None:
        while not self._stopping.is_set():
            client = None
            try:
                client = opened(KafkaConsumer, self.settings)
                client.subscribe(self._topics, listener=_Listener(self._assigned, self._revoked))
                self._serve(client)
            except Exception as error:  # whatever it was, the partitions must be read again: a fresh client, a pause
                self.polled_at = time.monotonic()
                log.warning("kafka_consumer_lost", group=self.settings["group_id"], error=type(error).__name__)
                self._stopping.wait(1)
            finally:
                self._close(client)

    def _serve(self, client: Any) -> None:
        next_commit = 0.0
        while not self._stopping.is_set():
            now = time.monotonic()
            if now >= next_commit and self._to_commit:
                self._commit(client)
                next_commit = now + _COMMIT_EVERY
            if now >= self._next_look:
                self._next_look = now + _LOOK_EVERY
                self._look(client)
            self._poll(client)

    def _poll(self, client: Any) -> None:
        """One poll. With the queue full nothing is fetched, but the group hears from us all the same."""
        self._asked.clear()
        self.polled_at = time.monotonic()
        full = self._waiting_records >= self._most_waiting
        assigned = client.assignment()
        _keep_joining(client)
        self._set_flow(client, assigned, assigned if full else self._held & assigned)
        arrived = client.poll(0 if full else self._poll_ms)
        if arrived:
            self._hand_over(arrived)
        elif full:
            self._asked.wait(self._poll_ms / 1000)

    def _set_flow(self, client: Any, assigned: Collection[TopicPartition], still: Iterable[Place]) -> None:
        paused, still = client.paused(), set(still)
        with suppress(KeyError):  # revoked this very moment
            for place in assigned:
                if place in still and place not in paused:
                    client.pause(place)
                elif place in paused and place not in still:
                    client.resume(place)

    def _hand_over(self, arrived: Mapping[TopicPartition, Sequence[Incoming]]) -> None:
        with self._lock:
            for place, records in arrived.items():
                assignment = self._assignments.get(place)
                if assignment is not None:
                    first, last = records[0].offset, records[-1].offset
                    self._positions.setdefault(place, Position(first, last + 1, time.monotonic()))
                    self._waiting.append(Delivery(place, assignment, records))
                    self._waiting_records += len(records)
        self._tell_loop()

    def _take(self, most_records: int) -> list[Delivery]:
        taken: list[Delivery] = []
        while self._waiting and most_records > 0:
            taken.append(self._waiting.popleft())
            most_records -= len(taken[-1].records)
        if self._waiting:
            self._arrived.set()
        return taken

    def _commit(self, client: Any) -> None:
        with self._lock:
            due, self._to_commit = self._to_commit, {}
        offsets = {TopicPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in due.items()}
        crash_point("consumer.before_offsets")
        client.commit_async(offsets, callback=self._committed)

    def _committed(self, offsets: Mapping[Place, OffsetAndMetadata], answer: Any) -> None:
        """A commit may fail while the group is rebalancing; it is asked again for what is still ours."""
        if not isinstance(answer, Exception):
            return
        log.info("offset_commit_postponed", group=self.settings["group_id"], error=type(answer).__name__)
        with self._lock:
            for place, kept in offsets.items():
                if place in self._assignments:
                    self._to_commit.setdefault(place, kept.offset)

    def _look(self, client: Any) -> None:
        """Ask the broker where the partitions end: a fetch that stalls would not tell."""
        assigned = client.assignment()
        ends = client.end_offsets(assigned, timeout_ms=_CLOSE_MS) if assigned else {}
        for place, end in ends.items():
            with suppress(KafkaError, KeyError):
                start = 0 if place in self._positions else client.position(place, timeout_ms=_CLOSE_MS) or 0
                self._note_end(place, start, end)

    def _note_end(self, place: Place, start: int, end: int) -> None:
        with self._lock:
            known = self._positions.get(place)
            if known is None or known.lag == 0:  # what stands at its end has waited for nothing until now
                known = Position(known.next_offset if known else start, end, time.monotonic())
            self._positions[place] = Position(known.next_offset, max(end, known.next_offset), known.since)

    def _assigned(self, places: Iterable[Place]) -> None:
        with self._lock:
            self.joined = True
            self.times_assigned += 1
            self._next_look = 0.0
            self._assignments |= dict.fromkeys(places, self.times_assigned)
        log.info("partitions_assigned", group=self.settings["group_id"], partitions=_named(places))

    def _revoked(self, places: Iterable[Place]) -> None:
        """Forget all that is not ours any more; whoever has it now reads it again from the last commit."""
        gone = set(places)
        with self._lock:
            for place in gone:
                self._assignments.pop(place, None)
                self._positions.pop(place, None)
                self._to_commit.pop(place, None)
            self._held = self._held - gone
            self._waiting = deque(delivery for delivery in self._waiting if delivery.place not in gone)
            self._waiting_records = sum(len(delivery.records) for delivery in self._waiting)
        log.info("partitions_revoked", group=self.settings["group_id"], partitions=_named(gone))

    def _close(self, client: Any) -> None:
        if client is not None:
            with suppress(KafkaError):
                if self._to_commit:
                    offsets = {TopicPartition(*p): OffsetAndMetadata(o, "", -1) for p, o in self._to_commit.items()}
                    client.commit(offsets, timeout_ms=_CLOSE_MS)
            with suppress(KafkaError):
                client.close(timeout_ms=_CLOSE_MS)
        self._revoked(list(self._assignments))

    def _tell_loop(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                self._loop.call_soon_threadsafe(self._arrived.set)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Passes the group's decisions on; called by the client's own thread, so it must be quick."""

    def __init__(self, assigned: Callable[[Iterable[Place]], None], revoked: Callable[[Iterable[Place]], None]) -> None:
        self._assigned, self._revoked = assigned, revoked

    def on_partitions_assigned(self, assigned: Iterable[Place]) -> None:
        self._assigned(assigned)

    def on_partitions_revoked(self, revoked: Iterable[Place]) -> None:
        self._revoked(revoked)


def _keep_joining(client: Any) -> None:
    """See to it that a rebalance that is under way is also finished.

    A poll that ends while the broker still answers a join leaves the join to the next poll. When it was new metadata
    that began the join, the client (3.0.12) no longer sees a reason to join by then, never looks at the answer, and
    waits for ever with nothing assigned. Asking again for what is under way costs nothing.
    """
    if client.group_metadata().state is MemberState.REBALANCING:
        client._coordinator.request_rejoin()


def _named(places: Iterable[Place]) -> list[str]:
    return sorted(f"{topic}/{number}" for topic, number in places)

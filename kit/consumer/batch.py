"""A batch: many events in one transaction, each done once, each under its own district and trace."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from opentelemetry import trace as spans
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pymongo.errors import PyMongoError

from kit.consumer.heard import Event
from kit.envelope import Trace
from kit.inbox import already, note_done
from kit.mongo import Database, Mongo, Session, Superseded
from kit.naming import collections_of
from kit.tracing import trace_scope
from kit.transaction import Pack, Transaction

LONGEST = 1.0
"""Seconds after which a batch commits what it has: a long transaction stands in everybody's way."""

_PROPAGATOR = TraceContextTextMapPropagator()
_NOT_SAMPLED = "-00"  # nobody recorded the parent, so nobody would look for its child
_TRACER = spans.get_tracer("kit.consumer")

MakeTransaction = Callable[[Session, datetime], Transaction]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one event, and how long its handler took."""

    event: Event
    outcome: str
    took_ms: float


@dataclass(slots=True)
class Attempt:
    """One try at committing `events` together. `culprit` is the event whose handler ended it, where one did."""

    consumer: str
    events: Sequence[Event]
    conflicts: frozenset[str] = frozenset()
    culprit: Event | None = None
    _settled: list[Settled] = field(default_factory=list)

    async def commit(self, mongo: Mongo, make: MakeTransaction, at: datetime) -> list[Settled]:
        """Handle and commit the events, or the first of them if they take long. Raises: whatever went wrong."""

        async def once(session: Session) -> list[Settled]:
            tx = make(session, at)
            await self._handle_all(tx)
            await tx.flush()
            return self._settled

        return await mongo.transact(once)

    async def _handle_all(self, tx: Transaction) -> None:
        self._settled, self.culprit, began = [], None, time.perf_counter()
        done = await already(tx, self.consumer, [event.envelope for event in self.events])
        for event in self.events:
            started = time.perf_counter()
            if started - began > LONGEST and self._settled:
                return
            outcome = await self._handle(tx, event, done)
            done.add(event.envelope.event_id)
            self._settled.append(Settled(event, outcome, (time.perf_counter() - started) * 1000))

    async def _handle(self, tx: Transaction, event: Event, done: set[str]) -> str:
        envelope = event.envelope
        if envelope.event_id in done:
            return "duplicate"
        outcome = "settled" if envelope.event_id in self.conflicts else "handled"
        tx.on_behalf_of(envelope.district_id, _caused_by(event))
        if outcome == "handled":
            try:
                await run_handler(tx, event)
            except (PyMongoError, Superseded):
                raise  # may be the fault of an event before this one, whose writes were only now sent
            except Exception:
                self.culprit = event
                raise
        note_done(tx, self.consumer, envelope)
        return outcome


async def run_handler(tx: Transaction, event: Event) -> None:
    """Call the handler inside a span that continues the one in which the fact was announced."""
    with _span(event) as traceparent:
        if traceparent:
            tx.trace = replace(tx.trace, traceparent=traceparent)
        with trace_scope(tx.trace):
            await event.handler(tx, event.fact, event.heard)


def transactions(database: Database, pack: Pack, source: str) -> MakeTransaction:
    """How transactions on `database` are made (the live one, or a shadow of it)."""
    collections = collections_of(database)
    return lambda session, at: Transaction(collections, session, pack, source, at)


def _caused_by(event: Event) -> Trace:
    told = event.envelope.trace
    return Trace(told.correlation_id, event.envelope.event_id, told.traceparent)


@contextmanager
def _span(event: Event) -> Iterator[str | None]:
    traceparent = event.envelope.trace.traceparent
    if traceparent is None or traceparent.endswith(_NOT_SAMPLED):
        yield traceparent
        return
    parent = _PROPAGATOR.extract({"traceparent": traceparent})
    record = event.record
    attributes = {"messaging.system": "kafka", "messaging.destination.name": record.topic}
    name = f"consume {event.envelope.type}"
    with _TRACER.start_as_current_span(name, parent, spans.SpanKind.CONSUMER, attributes=attributes):
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        yield carrier.get("traceparent")

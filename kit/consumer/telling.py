"""Telling: one line and one count for each event, and how far each partition has come."""

import time
import traceback
from collections.abc import Mapping

import structlog
from prometheus_client import Counter, Gauge

from kit.bus import Incoming, Place, Position
from kit.consumer.batch import Settled
from kit.envelope import Envelope

EVENTS = Counter("consumer_events_total", "Records taken from topics, by what became of them.", ["consumer", "outcome"])
LETTERS = Counter("dead_letters_total", "Records put aside.", ["consumer", "reason"])
LAG = Gauge("consumer_lag_records", "Records of a partition that are not done yet.", ["topic", "partition"])
AGE = Gauge("consumer_position_age_seconds", "How long a partition with a lag has stood still.", ["topic", "partition"])

log = structlog.get_logger()


def count_outcome(consumer: str, outcome: str) -> None:
    EVENTS.labels(consumer, outcome).inc()


def tell_settled(consumer: str, settled: Settled) -> None:
    """The canonical line of one event."""
    count_outcome(consumer, settled.outcome)
    envelope = settled.event.envelope
    log.info(
        "event_consumed",
        consumer=consumer,
        type=envelope.type,
        outcome=settled.outcome,
        took_ms=round(settled.took_ms, 2),
        event_id=envelope.event_id,
        key=envelope.key,
        district_id=envelope.district_id,
        correlation_id=envelope.trace.correlation_id,
    )


def tell_dead_letter(
    consumer: str, record: Incoming, reason: str, detail: str, envelope: Envelope | None = None
) -> None:
    count_outcome(consumer, "dead_letter")
    LETTERS.labels(consumer, reason).inc()
    log.warning(
        "dead_letter_kept",
        consumer=consumer,
        reason=reason,
        detail=detail,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        event_id=envelope.event_id if envelope else None,
        correlation_id=envelope.trace.correlation_id if envelope else None,
    )


def tell_failure(consumer: str, envelope: Envelope, error: Exception) -> None:
    """An error of ours: where it happened, without its text, which may quote the payload."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    log.error(
        "event_failed",
        consumer=consumer,
        type=envelope.type,
        event_id=envelope.event_id,
        correlation_id=envelope.trace.correlation_id,
        error=type(error).__name__,
        where=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    )


def tell_positions(positions: Mapping[Place, Position]) -> None:
    moment = time.monotonic()
    for (topic, number), position in positions.items():
        LAG.labels(topic, number).set(position.lag)
        AGE.labels(topic, number).set(moment - position.since if position.lag else 0)

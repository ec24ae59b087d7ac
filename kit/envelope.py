"""The envelope: one announced fact as a CloudEvents 1.0 message, binary on Kafka, structured accepted too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

SPEC_VERSION = "1.0"
CONTENT_TYPE = b"application/json"
STRUCTURED = b"application/cloudevents+json"


class BadEnvelope(ValueError):
    """The bytes are no CloudEvents message that Trellis can read; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where work comes from: one id for the whole story, the fact that caused it, and the span to hang on."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A fact on its way: what happened (`type`, `data`), to what (`key`, `sequence`), when, where and why."""

    event_id: str
    type: str
    source: str
    key: str
    sequence: int
    time: datetime
    district_id: str
    trace: Trace
    data: dict[str, Any]
    data_classification: str = "opaque"

    def headers(self) -> list[tuple[str, bytes]]:
        """Kafka record headers in binary content mode."""
        attributes = {
            "ce_specversion": SPEC_VERSION,
            "ce_id": self.event_id,
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_subject": self.key,
            "ce_time": self.time.isoformat().replace("+00:00", "Z"),
            "ce_sequence": str(self.sequence),
            "ce_districtid": self.district_id,
            "ce_correlationid": self.trace.correlation_id,
            "ce_causationid": self.trace.causation_id,
            "ce_traceparent": self.trace.traceparent,
            "ce_dataclassification": self.data_classification,
        }
        named = [(name, value.encode()) for name, value in attributes.items() if value is not None]
        return [("content-type", CONTENT_TYPE), *named]

    def value(self) -> bytes:
        return orjson.dumps(self.data)


def read_envelope(headers: Iterable[tuple[str, bytes]], value: bytes) -> Envelope:
    """The envelope of one record, from binary or structured mode.

    Binary mode wins only where the content type does not say structured: a structured message may carry copies of
    `ce_*` headers (Kafka protocol binding, section 3).
    Raises: BadEnvelope.
    """
    named = {name.lower(): content for name, content in headers}
    if named.get("content-type", b"").startswith(STRUCTURED):
        attributes = _json(value)
        data = attributes.get("data")
    else:
        attributes = _texts({name[3:]: content for name, content in named.items() if name.startswith("ce_")})
        data = _json(value)
    return _envelope(attributes, data)


def _envelope(attributes: Mapping[str, Any], data: Any) -> Envelope:
    missing = [name for name in ("id", "type", "source", "subject", "time", "districtid") if not attributes.get(name)]
    if missing or attributes.get("specversion") != SPEC_VERSION:
        raise BadEnvelope(f"expected CloudEvents {SPEC_VERSION} with {', '.join(missing) or 'specversion'}")
    if not isinstance(data, dict):
        raise BadEnvelope("expected a JSON object as data")
    try:
        return Envelope(
            event_id=attributes["id"],
            type=attributes["type"],
            source=attributes["source"],
            key=attributes["subject"],
            sequence=int(attributes.get("sequence", 0)),
            time=datetime.fromisoformat(attributes["time"]),
            district_id=attributes["districtid"],
            trace=Trace(
                attributes.get("correlationid") or attributes["id"],
                attributes.get("causationid"),
                attributes.get("traceparent"),
            ),
            data=data,
            data_classification=attributes.get("dataclassification", "opaque"),
        )
    except (TypeError, ValueError) as error:
        raise BadEnvelope(f"expected an RFC 3339 time and a whole number as sequence: {error}") from error


def _json(value: bytes) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise BadEnvelope(f"expected JSON: {error}") from error


def _texts(named: Mapping[str, bytes]) -> dict[str, str]:
    try:
        return {name: content.decode() for name, content in named.items()}
    except UnicodeDecodeError as error:
        wrong = next(name for name, content in named.items() if content is error.object)
        raise BadEnvelope(f"expected UTF-8 in header ce_{wrong}") from error

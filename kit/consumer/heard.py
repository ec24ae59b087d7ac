"""What is heard: a record becomes an event with its handler, or a reason why it cannot be one."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from kit.bus import Incoming
from kit.envelope import BadEnvelope, Envelope, Trace, read_envelope
from kit.transaction import Transaction

_VERSION = re.compile(r"\.v\d+$")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a handler is told beside the fact: which event it is, and its place in the order of its key."""

    event_id: str
    type: str
    key: str
    sequence: int
    time: datetime
    trace: Trace


Handler = Callable[[Transaction, Any, Heard], Awaitable[Any]]
Subscriptions = Mapping[str, tuple[type[Any], Handler]]
"""Type name -> the fact's class and what is done about it: `async def apply_x(tx, fact, heard) -> None`."""
Unpack = Callable[[Any, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A record that can be handled."""

    record: Incoming
    envelope: Envelope
    fact: Any
    handler: Handler

    @property
    def heard(self) -> Heard:
        told = self.envelope
        return Heard(told.event_id, told.type, told.key, told.sequence, told.time, told.trace)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that no attempt will ever handle. The detail says what was expected and never what was found."""

    record: Incoming
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A record that is none of this consumer's business."""

    record: Incoming
    outcome: str


class Reader:
    """Turns records into events. `known` holds every type name that exists, subscribed to or not."""

    def __init__(self, subscriptions: Subscriptions, unpack: Unpack, known: Collection[str]) -> None:
        self._subscriptions = subscriptions
        self._unpack = unpack
        self._known = frozenset(known) | frozenset(subscriptions)
        self._nouns = {_VERSION.sub("", name) for name in self._known}

    def read(self, record: Incoming) -> Event | Unreadable | Passed:
        """What to do with a record. Never raises: a record that cannot be read is one of the answers."""
        if record.value is None:
            return Passed(record, "tombstone")
        try:
            envelope = envelope_of(record.headers, record.value)
        except BadEnvelope as error:
            return Unreadable(record, "bad-envelope", _expected(error))
        subscription = self._subscriptions.get(envelope.type)
        if subscription is not None:
            return self._event(record, envelope, *subscription)
        if envelope.type in self._known:
            return Passed(record, "ignored")
        if _VERSION.sub("", envelope.type) in self._nouns:
            return Unreadable(record, "future-version", "a version of this fact that this release does not know yet")
        return Unreadable(record, "unknown-type", "a type that this release does not know")

    def _event(self, record: Incoming, envelope: Envelope, cls: type[Any], handler: Handler) -> Event | Unreadable:
        try:
            fact = self._unpack(cls, envelope.data)
        except ValidationError as error:
            return Unreadable(record, "wrong-schema", _faults(error))
        except Exception as error:  # as above: the data came from outside
            return Unreadable(record, "wrong-schema", type(error).__name__)
        if fact.district_id != envelope.district_id:
            return Unreadable(record, "wrong-district", "the envelope and the fact name different districts")
        return Event(record, envelope, fact, handler)


def envelope_of(headers: Sequence[tuple[str, bytes]], value: bytes) -> Envelope:
    """The envelope in bytes from outside. Raises: BadEnvelope, whatever it is that goes wrong in reading them."""
    try:
        return _checked(headers, value)
    except BadEnvelope:
        raise
    except Exception as error:
        raise BadEnvelope("expected a CloudEvents message") from error


def _checked(headers: Sequence[tuple[str, bytes]], value: bytes) -> Envelope:
    try:
        envelope = read_envelope(headers, value)
    except AttributeError:  # a header may be null on Kafka; such a one says nothing
        envelope = read_envelope([header for header in headers if header[1] is not None], value)
    if not (type(envelope.event_id) is type(envelope.type) is type(envelope.district_id) is str):
        raise BadEnvelope("expected text as id, type and districtid")
    return envelope


def _expected(error: BadEnvelope) -> str:
    """What was expected; what follows the colon may quote what was found."""
    return str(error).partition(": ")[0]


def _faults(error: ValidationError) -> str:
    """Where and which rule, never the value."""
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors())

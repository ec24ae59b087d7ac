"""Records: what goes onto a topic and what comes off it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Place = tuple[str, int]
"""A topic and one of its partitions. Kafka's own TopicPartition equals it and hashes alike."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to send. A `value` of None is a tombstone; `key` decides the partition, and so the order."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


class Incoming(Protocol):
    """A record as the client hands it over (its own tuple, not copied: this is the hot path)."""

    @property
    def topic(self) -> str: ...

    @property
    def partition(self) -> int: ...

    @property
    def offset(self) -> int: ...

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...

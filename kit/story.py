"""The story of one correlation id, as far as this service knows it: what it announced and what it heard."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kit.inbox import INBOX
from kit.mongo import Document, Mongo
from kit.transaction import OUTBOX


@dataclass(frozen=True, slots=True)
class Hop:
    """One fact leaving this service, or arriving at one of its consumers; `causation_id` is the fact before it."""

    event_id: str
    causation_id: str | None
    type: str
    key: str
    at: datetime
    kind: Literal["announced", "consumed"]
    consumer: str | None


async def hops(mongo: Mongo, district_id: str, correlation_id: str) -> list[Hop]:
    """The hops of one story in one district, in the order of their times; empty for an id nobody knows."""
    announced, consumed = await asyncio.gather(
        mongo.database[OUTBOX.name]
        .find({"district_id": district_id, "trace.correlation_id": correlation_id}, {"data": 0})
        .to_list(None),
        mongo.database[INBOX.name].find({"district_id": district_id, "correlation_id": correlation_id}).to_list(None),
    )
    found = [*map(_announced, announced), *map(_consumed, consumed)]
    return sorted(found, key=lambda hop: (hop.at, hop.kind == "announced", hop.event_id))


def _announced(row: Document) -> Hop:
    causation_id = row["trace"]["causation_id"]
    return Hop(row["_id"], causation_id, row["type"], row["key"], row["created_at"], "announced", None)


def _consumed(row: Document) -> Hop:
    consumer, _, event_id = row["_id"].partition(":")
    return Hop(event_id, row["causation_id"], row["type"], row["key"], row["done_at"], "consumed", consumer)

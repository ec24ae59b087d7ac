"""The inbox: which events a consumer has done, kept in the same transaction as what they did."""

from collections.abc import Iterable
from datetime import timedelta

from pymongo import InsertOne

from kit.bus import LONGEST_RETENTION
from kit.envelope import Envelope
from kit.mongo import Collection, Index
from kit.transaction import Transaction

KEPT = LONGEST_RETENTION + timedelta(days=15)
"""Longer than any topic keeps its records: whatever can still arrive twice is still remembered."""

INBOX = Collection(
    "inbox",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "correlation_id")), Index(("done_at",), expires_after=KEPT)),
)


def inbox_id(consumer: str, event_id: str) -> str:
    return f"{consumer}:{event_id}"


async def already(tx: Transaction, consumer: str, envelopes: Iterable[Envelope]) -> set[str]:
    """Of these events the ids of those that `consumer` has done: one query for a whole batch, of many districts."""
    by_inbox_id = {inbox_id(consumer, envelope.event_id): envelope for envelope in envelopes}
    districts = sorted({envelope.district_id for envelope in by_inbox_id.values()})
    where = {"_id": {"$in": list(by_inbox_id)}, "district_id": {"$in": districts}}
    rows = tx.database[INBOX.name].find(where, {"_id": 1}, session=tx.session, batch_size=len(by_inbox_id) or 1)
    return {by_inbox_id[row["_id"]].event_id for row in await rows.to_list(None)}


def note_done(tx: Transaction, consumer: str, envelope: Envelope) -> None:
    """Remember, with this transaction, that the event is done."""
    # Held directly: this runs once an event, on the hottest path there is.
    tx.held(INBOX).writes.append(
        InsertOne(
            {
                "_id": inbox_id(consumer, envelope.event_id),
                "district_id": envelope.district_id,
                "type": envelope.type,
                "key": envelope.key,
                "correlation_id": envelope.trace.correlation_id,
                "causation_id": envelope.trace.causation_id,
                "done_at": tx.now,
            }
        )
    )

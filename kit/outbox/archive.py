"""The archive: sent rows stay, so that a lost topic can be filled from them again."""

from collections.abc import Callable

from kit.bus import Outgoing
from kit.envelope import Envelope, Trace
from kit.mongo import Document, Mongo
from kit.transaction import OUTBOX

_PAGE = 5_000


def envelope_of(row: Document) -> Envelope:
    """The envelope of an outbox row: the other way round from `kit.transaction.outbox_row`."""
    return Envelope(
        event_id=row["_id"],
        type=row["type"],
        source=row["source"],
        key=row["key"],
        sequence=row["sequence"],
        time=row["created_at"],
        district_id=row["district_id"],
        trace=Trace(**row["trace"]),
        data=row["data"],
    )


def outgoing_of(row: Document) -> Outgoing:
    """The record that an outbox row becomes."""
    envelope = envelope_of(row)
    return Outgoing(row["topic"], envelope.key.encode(), envelope.value(), envelope.headers())


async def refill(mongo: Mongo, topic: str, progress: Callable[[int], None] | None = None) -> int:
    """Send the whole archive of `topic` again: its rows become unsent, and the relay does the rest, in order per key.

    Consumers that have seen the facts settle them as duplicates. Returns how many rows were marked; `progress` hears
    the count so far. May be called again after an interruption.
    """
    outbox, marked, last = mongo.database[OUTBOX.name], 0, ""
    while True:
        sent = {"topic": topic, "sent_at": {"$ne": None}, "_id": {"$gt": last}}
        ids = [row["_id"] async for row in outbox.find(sent, {"_id": 1}).sort("_id", 1).limit(_PAGE)]
        if not ids:
            return marked
        marked += (await outbox.update_many({"_id": {"$in": ids}}, {"$set": {"sent_at": None}})).modified_count
        last = ids[-1]
        if progress:
            progress(marked)

"""A roster arrives: its ZIP is kept in chunks, then its record is opened."""

from dataclasses import dataclass

from kit.transaction import Transaction
from services.profile.domain.rosters import Roster, RosterState
from services.profile.store.rosters import ROSTER, ROSTER_CHUNKS, ROSTERS, chunk_id


@dataclass(frozen=True, slots=True)
class KeepChunk:
    roster_id: str
    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class UploadRoster:
    roster_id: str
    uploaded_by: str
    size_bytes: int
    chunks: int


@dataclass(frozen=True, slots=True)
class DropChunks:
    roster_id: str


async def keep_chunk(tx: Transaction, order: KeepChunk) -> None:
    """Keep one chunk of an upload that has not ended yet."""
    row = {"_id": chunk_id(order.roster_id, order.number), "roster_id": order.roster_id, "content": order.content}
    tx[ROSTER_CHUNKS].insert({**row, "stored_at": tx.now})


async def drop_chunks(tx: Transaction, order: DropChunks) -> None:
    """Drop the chunks of an upload that came to nothing."""
    tx[ROSTER_CHUNKS].delete({"roster_id": order.roster_id})


async def upload_roster(tx: Transaction, order: UploadRoster) -> Roster:
    """Open the record of an upload whose chunks are all here; a worker takes it up."""
    roster = Roster(
        roster_id=order.roster_id,
        version=0,
        state=RosterState.UPLOADED,
        uploaded_by=order.uploaded_by,
        uploaded_at=tx.now,
        size_bytes=order.size_bytes,
        chunks=order.chunks,
        correlation_id=tx.trace.correlation_id,
    )
    document = ROSTER.pack(roster)
    return ROSTER.unpack(document | {"version": tx[ROSTERS].save(document)})

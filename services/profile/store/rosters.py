"""Uploaded rosters: what was sent, what is wrong with it, what it would change, and which one stands."""

from datetime import timedelta

from kit.mongo import Collection, Document, Index
from kit.records import Record
from kit.transaction import Rows, Transaction
from services.profile.domain.rosters import PENDING, Roster, Standing

KEPT = timedelta(days=7)
"""An upload that nobody decides about is gone after this: it is full of names."""
CHUNK_BYTES = 1024 * 1024

ROSTERS = Collection(
    "rosters",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "-uploaded_at", "_id")), Index(("state",))),
)
ROSTER_CHUNKS = Collection(
    "roster_chunks",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "roster_id")), Index(("stored_at",), expires_after=KEPT)),
)
ROSTER_FINDINGS = Collection(
    "roster_findings",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "roster_id", "number")), Index(("stored_at",), expires_after=KEPT)),
)
ROSTER_PAGES = Collection(
    "roster_pages",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "roster_id", "list", "number")), Index(("stored_at",), expires_after=KEPT)),
)
"""Lists of roster numbers in groups of up to `PAGE_IDS`: `users:added`, or `touched:people`."""
STANDINGS = Collection("standings", shard_key=("district_id", "_id"))

PAGE_IDS = 500
ROSTER = Record(Roster, "roster_id")
_STANDING = Record(Standing, "district_id")


def chunk_id(roster_id: str, number: int) -> str:
    return f"{roster_id}:{number:05}"


async def standing_of(rows: Rows, district_id: str) -> Standing:
    """What stands in the district; number 0 where nothing was ever applied."""
    found = await rows.get(district_id)
    return _STANDING.unpack({**found, "district_id": found["_id"]}) if found else Standing(district_id)


def pack_standing(standing: Standing) -> Document:
    """The document of a standing: one a district, under the district's own id."""
    return _STANDING.pack(standing)


async def pending(rows: Rows) -> list[Roster]:
    """The rosters whose uploads still lie here undecided."""
    found = await rows.find({"state": {"$in": [state.value for state in PENDING]}})
    return [ROSTER.unpack(document) for document in found]


def remove_upload(tx: Transaction, roster_id: str) -> None:
    """Remove what was uploaded and all that was noted of it: whatever holds a name or a roster number."""
    for collection in (ROSTER_CHUNKS, ROSTER_FINDINGS, ROSTER_PAGES):
        tx[collection].delete({"roster_id": roster_id})

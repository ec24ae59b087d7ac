"""Occurrences in the store: one document each, with seats and waitlist, guarded by its version."""

from collections.abc import Sequence
from datetime import datetime

from kit.mongo import Collection, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.occurrences import Occurrence

OCCURRENCES = Collection(
    "occurrences",
    shard_key=("district_id", "school_id"),
    indexes=(
        Index(("district_id", "school_id", "day", "starts_at")),
        Index(("district_id", "block_id")),
        Index(("district_id", "offer_id", "starts_at")),
        Index(("district_id", "waiting.student_id")),
        Index(("district_id", "waiting.entry_id")),
        Index(("district_id", "called_off.student_id")),
        Index(("district_id", "host_ids", "day", "starts_at")),
        Index(("district_id", "eligibility.allow")),
        Index(("district_id", "eligibility.block")),
    ),
)
OCCURRENCE = Record(Occurrence, "occurrence_id")


async def occurrences_in(rows: Rows, block_ids: Sequence[str]) -> list[Occurrence]:
    """The occurrences of these blocks that are not cancelled, in one query."""
    where = {"block_id": {"$in": list(block_ids)}, "cancelled": False}
    return await OCCURRENCE.find(rows, where) if block_ids else []


async def coming_of_offer(rows: Rows, offer_id: str, after: datetime) -> list[Occurrence]:
    """An offer's occurrences that have not begun and can still change."""
    where = {"offer_id": offer_id, "starts_at": {"$gt": after}, "cancelled": False, "locked": False}
    return await OCCURRENCE.find(rows, where)


async def occurrences_naming(rows: Rows, person_id: str) -> list[Occurrence]:
    """The occurrences in whose waitlist (standing or called off), allow-list or block-list this person stands."""
    lists = ("waiting.student_id", "called_off.student_id", "eligibility.allow", "eligibility.block")
    return await OCCURRENCE.find(rows, {"$or": [{name: person_id} for name in lists]})

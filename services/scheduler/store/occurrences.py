"""Occurrences in the store: one document each, with seats and waitlist, guarded by its version."""

from collections.abc import Sequence
from datetime import date, datetime

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


async def occurrence_of(rows: Rows, occurrence_id: str) -> Occurrence | None:
    """The occurrence with this id, or None."""
    found = await rows.get(occurrence_id)
    return OCCURRENCE.unpack(found) if found else None


async def occurrences_of(rows: Rows, occurrence_ids: Sequence[str]) -> dict[str, Occurrence]:
    """The occurrences with these ids, by id, in one query."""
    return {row_id: OCCURRENCE.unpack(row) for row_id, row in (await rows.many(occurrence_ids)).items()}


async def occurrences_in(rows: Rows, block_ids: Sequence[str]) -> list[Occurrence]:
    """The occurrences of these blocks that are not cancelled, in one query."""
    where = {"block_id": {"$in": list(block_ids)}, "cancelled": False}
    return [OCCURRENCE.unpack(row) for row in await rows.find(where)] if block_ids else []


async def coming_of_offer(rows: Rows, offer_id: str, after: datetime) -> list[Occurrence]:
    """An offer's occurrences that have not begun and can still change."""
    where = {"offer_id": offer_id, "starts_at": {"$gt": after}, "cancelled": False, "locked": False}
    return [OCCURRENCE.unpack(row) for row in await rows.find(where)]


async def occurrences_between(
    rows: Rows, school_ids: Sequence[str], first: date, last: date, *, limit: int = 0
) -> list[Occurrence]:
    """What takes place at these schools from one day to another, both included, in time order; nothing cancelled."""
    where = {
        "school_id": {"$in": sorted(school_ids)},
        "day": {"$gte": first.isoformat(), "$lte": last.isoformat()},
        "cancelled": False,
    }
    found = await rows.find(where, sort=[("day", 1), ("starts_at", 1), ("_id", 1)], limit=limit)
    return [OCCURRENCE.unpack(row) for row in found]


async def occurrences_naming(rows: Rows, person_id: str) -> list[Occurrence]:
    """The occurrences in whose waitlist (standing or called off), allow-list or block-list this person stands."""
    lists = ("waiting.student_id", "called_off.student_id", "eligibility.allow", "eligibility.block")
    return [OCCURRENCE.unpack(row) for row in await rows.find({"$or": [{name: person_id} for name in lists]})]

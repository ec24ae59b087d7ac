"""Blocks in the store: one document a block, unique by what planned it, and the claims of those due to lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kit.mongo import Collection, Index, Mongo
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.blocks import Block

BLOCKS = Collection(
    "blocks",
    shard_key=("district_id", "school_id"),
    indexes=(
        Index(("district_id", "school_id", "period_id", "day", "planned_at"), unique=True),
        Index(("district_id", "school_id", "day", "starts_at")),
        Index(("locks_at",), partial={"locked_at": None, "cancelled": False}),
    ),
)
BLOCK = Record(Block, "block_id")
CLAIM = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class DueBlock:
    """A block whose time to lock has come, claimed by one worker."""

    district_id: str
    block_id: str


async def blocks_between(rows: Rows, school_ids: Sequence[str], first: date, last: date) -> list[Block]:
    """The blocks of these schools from one day to another, both included, in time order."""
    days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
    return await BLOCK.find(
        rows, {"school_id": {"$in": list(school_ids)}, "day": days}, sort=[("day", 1), ("starts_at", 1)]
    )


async def claim_due(mongo: Mongo, now: datetime) -> DueBlock | None:
    """Claim the block of any district that should lock next; None when none is due. Rivals pass over it meanwhile."""
    found = await mongo.database[BLOCKS.name].find_one_and_update(
        {
            "locks_at": {"$lte": now},
            "locked_at": None,
            "cancelled": False,
            "claimed_until": {"$not": {"$gt": now}},
        },
        {"$set": {"claimed_until": now + CLAIM}},
        projection=["district_id"],
        sort=[("locks_at", 1)],
    )
    return DueBlock(found["district_id"], found["_id"]) if found else None

"""Spaces and equipment pools in the store."""

from collections.abc import Sequence

from kit.mongo import Collection, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.spaces import EquipmentPool, Space

SPACES = Collection(
    "spaces",
    shard_key=("district_id", "school_id"),
    indexes=(Index(("district_id", "school_id", "_id")),),
)
POOLS = Collection(
    "equipment_pools",
    shard_key=("district_id", "school_id"),
    indexes=(Index(("district_id", "school_id", "_id")),),
)
SPACE = Record(Space, "space_id")
POOL = Record(EquipmentPool, "pool_id")


async def own_work_spaces(rows: Rows, school_ids: Sequence[str]) -> list[Space]:
    """The spaces of these schools that students may book for their own work."""
    where = {"school_id": {"$in": sorted(school_ids)}, "own_work": True}
    return await SPACE.find(rows, where, sort=[("_id", 1)])

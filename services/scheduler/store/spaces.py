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


async def space_of(rows: Rows, space_id: str) -> Space | None:
    """The space with this id, or None."""
    found = await rows.get(space_id)
    return SPACE.unpack(found) if found else None


async def spaces_of(rows: Rows, space_ids: Sequence[str]) -> dict[str, Space]:
    """The spaces with these ids, by id, in one query."""
    return {row_id: SPACE.unpack(row) for row_id, row in (await rows.many(space_ids)).items()}


async def own_work_spaces(rows: Rows, school_ids: Sequence[str]) -> list[Space]:
    """The spaces of these schools that students may book for their own work."""
    where = {"school_id": {"$in": sorted(school_ids)}, "own_work": True}
    return [SPACE.unpack(row) for row in await rows.find(where, sort=[("_id", 1)])]


async def pools_of(rows: Rows, pool_ids: Sequence[str]) -> dict[str, EquipmentPool]:
    """The pools with these ids, by id, in one query."""
    return {row_id: POOL.unpack(row) for row_id, row in (await rows.many(pool_ids)).items()}

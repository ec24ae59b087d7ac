"""Resource days in the store: one document a space or pool and day, guarded by its version."""

from collections.abc import Sequence
from datetime import date

from kit.mongo import Collection, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.resource_days import ResourceDay

RESOURCE_DAYS = Collection(
    "resource_days",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "school_id", "day")),
        Index(("district_id", "resource_id", "day")),
        Index(("district_id", "uses.ref")),
    ),
)
RESOURCE_DAY = Record(ResourceDay, "day_id")


async def days_with(rows: Rows, refs: Sequence[str]) -> dict[str, ResourceDay]:
    """The days of spaces and pools that know a use of one of these refs, by id, in one query."""
    found = await rows.find({"uses.ref": {"$in": list(refs)}}) if refs else []
    return {row["_id"]: RESOURCE_DAY.unpack(row) for row in found}


async def days_from(rows: Rows, resource_id: str, first: date) -> list[ResourceDay]:
    """The days of one resource from this day on."""
    return await RESOURCE_DAY.find(rows, {"resource_id": resource_id, "day": {"$gte": first.isoformat()}})


async def days_of_resources(rows: Rows, resource_ids: Sequence[str], first: date, last: date) -> list[ResourceDay]:
    """The used days of these resources from one day to another, both included, in order, in one query."""
    days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
    where = {"resource_id": {"$in": list(resource_ids)}, "day": days}
    return await RESOURCE_DAY.find(rows, where, sort=[("resource_id", 1), ("day", 1)]) if resource_ids else []

"""Districts and schools, as the scheduler has heard of them."""

from zoneinfo import ZoneInfo

from kit.mongo import Collection, Index
from kit.refusals import refuse
from kit.transaction import Rows
from services.scheduler.domain.calendars import DistrictUnknown, zone_of

DISTRICTS = Collection("districts", shard_key=("district_id", "_id"))
SCHOOLS = Collection("schools", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "active")),))


async def district_zone(rows: Rows, district_id: str) -> ZoneInfo:
    """The time zone in which a district's weeks turn.

    Raises: Refusals of DistrictUnknown while nothing was heard of the district.
    """
    found = await rows.get(district_id)
    if found is None:
        raise refuse(DistrictUnknown())
    return zone_of(found["time_zone"])

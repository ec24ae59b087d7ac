"""Calendars, periods and day patterns in the store."""

from kit.mongo import Collection, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.calendars import Calendar
from services.scheduler.domain.day_patterns import DayPattern
from services.scheduler.domain.periods import Period

CALENDARS = Collection("calendars", shard_key=("district_id", "_id"))
PERIODS = Collection(
    "periods", shard_key=("district_id", "school_id"), indexes=(Index(("district_id", "school_id", "_id")),)
)
PATTERNS = Collection(
    "day_patterns", shard_key=("district_id", "school_id"), indexes=(Index(("district_id", "school_id", "_id")),)
)
CALENDAR = Record(Calendar, "school_id")
PERIOD = Record(Period, "period_id")
PATTERN = Record(DayPattern, "pattern_id")


async def period_of(rows: Rows, school_id: str, period_id: str) -> Period | None:
    """The period with this id at this school, or None."""
    found = await rows.one({"_id": period_id, "school_id": school_id})
    return PERIOD.unpack(found) if found else None


async def periods_of(rows: Rows, school_id: str) -> dict[str, Period]:
    """All periods of a school, by id."""
    return {row["_id"]: PERIOD.unpack(row) for row in await rows.find({"school_id": school_id})}


async def pattern_of(rows: Rows, school_id: str, pattern_id: str) -> DayPattern | None:
    """The day pattern with this id at this school, or None."""
    found = await rows.one({"_id": pattern_id, "school_id": school_id})
    return PATTERN.unpack(found) if found else None

"""What day is it in this district? Fed by the gateway's districts; a step is late by the learner's own calendar."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts.gateway import DistrictOpened
from kit.edge import Reader
from kit.transaction import Transaction
from services.profile.store.growth import DISTRICTS


async def day_of(reader: Reader, moment: datetime) -> date:
    """The date at this moment in the district's time zone; in UTC while the zone is not known."""
    found = await reader[DISTRICTS].get(reader.district_id)
    return moment.astimezone(_zone(found["time_zone"]) if found else UTC).date()


async def remember_district(tx: Transaction, fact: DistrictOpened, heard: Any) -> None:
    """Remember a district's time zone."""
    tx[DISTRICTS].remember(fact.district_id, heard.sequence, {"time_zone": fact.time_zone})


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

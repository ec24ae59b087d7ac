"""What is in my inbox? And by which clock are its times told?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from pymongo.errors import PyMongoError

from kit.edge import Reader
from kit.mongo import Document, StoreUnavailable
from kit.paging import Keyset
from kit.refusals import refuse
from services.gateway.domain.notices import Notice
from services.gateway.store.collections import DISTRICTS
from services.gateway.store.inbox import NOTICE, NOTICES

ORDER = Keyset(("-at", "-_id"))
MOST_COUNTED, NEWEST = 100, 5


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices were not read yet (counted up to a hundred), and the newest few."""

    count: int
    newest: Sequence[Notice]
    clock: tzinfo


async def unread_of(reader: Reader, person_id: str) -> Unread:
    """What a person has not read yet, for a page that shows more than this.

    Raises: Refusals of StoreUnavailable.
    """
    where = asked_for(person_id, unread=True)
    try:
        rows, clock = await asyncio.gather(
            reader[NOTICES].find(where, sort=ORDER.sort, limit=MOST_COUNTED), district_clock(reader)
        )
    except PyMongoError as error:
        raise refuse(StoreUnavailable()) from error
    return Unread(len(rows), [NOTICE.unpack(row) for row in rows[:NEWEST]], clock)


def asked_for(person_id: str, unread: bool) -> Document:
    """The notices of a person, or those not read yet."""
    return {"person_id": person_id, "read_at": None} if unread else {"person_id": person_id}


async def notices_of(reader: Reader, person_id: str) -> list[Notice]:
    """All that a person was told and that is still kept, newest first.

    Raises: Refusals of StoreUnavailable.
    """
    try:
        rows = await reader[NOTICES].find(asked_for(person_id, unread=False), sort=ORDER.sort)
    except PyMongoError as error:
        raise refuse(StoreUnavailable()) from error
    return [NOTICE.unpack(row) for row in rows]


async def district_clock(reader: Reader) -> tzinfo:
    """The district's time zone."""
    found = await reader.mongo.database[DISTRICTS.name].find_one({"_id": reader.district_id}, ["time_zone"])
    return ZoneInfo(found["time_zone"] if found else "UTC")

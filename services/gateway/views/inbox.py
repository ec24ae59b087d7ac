"""What is in my inbox? And by which clock are its times told?"""

from datetime import tzinfo
from zoneinfo import ZoneInfo

from kit.edge import Reader
from kit.mongo import Document
from kit.paging import Keyset
from services.gateway.store.collections import DISTRICTS

ORDER = Keyset(("-at", "-_id"))


def asked_for(person_id: str, unread: bool) -> Document:
    """The notices of a person, or those not read yet."""
    return {"person_id": person_id, "read_at": None} if unread else {"person_id": person_id}


async def district_clock(reader: Reader) -> tzinfo:
    """The district's time zone."""
    found = await reader.mongo.database[DISTRICTS.name].find_one({"_id": reader.district_id}, ["time_zone"])
    return ZoneInfo(found["time_zone"] if found else "UTC")

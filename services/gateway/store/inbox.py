"""The gateway's documents about people: their notices, who they are to the district, and what was erased of them."""

from datetime import timedelta

from kit.directory import PEOPLE
from kit.mongo import Collection, Index
from kit.records import Record
from services.gateway.domain.notices import Notice

KEPT = timedelta(days=180)
"""How long a notice stays: about as long as a school year's half."""

NOTICES = Collection(
    "notices",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "person_id", "-at", "-_id")), Index(("at",), expires_after=KEPT)),
)
ERASURES = Collection("erasures", shard_key=("district_id", "_id"))

NOTICE = Record(Notice, "notice_id")

INBOX = (NOTICES, ERASURES, PEOPLE)

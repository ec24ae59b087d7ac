"""Offers in the store."""

from kit.mongo import Collection, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.offers import Offer

OFFERS = Collection(
    "offers",
    shard_key=("district_id", "school_id"),
    indexes=(
        Index(("district_id", "school_id", "withdrawn", "_id")),
        Index(("district_id", "school_id", "host_ids", "withdrawn", "_id")),
        Index(("district_id", "eligibility.allow")),
        Index(("district_id", "eligibility.block")),
    ),
)
OFFER = Record(Offer, "offer_id")


async def offers_naming(rows: Rows, person_id: str) -> list[Offer]:
    """The offers in whose allow-list or block-list this person stands, in one query."""
    where = {"$or": [{"eligibility.allow": person_id}, {"eligibility.block": person_id}]}
    return await OFFER.find(rows, where)

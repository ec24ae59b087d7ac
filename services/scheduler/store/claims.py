"""Claims: a worker takes what waits, and keeps it by saying so; whoever falls silent loses it to another."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kit.mongo import Collection, Document, Mongo

LASTS = timedelta(seconds=30)
"""How long a claim holds without a sign of life."""


async def claim_next(mongo: Mongo, collection: Collection, claim: str, now: datetime, *, since: str) -> Document | None:
    """Take what any district has waiting longest (by the field `since`) and nobody has in hand; None: nothing waits.

    `tries` counts how often it was taken: work that fells every worker must not go round for ever.
    """
    found: Document | None = await mongo.database[collection.name].find_one_and_update(
        {"at_work": True, "claimed_until": {"$not": {"$gt": now}}},
        {"$set": {"claim": claim, "claimed_until": now + LASTS}, "$inc": {"tries": 1}},
        sort=[(since, 1)],
        return_document=True,
    )
    return found


async def keep_claim(
    mongo: Mongo, collection: Collection, held: Mapping[str, str], now: datetime, values: Mapping[str, Any]
) -> bool:
    """Give a sign of life, with `values` (such as progress). False: it is somebody else's, or wanted no more.

    `held`: `_id`, `district_id` and `claim`. Progress makes no version: nobody's change is lost or refused by it.
    """
    kept = await mongo.database[collection.name].update_one(
        {**held, "at_work": True}, {"$set": {"claimed_until": now + LASTS, **values}}
    )
    return bool(kept.matched_count)


async def give_back_claim(mongo: Mongo, collection: Collection, held: Mapping[str, str]) -> None:
    """Let another worker take it at once: this one stops before it is done."""
    await mongo.database[collection.name].update_one(dict(held), {"$set": {"claim": None, "claimed_until": None}})

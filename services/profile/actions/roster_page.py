"""A page of roster numbers that is worked through once, whoever takes it up and however often."""

from collections.abc import Mapping
from dataclasses import dataclass

from kit.transaction import Transaction
from services.profile.store.rosters import ROSTER_PAGES


@dataclass(frozen=True, slots=True)
class ListPage:
    """The page to work through, and the places of the district's organisations by roster number."""

    page_id: str
    places: Mapping[str, str]


async def claim_page(tx: Transaction, order: ListPage) -> list[str]:
    """The roster numbers of the page, which is done with this transaction; none where it was done before."""
    page = await tx[ROSTER_PAGES].one({"_id": order.page_id, "done_at": None})
    if page is None:
        return []
    tx[ROSTER_PAGES].update({"_id": order.page_id, "done_at": None}, {"$set": {"done_at": tx.now}})
    numbers: list[str] = page["ids"]
    return numbers

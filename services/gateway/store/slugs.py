"""Short names of districts: each belongs to one."""

from kit.transaction import Transaction
from services.gateway.store.collections import DISTRICTS


async def slug_taken(tx: Transaction, slug: str) -> bool:
    """Whether any district has this short name, looked at where the transaction stands.

    Of two at once the unique index lets one through; the other runs again and finds the name taken.
    """
    rows = tx.database[DISTRICTS.name]
    return await rows.find_one({"slug": slug}, ["_id"], session=tx.session) is not None

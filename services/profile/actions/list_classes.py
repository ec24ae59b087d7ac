"""A page of classes that a roster touched: listed anew, or no longer."""

from dataclasses import replace

from kit.transaction import Transaction
from services.profile.actions.roster_page import ListPage, claim_page
from services.profile.domain.people import SchoolClass, class_listed
from services.profile.domain.projection import class_of
from services.profile.store.people import CLASS, CLASSES
from services.profile.store.roster_rows import ROSTER_ROWS, row_id, sourced_id_of


async def list_classes(tx: Transaction, order: ListPage) -> None:
    """Bring the classes of the page to what the rows say, and announce those that changed.

    A class of no school of the district is not listed.
    """
    numbers = await claim_page(tx, order)
    rows = await tx[ROSTER_ROWS].many([row_id(tx.district_id, "classes", number) for number in numbers])
    standing = {sourced_id_of(key): row for key, row in rows.items()}
    found = await tx[CLASSES].find({"source_id": {"$in": numbers}})
    known = {document["source_id"]: CLASS.unpack(document) for document in found}
    for number in numbers:
        row, before = standing.get(number), known.get(number)
        school_id = order.places.get(row["values"]["schoolSourcedId"]) if row else None
        if row is not None and school_id is not None:
            _save(tx, before, class_of(before, number, row["entity_id"], row["values"], school_id))
        elif before is not None:
            _save(tx, before, replace(before, active=False))


def _save(tx: Transaction, before: SchoolClass | None, taught: SchoolClass) -> None:
    if taught == before:
        return
    fact = class_listed(tx.district_id, taught)
    news = before is None or fact != class_listed(tx.district_id, before)
    tx[CLASSES].save(CLASS.pack(taught), [fact] if news else [])

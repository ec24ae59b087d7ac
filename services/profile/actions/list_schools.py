"""A page of schools that a roster touched: listed anew, or no longer."""

from dataclasses import replace

from kit.transaction import Transaction
from services.profile.actions.roster_page import ListPage, claim_page
from services.profile.domain.people import School, school_listed
from services.profile.domain.projection import is_school, school_of
from services.profile.store.people import SCHOOL, SCHOOLS
from services.profile.store.roster_rows import ROSTER_ROWS, row_id, sourced_id_of


async def list_schools(tx: Transaction, order: ListPage) -> None:
    """Bring the schools of the page to what the rows say, and announce those that changed."""
    numbers = await claim_page(tx, order)
    rows = await tx[ROSTER_ROWS].many([row_id(tx.district_id, "orgs", number) for number in numbers])
    standing = {sourced_id_of(key): row for key, row in rows.items() if is_school(row["values"])}
    found = await tx[SCHOOLS].find({"source_id": {"$in": numbers}})
    known = {document["source_id"]: SCHOOL.unpack(document) for document in found}
    for number in numbers:
        row, before = standing.get(number), known.get(number)
        if row is not None:
            _save(tx, before, school_of(before, number, row["entity_id"], row["values"]))
        elif before is not None:
            _save(tx, before, replace(before, active=False))


def _save(tx: Transaction, before: School | None, school: School) -> None:
    if school == before:
        return
    fact = school_listed(tx.district_id, school)
    news = before is None or fact != school_listed(tx.district_id, before)
    tx[SCHOOLS].save(SCHOOL.pack(school), [fact] if news else [])

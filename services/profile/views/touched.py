"""Who and what a changed row touches: the people, classes and schools that must be looked at again."""

from collections.abc import Iterable

from kit.edge import Reader
from kit.mongo import Document
from services.profile.rosters import RosterRow
from services.profile.store.people import PEOPLE
from services.profile.store.roster_rows import ROSTER_ROWS, linked_with, row_id, sourced_id_of
from services.profile.store.standing_rows import in_groups
from services.profile.views.roster_comparison import BATCH, Batch

TOUCHED_ORGS, TOUCHED_CLASSES, TOUCHED_PEOPLE = "touched:orgs", "touched:classes", "touched:people"
Touched = dict[str, list[str]]
"""List name -> roster numbers, possibly more than once."""


async def touched_by_batch(reader: Reader, file: str, batch: Batch) -> Touched:
    """What the new and changed rows of a batch touch: by what they say now, and by what they said before."""
    before = await _standing(reader, file, [row.sourced_id for row, _ in batch.changed])
    rows = [row for row, _ in (*batch.added, *batch.changed)]
    if file in ("orgs", "classes"):
        people = await _people_at(reader, before) if file == "orgs" else []
        return {f"touched:{file}": [row.sourced_id for row in rows], TOUCHED_PEOPLE: people}
    return {TOUCHED_PEOPLE: [*_named_now(file, rows), *await _named_before(reader, file, before)]}


async def touched_by_leaving(reader: Reader, file: str, leaving: list[str]) -> Touched:
    """What rows that leave touch."""
    touched: Touched = {TOUCHED_PEOPLE: []}
    for group in in_groups(leaving, BATCH):
        before = await _standing(reader, file, group)
        if file in ("orgs", "classes"):
            touched.setdefault(f"touched:{file}", []).extend(group)
            touched[TOUCHED_PEOPLE] += await _people_at(reader, before)
        else:
            touched[TOUCHED_PEOPLE] += await _named_before(reader, file, before)
    return touched


async def _standing(reader: Reader, file: str, ids: list[str]) -> list[Document]:
    if not ids:
        return []
    wanted = [row_id(reader.district_id, file, one) for one in ids]
    fields = ["holder", "member", "agents", "entity_id"]
    return await reader[ROSTER_ROWS].find({"_id": {"$in": wanted}}, fields=fields)


async def _people_at(reader: Reader, rows: Iterable[Document]) -> list[str]:
    """Everyone who stands on the list of one of these schools or classes."""
    places = [row["entity_id"] for row in rows if row.get("entity_id") not in (None, reader.district_id)]
    if not places:
        return []
    found = await reader[PEOPLE].find({"lists": {"$in": places}}, fields=["source_ids"])
    return [one for person in found for one in person.get("source_ids", ())]


def _named_now(file: str, rows: Iterable[RosterRow]) -> list[str]:
    if file == "users":
        return [one for row in rows for one in (row.sourced_id, *row.values.get("agentSourcedIds", ()))]
    if file in ("roles", "enrollments"):
        return [str(row.values["userSourcedId"]) for row in rows]
    return []


async def _named_before(reader: Reader, file: str, rows: list[Document]) -> list[str]:
    if file == "users":
        return [one for row in rows for one in (sourced_id_of(row["_id"]), *row.get("agents", ()))]
    if file == "enrollments":
        return [row["member"] for row in rows]
    if file == "roles":
        return await _with_linked(reader, [row["holder"] for row in rows])
    return []


async def _with_linked(reader: Reader, users: list[str]) -> list[str]:
    """These users and all who are linked with them: another role makes other guardians and wards."""
    if not users:
        return []
    own = await reader[ROSTER_ROWS].find(
        {"_id": {"$in": [row_id(reader.district_id, "users", one) for one in users]}}, fields=["agents"]
    )
    others = await reader[ROSTER_ROWS].find(linked_with(users), fields=["_id"])
    return [*users, *(one for row in own for one in row.get("agents", ())), *(sourced_id_of(o["_id"]) for o in others)]

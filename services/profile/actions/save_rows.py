"""Rows of a set become rows that stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.mongo import Collection, Document
from kit.transaction import Transaction
from services.profile.domain.projection import is_school
from services.profile.rosters import RosterRow
from services.profile.store.people import CLASSES, PEOPLE, SCHOOLS
from services.profile.store.roster_rows import ROSTER_ROWS, row_fields, row_id

_OURS: dict[str, Collection] = {"orgs": SCHOOLS, "classes": CLASSES}


@dataclass(frozen=True, slots=True)
class SaveRows:
    """New and changed rows of one file with their digests; `fresh`: as many new ids, for those that need one."""

    file: str
    added: Sequence[tuple[RosterRow, int]]
    changed: Sequence[tuple[RosterRow, int]]
    fresh: Sequence[str]


@dataclass(frozen=True, slots=True)
class RemoveRows:
    file: str
    sourced_ids: Sequence[str]


async def save_rows(tx: Transaction, order: SaveRows) -> None:
    """Insert what is new, and change what stands. Whoever comes back gets the id they had."""
    ours = await _entities(tx, order)
    standing = tx[ROSTER_ROWS]  # looked up once: there are thousands of rows
    for row, digest in order.changed:
        fields = row_fields(row, digest)
        if order.file in _OURS:
            fields["entity_id"] = ours.get(row.sourced_id)
        change: Document = {"$set": fields}
        if order.file == "users" and "agents" not in fields:
            change["$unset"] = {"agents": ""}
        standing.update({"_id": row_id(tx.district_id, order.file, row.sourced_id)}, change)
    for row, digest in order.added:
        document = {"_id": row_id(tx.district_id, order.file, row.sourced_id), **row_fields(row, digest)}
        if row.sourced_id in ours:
            document["entity_id"] = ours[row.sourced_id]
        standing.insert(document)


async def remove_rows(tx: Transaction, order: RemoveRows) -> None:
    """Remove rows that leave."""
    ids = [row_id(tx.district_id, order.file, one) for one in order.sourced_ids]
    tx[ROSTER_ROWS].delete({"_id": {"$in": ids}})


async def _entities(tx: Transaction, order: SaveRows) -> dict[str, str]:
    """Our id for each row that describes a school, a class or a person: the one it had, or a fresh one."""
    if order.file == "users":
        rows, known = [row for row, _ in order.added], await _people(tx, [row.sourced_id for row, _ in order.added])
    elif order.file in _OURS:
        rows = [row for row, _ in (*order.changed, *order.added)]
        known = await _known(tx, _OURS[order.file], [row.sourced_id for row in rows])
    else:
        return {}
    if order.file == "orgs":
        known |= {row.sourced_id: tx.district_id for row in rows if row.values["type"] == "district"}
        rows = [row for row in rows if row.values["type"] == "district" or is_school(row.values)]
    fresh = dict(zip((row.sourced_id for row in rows), order.fresh, strict=False))
    return {row.sourced_id: known.get(row.sourced_id, fresh[row.sourced_id]) for row in rows}


async def _people(tx: Transaction, numbers: list[str]) -> dict[str, str]:
    found = await tx[PEOPLE].find({"source_ids": {"$in": numbers}}, fields=["source_ids"])
    return {number: person["_id"] for person in found for number in person["source_ids"]}


async def _known(tx: Transaction, collection: Collection, numbers: list[str]) -> dict[str, str]:
    found = await tx[collection].find({"source_id": {"$in": numbers}}, fields=["source_id"])
    return {document["source_id"]: document["_id"] for document in found}

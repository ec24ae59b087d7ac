"""Saves of a group: documents that several members changed, each fact in the trace of the member that caused it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import InsertOne, ReplaceOne, UpdateOne

from kit.envelope import Trace
from kit.mongo import Collection, Document
from kit.transaction import Announced, Transaction


def save_traced(
    tx: Transaction, collection: Collection, document: Document, told: Sequence[tuple[Trace, Announced]]
) -> int:
    """`tx[collection].save`, for a document that several members of a group changed: each fact in its member's trace.

    Returns the document's new version.
    """
    was = document["version"]
    version: int = was + max(1, len(told))
    stored = {**document, "version": version, "district_id": tx.district_id}
    held = {"_id": document["_id"], "version": was, "district_id": tx.district_id}
    tx.held(collection).saves.append(InsertOne(stored) if was == 0 else ReplaceOne(held, stored))
    for place, (trace, fact) in enumerate(told, start=1):
        tx.on_behalf_of(tx.district_id, trace).announce(fact, was + place)
    return version


@dataclass(frozen=True, slots=True)
class Change:
    """New values for some fields of a document that was read at `version`; no fact belongs to them."""

    document_id: str
    version: int
    values: Mapping[str, Any]


def change_all(tx: Transaction, collection: Collection, changes: Sequence[Change]) -> None:
    """Set a few fields of many versioned documents; a third of the cost of replacing them.

    One that is no longer at the version that was read makes the edge run the action again.
    """
    if not changes:
        return
    tx.held(collection).saves.extend(
        UpdateOne(
            {"_id": change.document_id, "version": change.version, "district_id": tx.district_id},
            {"$set": {**change.values, "version": change.version + 1}},
        )
        for change in changes
    )

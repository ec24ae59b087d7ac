"""When is a student placed? Fed by the scheduler's placements, so that hours and lessons never overlap."""

from datetime import datetime
from typing import Any

from contracts.scheduler import PlacementCancelled, PlacementMade
from kit.transaction import Rows, Transaction
from services.community.domain.hours import Span
from services.community.store.collections import BUSY


async def busy_between(rows: Rows, person_id: str, first: datetime, last: datetime) -> tuple[Span, ...]:
    """The placements of a student that start in this time, in one query."""
    where = {"person_id": person_id, "starts_at": {"$gte": first, "$lt": last}, "held": True}
    found = await rows.find(where)
    return tuple(Span("a placement", row["_id"], row["starts_at"], row["ends_at"]) for row in found)


async def remember_placement(tx: Transaction, fact: PlacementMade | PlacementCancelled, heard: Any) -> None:
    """Remember that a placement holds, or that it no longer does."""
    values = {
        "person_id": fact.student_id,
        "starts_at": fact.starts_at,
        "ends_at": fact.ends_at,
        "held": isinstance(fact, PlacementMade),
    }
    tx[BUSY].remember(fact.placement_id, heard.sequence, values)

"""What does somebody host, and how far is each roll?"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kit.edge import Reader
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.openings import seats_left
from services.scheduler.store.spaces import SPACES
from services.scheduler.store.weeks import WEEKS

RollState = Literal["not-open", "open", "taken", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """An occurrence as its host sees it. `roll` is taken once every place is marked; `marked` of them are."""

    occurrence_id: str
    version: int
    offer_id: str
    block_id: str
    school_id: str
    title: str
    host_ids: tuple[str, ...]
    day: date
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    space_id: str | None
    space_name: str | None
    cap: int | None
    taken: int
    seats_left: int | None
    waiting: int
    locked: bool
    cancelled: bool
    cancel_reason: str | None
    marked: int
    roll: RollState


async def show_hosted(reader: Reader, occurrences: Sequence[Occurrence]) -> list[Hosted]:
    """These occurrences with the names of their spaces and how far their rolls are: two queries for all of them."""
    locked = [one.occurrence_id for one in occurrences if one.locked and not one.cancelled]
    space_ids = sorted({one.space_id for one in occurrences if one.space_id is not None})
    spaces, marked = await asyncio.gather(reader[SPACES].many(space_ids), _marked(reader, locked))
    names = {space_id: str(row["name"]) for space_id, row in spaces.items()}
    return [_hosted(one, names, marked[one.occurrence_id]) for one in occurrences]


async def _marked(reader: Reader, occurrence_ids: Sequence[str]) -> Counter[str]:
    """How many held places of each occurrence the roll has marked."""
    if not occurrence_ids:
        return Counter()
    fields = ["places.occurrence_id", "places.attendance", "places.cancelled_at"]
    rows = await reader[WEEKS].find({"places.occurrence_id": {"$in": list(occurrence_ids)}}, fields=fields)
    return Counter(
        place["occurrence_id"]
        for row in rows
        for place in row["places"]
        if place["attendance"] is not None and place["cancelled_at"] is None
    )


def _hosted(one: Occurrence, names: dict[str, str], marked: int) -> Hosted:
    return Hosted(
        occurrence_id=one.occurrence_id,
        version=one.version,
        offer_id=one.offer_id,
        block_id=one.block_id,
        school_id=one.school_id,
        title=one.title,
        host_ids=one.host_ids,
        day=one.day,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        closes_at=one.closes_at,
        space_id=one.space_id,
        space_name=names.get(one.space_id or ""),
        cap=one.cap,
        taken=one.taken,
        seats_left=seats_left(one),
        waiting=len(one.waiting),
        locked=one.locked,
        cancelled=one.cancelled,
        cancel_reason=one.cancel_reason,
        marked=marked,
        roll=_roll(one, marked),
    )


def _roll(one: Occurrence, marked: int) -> RollState:
    if one.cancelled:
        return "cancelled"
    if not one.locked:
        return "not-open"
    return "taken" if marked >= one.taken else "open"

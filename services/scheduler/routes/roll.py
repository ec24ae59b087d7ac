"""Rolls, over HTTP: looked at, and taken once the block is locked."""

from pydantic import Field

from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.take_roll import RollTaken, TakeRoll, take_roll
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.roll import (
    Attendance,
    MarkedTwice,
    MinutesOutOfRange,
    NotOnThisRoll,
    RollEntry,
    RollNotOpen,
    RollOfCancelled,
)
from services.scheduler.routes.fields import Id, PathId
from services.scheduler.routes.placing import ROLL_READERS, ROLL_TAKERS
from services.scheduler.views.roll import Roll, get_roll

routes = Routes(prefix="/v1", tags=["roll"])
MOST_ENTRIES = 1000


class EntryTaken(Body):
    """How one placement went; without minutes, all of it (none when absent)."""

    placement_id: Id
    attendance: Attendance
    minutes: int | None = Field(None, ge=0, le=1440)


class RollWanted(Body):
    """The roll, or a part of it."""

    entries: tuple[EntryTaken, ...] = Field(min_length=1, max_length=MOST_ENTRIES)


@routes.get("/occurrences/{occurrence_id}/roll", policy=ROLL_READERS, refuses=[NoSuchOccurrence])
async def get_occurrence_roll(occurrence_id: PathId, edge: EdgeDep) -> Roll:
    """Who has a place in an occurrence, and what the roll says of each."""
    return await get_roll(edge.reader, occurrence_id)


@routes.put(
    "/occurrences/{occurrence_id}/roll",
    policy=ROLL_TAKERS,
    refuses=[NoSuchOccurrence, RollNotOpen, RollOfCancelled, NotOnThisRoll, MarkedTwice, MinutesOutOfRange],
)
async def put_roll(occurrence_id: PathId, body: RollWanted, edge: EdgeDep) -> RollTaken:
    """Take the roll: all of it or nothing, and again whenever it has to be corrected."""
    entries = tuple(RollEntry(entry.placement_id, entry.attendance, entry.minutes) for entry in body.entries)
    return await edge.act(take_roll, TakeRoll(occurrence_id, entries, edge.caller.caller_id))

"""Where is this placement, and whose is it? One indexed query for whoever has only its id."""

from dataclasses import dataclass

from kit.edge import Reader
from kit.refusals import refuse
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.waiting import NoSuchEntry, position_of
from services.scheduler.domain.weeks import NoSuchPlacement, Place, Week, find_place
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.weeks import WEEK, WEEKS


@dataclass(frozen=True, slots=True)
class Wait:
    """A waitlist entry with the occurrence it stands in."""

    occurrence: Occurrence
    student_id: str
    position: int


async def get_placement(reader: Reader, placement_id: str) -> tuple[Week, Place]:
    """A placement and the week it is in.

    Raises: Refusals of NoSuchPlacement.
    """
    row = await reader[WEEKS].one({"places.placement_id": placement_id})
    if row is None:
        raise refuse(NoSuchPlacement())
    week = WEEK.unpack(row)
    return week, find_place(week, placement_id)


async def get_wait(reader: Reader, entry_id: str) -> Wait:
    """A waitlist entry and its position now.

    Raises: Refusals of NoSuchEntry.
    """
    row = await reader[OCCURRENCES].one({"waiting.entry_id": entry_id})
    if row is None:
        raise refuse(NoSuchEntry())
    occurrence = OCCURRENCE.unpack(row)
    entry = next(entry for entry in occurrence.waiting if entry.entry_id == entry_id)
    return Wait(occurrence, entry.student_id, position_of(occurrence, entry.student_id) or 0)

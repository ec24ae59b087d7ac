"""Who is on the roll of an occurrence, and what does it say of each?"""

from dataclasses import dataclass

from kit.edge import Reader
from kit.refusals import refuse
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.weeks import WEEK, WEEKS


@dataclass(frozen=True, slots=True)
class RollLine:
    """One student who has a place; attendance is null until the roll says it. Names come from the profile."""

    placement_id: str
    student_id: str
    cause: str
    attendance: str | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Roll:
    """The roll of an occurrence; it can be taken once `open`."""

    occurrence_id: str
    open: bool
    lines: list[RollLine]


async def get_roll(reader: Reader, occurrence_id: str) -> Roll:
    """The roll, from one indexed query beside the occurrence itself.

    Raises: Refusals of NoSuchOccurrence.
    """
    occurrence = await reader[OCCURRENCES].one({"_id": occurrence_id}, ["locked", "cancelled"])
    if occurrence is None:
        raise refuse(NoSuchOccurrence())
    rows = await reader[WEEKS].find({"places.occurrence_id": occurrence_id}, sort=[("student_id", 1)])
    lines = [
        RollLine(place.placement_id, week.student_id, place.cause.value, place.attendance, place.minutes)
        for week in map(WEEK.unpack, rows)
        for place in week.places
        if place.held and place.occurrence_id == occurrence_id
    ]
    return Roll(occurrence_id, occurrence["locked"] and not occurrence["cancelled"], lines)

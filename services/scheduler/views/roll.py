"""Who is on the roll of an occurrence, and what does it say of each?"""

from dataclasses import dataclass
from datetime import date, datetime

from kit.edge import Reader
from kit.mongo import Document
from kit.refusals import refuse
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.weeks import Place
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
    goal_id: str | None
    step_id: str | None


@dataclass(frozen=True, slots=True)
class RollWait:
    """A student who waits for a seat, and for which goal they want it; the first in line stands first."""

    entry_id: str
    student_id: str
    position: int
    since: datetime
    goal_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Who is coming and why, and who waits; the roll can be taken once `open`."""

    occurrence_id: str
    title: str
    day: date
    starts_at: datetime
    ends_at: datetime
    space_id: str | None
    cap: int | None
    locked: bool
    cancelled: bool
    open: bool
    lines: list[RollLine]
    waiting: list[RollWait]


OF_THE_OCCURRENCE = ("title", "day", "starts_at", "ends_at", "space_id", "cap", "locked", "cancelled")


async def get_roll(reader: Reader, occurrence_id: str) -> Roll:
    """The roll, from one indexed query beside the occurrence itself.

    Raises: Refusals of NoSuchOccurrence.
    """
    occurrence = await reader[OCCURRENCES].one({"_id": occurrence_id}, [*OF_THE_OCCURRENCE, "waiting"])
    if occurrence is None:
        raise refuse(NoSuchOccurrence())
    rows = await reader[WEEKS].find({"places.occurrence_id": occurrence_id}, sort=[("student_id", 1)])
    lines = [
        _line(week.student_id, place)
        for week in map(WEEK.unpack, rows)
        for place in week.places
        if place.held and place.occurrence_id == occurrence_id
    ]
    shown = {name: occurrence[name] for name in OF_THE_OCCURRENCE} | {"day": date.fromisoformat(occurrence["day"])}
    may_open = occurrence["locked"] and not occurrence["cancelled"]
    return Roll(occurrence_id=occurrence_id, **shown, open=may_open, lines=lines, waiting=_waits(occurrence))


def _line(student_id: str, place: Place) -> RollLine:
    return RollLine(
        placement_id=place.placement_id,
        student_id=student_id,
        cause=place.cause.value,
        attendance=place.attendance,
        minutes=place.minutes,
        goal_id=place.goal_id,
        step_id=place.step_id,
    )


def _waits(occurrence: Document) -> list[RollWait]:
    return [
        RollWait(entry["entry_id"], entry["student_id"], position, entry["since"], entry["goal_id"])
        for position, entry in enumerate(occurrence["waiting"], start=1)
    ]

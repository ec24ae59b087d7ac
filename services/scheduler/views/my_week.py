"""What does my week look like? Places in time order, waits with their position, and how much of it I chose."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kit.edge import Reader
from kit.mongo import Document
from kit.shapes import Shape
from services.scheduler.domain.weeks import Place, Week, agency_rate, in_time_order
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.weeks import WEEK, WEEKS

WAITING = ("title", "starts_at", "ends_at", "waiting.entry_id", "waiting.student_id", "waiting.instead_of")


@dataclass(frozen=True, slots=True)
class WeekPlace:
    """One place of the week. `occurrence_id` is null for own work in a space."""

    placement_id: str
    occurrence_id: str | None
    offer_id: str | None
    space_id: str | None
    block_id: str
    school_id: str
    day: date
    starts_at: datetime
    ends_at: datetime
    title: str
    cause: str
    goal_id: str | None
    step_id: str | None
    attendance: str | None
    minutes: int


WEEK_PLACE = Shape(WeekPlace, Place)


@dataclass(frozen=True, slots=True)
class WeekWait:
    """One wait; position 1 gets the next seat. `instead_of` is the place that would be left for it."""

    entry_id: str
    occurrence_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    position: int
    instead_of: str | None


@dataclass(frozen=True, slots=True)
class WeekAgency:
    """Minutes by own choice, of all placed minutes; the rate is null in an empty week."""

    chosen_minutes: int
    placed_minutes: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class MyWeek:
    """A student's week; it is this service's own, so `as_of` is the moment of the answer."""

    person_id: str
    week: str
    places: list[WeekPlace]
    waiting: list[WeekWait]
    agency: WeekAgency
    as_of: datetime


def week_named(day: date) -> str:
    """The ISO week of a calendar day: `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


async def get_week(reader: Reader, person_id: str, week: str, now: datetime) -> MyWeek:
    """The week of one student; empty where they have no place in it."""
    [found] = await weeks_of(reader, [person_id], week, now)
    return found


async def weeks_of(reader: Reader, person_ids: Sequence[str], week: str, now: datetime) -> list[MyWeek]:
    """The same week of several students, in their order: one indexed query for all places, and one for all waits."""
    if not person_ids:
        return []
    students = {"$in": list(person_ids)}
    found, lines = await asyncio.gather(
        WEEK.find(reader[WEEKS], {"student_id": students, "week": week}),
        reader[OCCURRENCES].find({"waiting.student_id": students, "week": week}, fields=WAITING),
    )
    weeks = {each.student_id: each for each in found}
    empty = Week(version=0, district_id=reader.district_id, student_id="", week=week)
    return [_shown(weeks.get(one) or replace(empty, student_id=one), lines, now) for one in person_ids]


def _shown(week: Week, lines: Sequence[Document], now: datetime) -> MyWeek:
    rate = agency_rate(week)
    waits = [wait for line in lines if (wait := _wait(line, week.student_id)) is not None]
    return MyWeek(
        person_id=week.student_id,
        week=week.week,
        places=[WEEK_PLACE(place) for place in in_time_order(week)],
        waiting=sorted(waits, key=lambda wait: (wait.starts_at, wait.entry_id)),
        agency=WeekAgency(rate.chosen_minutes, rate.placed_minutes, rate.rate),
        as_of=now,
    )


def _wait(line: Document, person_id: str) -> WeekWait | None:
    """Where somebody stands in this line; None where they do not."""
    students = [entry["student_id"] for entry in line["waiting"]]
    if person_id not in students:
        return None
    place = students.index(person_id)
    entry = line["waiting"][place]
    return WeekWait(
        entry_id=entry["entry_id"],
        occurrence_id=line["_id"],
        title=line["title"],
        starts_at=line["starts_at"],
        ends_at=line["ends_at"],
        position=place + 1,
        instead_of=entry["instead_of"],
    )

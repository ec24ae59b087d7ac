"""A school to book in: students, sessions in one block, and the space they share seats of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.pack import pack
from kit.clock import now
from kit.directory import PEOPLE
from kit.edge import IDEMPOTENCY, Store
from kit.ids import new_id
from kit.mongo import Document, Mongo
from kit.transaction import OUTBOX
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import reserve
from services.scheduler.domain.spaces import Space, space_day
from services.scheduler.store.learners import LEARNERS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.weeks import WEEKS

COLLECTIONS = (PEOPLE, LEARNERS, OCCURRENCES, RESOURCE_DAYS, WEEKS, OUTBOX, IDEMPOTENCY)
WEEK = "2026-W49"


@dataclass(frozen=True)
class School:
    """Ids of what can be booked, and of who books: one fresh district a run, so that runs do not meet."""

    district_id: str
    school_id: str
    occurrence_ids: Sequence[str]
    student_ids: Sequence[str]


def store_of(url: str) -> Store:
    """The scheduler's store, as its API opens it."""
    return Store(Mongo(url, "trellis_scheduler"), pack, "trellis/scheduler")


async def open_school(store: Store, *, sessions: int, seats: int, students: int, slots: int = 1) -> School:
    """Write a school whose every session takes place in a space of its own with `seats` seats.

    The sessions are spread over so many slots of the week; those of one slot share their minutes.
    """
    school = School(
        new_id("district"),
        new_id("school"),
        [new_id("occurrence") for _ in range(sessions)],
        [new_id("person") for _ in range(students)],
    )
    database = store.mongo.database
    await database[PEOPLE.name].insert_many([_person(school, student_id) for student_id in school.student_ids])
    spaces = {key: _space(school, seats) for key in school.occurrence_ids}
    rows = [
        _occurrence(school, key, spaces[key].space_id, seats, number % slots)
        for number, key in enumerate(school.occurrence_ids)
    ]
    await database[OCCURRENCES.name].insert_many([OCCURRENCE.pack(row) | {"version": 1} for row in rows])
    days = [
        reserve(space_day(spaces[row.occurrence_id], row.day), row.occurrence_id, row.starts_at, row.ends_at)
        for row in rows
    ]
    await database[RESOURCE_DAYS.name].insert_many([RESOURCE_DAY.pack(day) | {"version": 1} for day in days])
    return school


def _person(school: School, student_id: str) -> Document:
    return {
        "_id": student_id,
        "district_id": school.district_id,
        "roles": [{"role": "learner", "organisation_id": school.school_id}],
        "organisations": [school.school_id],
        "groups": [],
        "leads": [],
        "wards": [],
        "grades": ["07"],
        "active": True,
        "sequence": 1,
    }


def _space(school: School, seats: int) -> Space:
    return Space(
        space_id=new_id("space"),
        version=1,
        district_id=school.district_id,
        school_id=school.school_id,
        name="Hall",
        legal_limit=seats,
        target=seats,
    )


def _occurrence(school: School, occurrence_id: str, space_id: str, seats: int, slot: int) -> Occurrence:
    starts_at = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=slot)
    return Occurrence(
        occurrence_id=occurrence_id,
        version=0,
        district_id=school.district_id,
        school_id=school.school_id,
        offer_id=new_id("offer"),
        block_id=new_id("block"),
        space_id=space_id,
        day=starts_at.date(),
        week=WEEK,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        opens_at=now() - timedelta(days=1),
        closes_at=now() + timedelta(days=365),
        title="Robotics",
        kind="workshop",
        host_ids=(new_id("person"),),
        cap=seats,
    )

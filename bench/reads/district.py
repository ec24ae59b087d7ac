"""A district to read in: schools of 800, each with a week of blocks, occurrences and what students chose of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kit.clock import now
from kit.directory import PEOPLE
from kit.ids import new_id
from kit.mongo import Collection, Database, Document
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.spaces import Space, space_day
from services.scheduler.domain.weeks import Cause, Place, Week
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.schools import DISTRICTS
from services.scheduler.store.spaces import SPACE, SPACES
from services.scheduler.store.weeks import WEEK, WEEKS

MONDAY = date(2026, 11, 30)
IN_WEEK = "2026-W49"
SCHOOL_OF = 800
BLOCKS_A_WEEK, IN_A_BLOCK, CHOSEN = 10, 8, 5
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Readable:
    """One school of the district: who reads there, and what."""

    district_id: str
    school_id: str
    learner_ids: tuple[str, ...]
    occurrence_ids: tuple[str, ...]


async def write_district(database: Database, learners: int) -> Readable:
    """Write a district with so many learners. Returns its first school."""
    district_id = new_id("district")
    await database[DISTRICTS.name].insert_one(
        {"_id": district_id, "district_id": district_id, "time_zone": "America/Denver", "sequence": 1}
    )
    first: Readable | None = None
    for start in range(0, learners, SCHOOL_OF):
        school = await _write_school(database, district_id, min(SCHOOL_OF, learners - start))
        first = first or school
    assert first is not None, learners
    return first


async def _write_school(database: Database, district_id: str, learners: int) -> Readable:
    school_id = new_id("school")
    occurrences = list(_occurrences(district_id, school_id))
    people = [new_id("person") for _ in range(learners)]
    weeks = [_week(district_id, person_id, number, occurrences) for number, person_id in enumerate(people)]
    spaces = [_space(district_id, school_id, str(one.space_id)) for one in occurrences[:IN_A_BLOCK]]
    days = [space_day(space, MONDAY + timedelta(days=day)) for space in spaces for day in range(5)]
    blocks = {one.block_id: _block(one) for one in occurrences}
    await _insert(database, PEOPLE, [_person(district_id, school_id, person_id) for person_id in people])
    await _insert(database, BLOCKS, map(BLOCK.pack, blocks.values()))
    await _insert(database, SPACES, map(SPACE.pack, spaces))
    await _insert(database, RESOURCE_DAYS, map(RESOURCE_DAY.pack, days))
    await _insert(database, OCCURRENCES, map(OCCURRENCE.pack, occurrences))
    await _insert(database, WEEKS, map(WEEK.pack, weeks))
    return Readable(district_id, school_id, tuple(people), tuple(one.occurrence_id for one in occurrences))


async def _insert(database: Database, collection: Collection, rows: Any) -> None:
    documents = [row | {"version": 1} for row in rows]
    for start in range(0, len(documents), _BATCH):
        await database[collection.name].insert_many(documents[start : start + _BATCH], ordered=False)


def _person(district_id: str, school_id: str, person_id: str) -> Document:
    return {
        "_id": person_id,
        "district_id": district_id,
        "roles": [{"role": "learner", "organisation_id": school_id}],
        "organisations": [school_id],
        "groups": [],
        "leads": [],
        "wards": [],
        "grades": ["07"],
        "active": True,
        "sequence": 1,
    }


def _space(district_id: str, school_id: str, space_id: str) -> Space:
    return Space(
        space_id=space_id,
        version=1,
        district_id=district_id,
        school_id=school_id,
        name="Hall",
        legal_limit=120,
        target=100,
    )


def _occurrences(district_id: str, school_id: str) -> Iterator[Occurrence]:
    """Two blocks a day; the same offers in the same spaces in each."""
    spaces = [new_id("space") for _ in range(IN_A_BLOCK)]
    offers = [new_id("offer") for _ in range(IN_A_BLOCK)]
    for number in range(BLOCKS_A_WEEK):
        day, block_id = MONDAY + timedelta(days=number // 2), new_id("block")
        starts_at = datetime(day.year, day.month, day.day, 16 + 2 * (number % 2), tzinfo=UTC)
        for place in range(IN_A_BLOCK):
            yield _occurrence(district_id, school_id, block_id, offers[place], spaces[place], starts_at)


def _occurrence(
    district_id: str, school_id: str, block_id: str, offer_id: str, space_id: str, starts_at: datetime
) -> Occurrence:
    return Occurrence(
        occurrence_id=new_id("occurrence"),
        version=0,
        district_id=district_id,
        school_id=school_id,
        offer_id=offer_id,
        block_id=block_id,
        space_id=space_id,
        day=starts_at.date(),
        week=IN_WEEK,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        opens_at=now() - timedelta(days=1),
        closes_at=now() + timedelta(days=365),
        title="Robotics with real motors",
        kind="workshop",
        host_ids=(new_id("person"),),
        tags=("robotics", "building"),
        cap=120,
        taken=SCHOOL_OF // IN_A_BLOCK,
    )


def _block(one: Occurrence) -> Block:
    return Block(
        block_id=one.block_id,
        version=0,
        district_id=one.district_id,
        school_id=one.school_id,
        period_id="period_flex",
        period_name="Flex",
        pattern_id="pattern_week",
        rotation_day=None,
        day=one.day,
        week=one.week,
        planned_at=one.starts_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        locks_at=one.starts_at,
    )


def _week(district_id: str, person_id: str, number: int, occurrences: list[Occurrence]) -> Week:
    """A place in every other block; neighbours in the list sit in different occurrences."""
    chosen = [occurrences[block * 2 * IN_A_BLOCK + (number + block) % IN_A_BLOCK] for block in range(CHOSEN)]
    places = tuple(_place(person_id, one) for one in chosen)
    return Week(version=0, district_id=district_id, student_id=person_id, week=IN_WEEK, places=places)


def _place(person_id: str, one: Occurrence) -> Place:
    return Place(
        placement_id=new_id("placement"),
        occurrence_id=one.occurrence_id,
        offer_id=one.offer_id,
        space_id=one.space_id,
        block_id=one.block_id,
        school_id=one.school_id,
        day=one.day,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        title=one.title,
        cause=Cause.CHOSEN,
        goal_id=None,
        step_id=None,
        replaced=None,
        made_at=one.opens_at,
        made_by=person_id,
    )

"""A round on paper: two blocks, sessions, students and rankings, with only what a story needs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.scheduler.distribution_files.from_timetable import Timetable
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.rankings import BlockRanking, Choice, Ranking, ranking_id
from services.scheduler.domain.rounds import Round
from services.scheduler.domain.weeks import Cause, Place, Week

DISTRICT, SCHOOL = "district_1", "school_1"
DAY = datetime(2031, 3, 4, tzinfo=UTC)
NOW = datetime(2031, 3, 1, tzinfo=UTC)
WEEK = "2031-W10"
HOURS = {"block_1": 9.0, "block_2": 12.0}


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def a_round(**changes: Any) -> Round:
    fields: dict[str, Any] = {
        "round_id": "round_1",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "title": "Wildcat Time",
        "seed": 7,
        "opens_at": NOW - timedelta(days=1),
        "closes_at": NOW + timedelta(days=1),
        "block_ids": ("block_1", "block_2"),
        "made_by": "person_office",
        "made_at": NOW - timedelta(days=1),
    }
    return Round(**(fields | changes))


def a_block(block_id: str = "block_1", **changes: Any) -> Block:
    hour = HOURS.get(block_id, 9.0)
    fields: dict[str, Any] = {
        "block_id": block_id,
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "period_id": "period_1",
        "period_name": "Wildcat Time",
        "pattern_id": "pattern_1",
        "rotation_day": None,
        "day": DAY.date(),
        "week": WEEK,
        "planned_at": at(hour),
        "starts_at": at(hour),
        "ends_at": at(hour + 0.75),
        "opens_at": NOW - timedelta(days=9),
        "closes_at": at(hour - 1),
        "locks_at": at(hour),
    }
    return Block(**(fields | changes))


def a_session(title: str, block_id: str = "block_1", cap: int | None = 5, **changes: Any) -> Occurrence:
    block = a_block(block_id)
    fields: dict[str, Any] = {
        "occurrence_id": f"occ_{title.lower()}_{block_id}",
        "version": 1,
        "district_id": DISTRICT,
        "school_id": SCHOOL,
        "offer_id": f"offer_{title.lower()}",
        "block_id": block_id,
        "space_id": None,
        "day": block.day,
        "week": WEEK,
        "starts_at": block.starts_at,
        "ends_at": block.ends_at,
        "opens_at": block.opens_at,
        "closes_at": block.closes_at,
        "title": title,
        "kind": "session",
        "host_ids": (),
        "cap": cap,
    }
    return Occurrence(**(fields | changes))


def a_student(student_id: str, **changes: Any) -> Student:
    return Student(**({"student_id": student_id, "school_ids": frozenset({SCHOOL})} | changes))


def ranking(student_id: str, friends: Sequence[str] = (), calm: Sequence[str] = (), **blocks: Sequence[str]) -> Ranking:
    """A ranking: occurrences by block, best first."""
    names = dict.fromkeys([*blocks, *calm])
    return Ranking(
        ranking_id=ranking_id("round_1", student_id),
        version=1,
        district_id=DISTRICT,
        school_id=SCHOOL,
        round_id="round_1",
        student_id=student_id,
        blocks=tuple(
            BlockRanking(
                block_id=name,
                ranked=tuple(Choice(occurrence_id=one) for one in blocks.get(name, ())),
                calm=name in calm,
            )
            for name in names
        ),
        friend_ids=tuple(friends),
        saved_at=NOW,
    )


def a_place(student_id: str, occurrence: Occurrence, cause: Cause = Cause.CHOSEN) -> Week:
    """The week of a student who has one place."""
    place = Place(
        placement_id=f"place_{student_id}",
        occurrence_id=occurrence.occurrence_id,
        offer_id=occurrence.offer_id,
        space_id=occurrence.space_id,
        block_id=occurrence.block_id,
        school_id=SCHOOL,
        day=occurrence.day,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        title=occurrence.title,
        cause=cause,
        goal_id=None,
        step_id=None,
        replaced=None,
        made_at=NOW,
        made_by=student_id,
    )
    return Week(version=1, district_id=DISTRICT, student_id=student_id, week=WEEK, places=(place,))


def a_timetable(
    occurrences: Sequence[Occurrence], rankings: Sequence[Ranking], weeks: Sequence[Week] = (), **changes: Any
) -> Timetable:
    students: Mapping[str, Student] = {one.student_id: a_student(one.student_id) for one in rankings}
    fields: dict[str, Any] = {
        "of": a_round(),
        "seed": 7,
        "blocks": {block_id: a_block(block_id) for block_id in HOURS},
        "occurrences": occurrences,
        "own_work_spaces": (),
        "days": {},
        "rankings": rankings,
        "students": students,
        "weeks": {week.week_id: week for week in weeks},
        "credits": {},
    }
    return Timetable(**(fields | changes))

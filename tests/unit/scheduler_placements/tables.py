"""A booking table to play on: students, occurrences and a board with what a story needs."""

from typing import Any

from services.scheduler.domain.board import Board
from services.scheduler.domain.booking import Wish
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import KnownGoal, Learner
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay, resource_day_id
from services.scheduler.domain.spaces import space_day
from services.scheduler.domain.weeks import Cause, Week, week_id
from tests.unit.scheduler_time.builders import DISTRICT, MONDAY, NOW, SCHOOL, a_space, an_occurrence, at

WEEK = "2026-W49"
OPEN = NOW  # a moment at which sign-up is open
__all__ = [
    "MONDAY", "OPEN", "WEEK", "a_board", "a_student", "a_week", "a_wish", "an_occurrence", "at", "goal_of", "hall"
]  # fmt: skip


def a_student(student_id: str = "person_maya", **changes: Any) -> Student:
    fields: dict[str, Any] = {
        "student_id": student_id,
        "school_ids": frozenset({SCHOOL}),
        "class_ids": frozenset({"class_7b"}),
        "grades": frozenset({"07"}),
    }
    return Student(**(fields | changes))


def a_wish(student: Student | str = "person_maya", **changes: Any) -> Wish:
    known = a_student(student) if isinstance(student, str) else student
    fields: dict[str, Any] = {
        "placement_id": f"place_{known.student_id}",
        "student": known,
        "cause": Cause.CHOSEN,
        "made_by": known.student_id,
        "made_at": OPEN,
    }
    return Wish(**(fields | changes))


def a_week(student_id: str = "person_maya", **changes: Any) -> Week:
    fields: dict[str, Any] = {"version": 0, "district_id": DISTRICT, "student_id": student_id, "week": WEEK}
    return Week(**(fields | changes))


def hall(seats: int, space_id: str = "space_1") -> ResourceDay:
    """The day of a space with so many seats by law."""
    return space_day(a_space(space_id=space_id, legal_limit=seats, target=seats), MONDAY)


def goal_of(student_id: str = "person_maya", goal_id: str = "goal_bike") -> Learner:
    return Learner(person_id=student_id, goals={goal_id: KnownGoal(step_ids=frozenset({"step_weld"}))})


def a_board(
    *occurrences: Occurrence, students: tuple[str, ...] = ("person_maya",), days: tuple[ResourceDay, ...] = ()
) -> Board:
    """A board with these occurrences, an empty week for each student, and the days of the spaces."""
    board = Board()
    for occurrence in occurrences:
        board.occurrences[occurrence.occurrence_id] = occurrence
        board.taken[occurrence.occurrence_id] = occurrence.taken
    for student_id in students:
        board.weeks[week_id(student_id, WEEK)] = a_week(student_id)
    for day in days:
        board.days[resource_day_id(day.resource_id, day.day)] = day
    return board

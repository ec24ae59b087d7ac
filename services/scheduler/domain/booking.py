"""Booking: when a student gets a place, and every reason why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from contracts.scheduler import WaitlistLeft
from kit.refusals import Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.board import Board
from services.scheduler.domain.eligibility import Eligibility, Student
from services.scheduler.domain.learners import CLOSED_GOALS, KnownGoal, Learner
from services.scheduler.domain.no_place import (
    AlreadyPlaced,
    Closed,
    GoalUnknown,
    LimitAWeek,
    Locked,
    NotEligible,
    NotYetOpen,
    OccurrenceCancelled,
    OnceADay,
    Overlaps,
    SessionFull,
)
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence
from services.scheduler.domain.resource_days import (
    EquipmentGone,
    ResourceDay,
    SpaceFull,
    resource_day_id,
    shortage,
    take,
)
from services.scheduler.domain.rounds import Hold, held_for_round
from services.scheduler.domain.weeks import (
    Cause,
    Place,
    Week,
    held_places,
    overlapping,
    placement_made,
    week_id,
    with_place,
)

# The reasons that a wait can cure: a seat may come free.
SEATS_GONE = (SessionFull, SpaceFull, EquipmentGone)
# Whoever chooses keeps to the students' window; staff may place a student until the lock.
BY_STUDENT = frozenset({Cause.CHOSEN, Cause.PROMOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A place that a student is to get: who, for which goal, why, and who says so.

    `learner` is what is known of the student's goals; it is needed only where the wish names one.
    """

    placement_id: str
    student: Student
    learner: Learner | None = None
    goal_id: str | None = None
    step_id: str | None = None
    cause: Cause
    made_by: str
    made_at: datetime
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What one seat takes of a resource's day: an id, a ref on that day, and how many."""

    day_id: str
    ref: str
    amount: int


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking changes: the student's week, the resources' days by id, and how many seats are taken now."""

    place: Place
    week: Week
    days: dict[str, ResourceDay]
    taken: int


def seat_needs(occurrence: Occurrence) -> tuple[Need, ...]:
    """What one seat of an occurrence takes: a seat of its space, and equipment for each seat."""
    return _needs(occurrence.occurrence_id, occurrence.space_id, occurrence.day, occurrence.equipment)


# Kept, because many students ask for the same few occurrences in a row.
@lru_cache(maxsize=4096)
def _needs(ref: str, space_id: str | None, day: date, equipment: tuple[EquipmentNeed, ...]) -> tuple[Need, ...]:
    seat = (Need(resource_day_id(space_id, day), ref, 1),) if space_id is not None else ()
    each = (need for need in equipment if need.each_seat > 0)
    return (*seat, *(Need(resource_day_id(need.pool_id, day), ref, need.each_seat) for need in each))


def book(
    wish: Wish,
    occurrence: Occurrence,
    taken: int,
    week: Week,
    days: Mapping[str, ResourceDay],
    hold: Hold | None = None,
) -> Booked:
    """The student's place in an occurrence with so many seats taken. `days`: of its space and pools, by id.

    All reasons against it are raised together: a student who knows one of three cannot act.
    Raises: Refusals of HeldForRound, NotYetOpen, Closed, Locked, OccurrenceCancelled, NotEligible, GoalUnknown,
    AlreadyPlaced, Overlaps, OnceADay, LimitAWeek, SessionFull, SpaceFull, EquipmentGone.
    """
    refuse_all(*reasons_against(wish, occurrence, taken, week, days, hold))
    ids = (occurrence.occurrence_id, occurrence.offer_id, occurrence.space_id)
    place = place_for(wish, occurrence, ids, occurrence.title)
    used_days = {
        need.day_id: take(days[need.day_id], need.ref, occurrence.starts_at, occurrence.ends_at, need.amount)
        for need in seat_needs(occurrence)
    }
    return Booked(place, with_place(week, place), used_days, taken + 1)


def reasons_against(
    wish: Wish,
    occurrence: Occurrence,
    taken: int,
    week: Week,
    days: Mapping[str, ResourceDay],
    hold: Hold | None = None,
) -> Iterator[Refusal]:
    """Every reason why `wish` cannot have a seat here and now. `hold`: what a round holds of this block."""
    if occurrence.cancelled:
        yield OccurrenceCancelled()
    if hold is not None and wish.cause in BY_STUDENT and (held := held_for_round(hold, occurrence, wish.made_at)):
        yield held
    yield from window(wish, occurrence.opens_at, occurrence.closes_at, occurrence.locked)
    if not_eligible := check_at(occurrence.eligibility, wish.student, occurrence.school_id):
        yield NotEligible(reasons=", ".join(not_eligible))
    if goal_unknown(wish):
        yield GoalUnknown()
    if week.places:
        yield from _in_the_way(occurrence, week)
        yield from _too_often(occurrence, week)
    yield from seats_gone(occurrence, taken, days)


def seats_gone(occurrence: Occurrence, taken: int, days: Mapping[str, ResourceDay]) -> Iterator[Refusal]:
    """Why nobody can have another seat: the occurrence's cap, the space's legal limit, or the equipment."""
    if occurrence.cap is not None and taken >= occurrence.cap:
        yield SessionFull(cap=occurrence.cap)
    for need in seat_needs(occurrence):
        if short := shortage(days[need.day_id], occurrence.starts_at, occurrence.ends_at, need.amount):
            yield short


def take_seat(board: Board, wish: Wish, occurrence_id: str) -> Place:
    """The student's new place in an occurrence; whoever waited for it waits no longer.

    Raises: Refusals of `book`.
    """
    occurrence = board.occurrences[occurrence_id]
    place = seat(board, wish, occurrence)
    if occurrence.waiting:
        stop_waiting(board, occurrence_id, wish.student.student_id, "placed")
    return place


def seat(board: Board, wish: Wish, occurrence: Occurrence) -> Place:
    """The same, the line left as it is.

    Raises: Refusals of `book`.
    """
    week = board.weeks[week_id(wish.student.student_id, occurrence.week)]
    taken, hold = board.taken[occurrence.occurrence_id], board.holds.get(occurrence.block_id)
    return put_made(board, book(wish, occurrence, taken, week, board.days, hold))


def put_made(board: Board, booked: Booked) -> Place:
    """Put a booking on the board and tell it."""
    put(board, booked)
    board.facts.append((booked.week.week_id, placement_made(booked.week, booked.place)))
    return booked.place


def put(board: Board, booked: Booked) -> None:
    """Put the documents of a booking (or of a freed place) on the board."""
    week_key = booked.week.week_id
    board.weeks[week_key] = booked.week
    board.where[booked.place.placement_id] = week_key
    board.days.update(booked.days)
    if booked.place.occurrence_id is not None:
        board.taken[booked.place.occurrence_id] = booked.taken
        board.touched.add(booked.place.occurrence_id)


def stop_waiting(board: Board, occurrence_id: str, student_id: str, reason: str) -> None:
    """Take the student's entry, if there is one, out of the line."""
    occurrence = board.occurrences[occurrence_id]
    for entry in occurrence.waiting:
        if entry.student_id == student_id:
            left = tuple(other for other in occurrence.waiting if other is not entry)
            board.occurrences[occurrence_id] = replace(occurrence, waiting=left)
            fact = WaitlistLeft(
                district_id=occurrence.district_id,
                entry_id=entry.entry_id,
                occurrence_id=occurrence_id,
                student_id=student_id,
                reason=reason,
            )
            board.facts.append((occurrence_id, fact))


def check_at(eligibility: Eligibility, student: Student, school_id: str) -> tuple[str, ...]:
    """The reason codes against this student at a school; none: eligible. Students of other schools are not."""
    elsewhere = () if school_id in student.school_ids else ("not-at-this-school",)
    return elsewhere + check(eligibility, student)


def check(eligibility: Eligibility, student: Student) -> tuple[str, ...]:
    """The same, wherever the student is at school.

    A student on the allow-list needs no grade or class; where the allow-list stands alone, it is the whole list.
    Being on the block-list is told by a code that says no more than that.
    """
    reasons = [] if student.active else ["no-longer-at-school"]
    if student.student_id in eligibility.block:
        reasons.append("not-open-to-you")
    if student.student_id not in eligibility.allow:
        reasons += _outside(eligibility, student)
    return tuple(reasons)


def _outside(eligibility: Eligibility, student: Student) -> list[str]:
    reasons = []
    if eligibility.grades and not eligibility.grades & student.grades:
        reasons.append("not-in-these-grades")
    if eligibility.class_ids and not eligibility.class_ids & student.class_ids:
        reasons.append("not-in-these-classes")
    if eligibility.allow and not eligibility.grades and not eligibility.class_ids:
        reasons.append("not-on-the-list")
    return reasons


def window(wish: Wish, opens_at: datetime, closes_at: datetime, locked: bool) -> Iterator[Refusal]:
    """Why it is too early or too late for this wish."""
    if locked:
        yield Locked()
    if wish.cause in BY_STUDENT:
        if wish.made_at < opens_at:
            yield NotYetOpen(opens_at=_said(opens_at))
        if wish.made_at >= closes_at:
            yield Closed(closes_at=_said(closes_at))


def goal_unknown(wish: Wish) -> bool:
    """Whether the wish names a goal or a step that is no open one of the student's."""
    if wish.goal_id is None:
        return wish.step_id is not None
    goal = open_goal(wish.learner, wish.goal_id)
    return goal is None or (wish.step_id is not None and wish.step_id not in goal.step_ids)


def open_goal(learner: Learner | None, goal_id: str) -> KnownGoal | None:
    """The learner's goal with this id, if it is open."""
    goal = learner.goals.get(goal_id) if learner is not None else None
    return goal if goal is not None and goal.state not in CLOSED_GOALS else None


def _in_the_way(occurrence: Occurrence, week: Week) -> Iterator[Refusal]:
    """The places of the same minutes: this very occurrence, or another one."""
    at_once = overlapping(week, occurrence.starts_at, occurrence.ends_at)
    others = [place for place in at_once if place.occurrence_id != occurrence.occurrence_id]
    if len(others) < len(at_once):
        yield AlreadyPlaced()
    if others:
        yield overlaps(others)


def _too_often(occurrence: Occurrence, week: Week) -> Iterator[Refusal]:
    most = occurrence.most_a_week
    if not occurrence.once_a_day and most is None:
        return
    same = [
        place
        for place in held_places(week)
        if place.offer_id == occurrence.offer_id and place.occurrence_id != occurrence.occurrence_id
    ]
    if occurrence.once_a_day and any(place.day == occurrence.day for place in same):
        yield OnceADay()
    if most is not None and len(same) >= most:
        yield LimitAWeek(most=most)


def overlaps(places: list[Place]) -> Overlaps:
    """The reason that these places are at the same time."""
    what = "; ".join(f"{place.title} from {_said(place.starts_at)} to {_said(place.ends_at)}" for place in places)
    return Overlaps(what=what, placement_ids=[place.placement_id for place in places])


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")


def place_for(
    wish: Wish, when: Occurrence | Block, ids: tuple[str | None, str | None, str | None], title: str
) -> Place:
    """The place that a wish becomes. `ids`: of the occurrence, its offer, and the space."""
    occurrence_id, offer_id, space_id = ids
    return Place(
        placement_id=wish.placement_id,
        occurrence_id=occurrence_id,
        offer_id=offer_id,
        space_id=space_id,
        block_id=when.block_id,
        school_id=when.school_id,
        day=when.day,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        title=title,
        cause=wish.cause,
        goal_id=wish.goal_id,
        step_id=wish.step_id,
        replaced=wish.replaced,
        made_at=wish.made_at,
        made_by=wish.made_by,
    )

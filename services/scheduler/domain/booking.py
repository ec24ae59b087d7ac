"""Booking: when a student gets a place, and every reason why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.eligibility import Student, check_at
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence
from services.scheduler.domain.resource_days import (
    EquipmentGone,
    ResourceDay,
    SpaceFull,
    give_back,
    own_work,
    resource_day_id,
    shortage,
    take,
    used,
)
from services.scheduler.domain.rounds import Hold, held_for_round
from services.scheduler.domain.spaces import Space
from services.scheduler.domain.weeks import Cause, Place, Week, held_places, overlapping, with_changed, with_place


class NotYetOpen(Refusal):
    text = "Sign-up is not open yet. It opens at {opens_at}."


class Closed(Refusal):
    text = "Sign-up closed at {closes_at}. Ask the host; staff can still place you until the block locks."
    staff_text = "Sign-up for students closed at {closes_at}. You can still assign the student until the block locks."


class Locked(Refusal):
    text = "This block is locked: places in it change no more. Ask the host."
    staff_text = "This block is locked: places in it change no more. The roll can be taken."


class OccurrenceCancelled(Refusal):
    text = "This will not take place. Choose something else in that block."


class BlockCancelled(Refusal):
    text = "This block is cancelled. Choose another one."


class NotEligible(Refusal):
    kind = Kind.FORBIDDEN
    text = "This is not open to you ({reasons}). Ask the host if you think it should be."
    staff_text = "The student is not eligible here: {reasons}. Change who the offer is for, or choose another one."


class SessionFull(Refusal):
    text = "Every seat is taken ({cap} in all). You can wait for one: whoever waits first gets the next seat."
    staff_text = "All {cap} seats of this occurrence are taken. Raise its cap, or let the student wait."


class OwnWorkFull(Refusal):
    text = "Every seat for own work here is taken in that block ({seats} in all). Choose another space or block."


class Overlaps(Refusal):
    text = "You have a place at that time already: {what}. Switch from it, or choose another block."
    staff_text = "The student has a place at that time already: {what}. Cancel it first, or choose another block."


class AlreadyPlaced(Refusal):
    text = "You have a place here already."
    staff_text = "The student has a place here already."


class OnceADay(Refusal):
    text = "You can do this once a day, and you have a place in it that day already."
    staff_text = "Once a day for each student; this one has a place in it that day already."


class LimitAWeek(Refusal):
    text = "You can do this {most} times a week, and you have that many places in it already."
    staff_text = "{most} times a week for each student; this one has that many places in it already."


class GoalUnknown(Refusal):
    kind = Kind.INVALID
    text = "There is no such open goal or step of yours. Choose another one, or book without a goal."
    staff_text = "The student has no such open goal or step. Choose another one, or book without a goal."


class OwnWorkNotOffered(Refusal):
    text = "This space is not open to own work. Choose another one."


class NoSuchBlock(Refusal):
    kind = Kind.MISSING
    text = "There is no such block in this district."


class AnotherSchool(Refusal):
    kind = Kind.INVALID
    text = "This space and this block belong to different schools."


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
    place = _place_in(occurrence, wish)
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
    if wish.cause in BY_STUDENT and (held := held_for_round(hold, occurrence, wish.made_at)):
        yield held
    yield from _window(wish, occurrence.opens_at, occurrence.closes_at, occurrence.locked)
    if not_eligible := check_at(occurrence.eligibility, wish.student, occurrence.school_id):
        yield NotEligible(reasons=", ".join(not_eligible))
    if _goal_unknown(wish):
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


def book_own_work(wish: Wish, space: Space, block: Block, week: Week, day: ResourceDay) -> Booked:
    """The student's place for own work in a space in one block, without a host.

    Raises: Refusals of OwnWorkNotOffered, AnotherSchool, BlockCancelled, NotYetOpen, Closed, Locked, NotEligible,
    GoalUnknown, AlreadyPlaced, Overlaps, SpaceFull, OwnWorkFull.
    """
    ref = own_work(block.block_id)
    taken = used(day, ref)
    elsewhere = () if space.school_id in wish.student.school_ids else ("not-at-this-school",)
    gone = elsewhere if wish.student.active else (*elsewhere, "no-longer-at-school")
    refuse_all(
        None if space.own_work else OwnWorkNotOffered(),
        AnotherSchool() if space.school_id != block.school_id else None,
        BlockCancelled() if block.cancelled else None,
        *_window(wish, block.opens_at, block.closes_at, block.locked_at is not None),
        NotEligible(reasons=", ".join(gone)) if gone else None,
        GoalUnknown() if _goal_unknown(wish) else None,
        *_own_work_in_the_way(space, block, week),
        shortage(day, block.starts_at, block.ends_at),
        OwnWorkFull(seats=space.own_work_seats) if space.own_work and taken >= space.own_work_seats else None,
    )
    place = _place_for_own_work(space, block, wish)
    taking = {day.day_id: take(day, ref, block.starts_at, block.ends_at)}
    return Booked(place, with_place(week, place), taking, taken + 1)


@dataclass(frozen=True, slots=True)
class Freeing:
    """When a place is freed, by whom, and why (a code such as by-student, switched, occurrence-cancelled)."""

    at: datetime
    by: str
    reason: str


def place_needs(place: Place, occurrence: Occurrence | None) -> tuple[Need, ...]:
    """What a place takes: the seat of its occurrence, or a seat of the space of its own work."""
    if occurrence is not None:
        return seat_needs(occurrence)
    assert place.space_id is not None, place
    return (Need(resource_day_id(place.space_id, place.day), own_work(place.block_id), 1),)


def free(
    place: Place,
    occurrence: Occurrence | None,
    taken: int,
    week: Week,
    days: Mapping[str, ResourceDay],
    freeing: Freeing,
) -> Booked:
    """What a freed place leaves behind: the seat, the space's and the equipment's, and the minutes of the week."""
    assert place.held, place
    freed = replace(place, cancelled_at=freeing.at, cancelled_by=freeing.by, reason=freeing.reason)
    given = {
        need.day_id: give_back(days[need.day_id], need.ref, need.amount) for need in place_needs(place, occurrence)
    }
    return Booked(freed, with_changed(week, freed), given, taken - 1)


def _window(wish: Wish, opens_at: datetime, closes_at: datetime, locked: bool) -> Iterator[Refusal]:
    if locked:
        yield Locked()
    if wish.cause in BY_STUDENT:
        if wish.made_at < opens_at:
            yield NotYetOpen(opens_at=_said(opens_at))
        if wish.made_at >= closes_at:
            yield Closed(closes_at=_said(closes_at))


def _goal_unknown(wish: Wish) -> bool:
    """Whether the wish names a goal or a step that is no open one of the student's."""
    if wish.goal_id is None:
        return wish.step_id is not None
    goal = wish.learner.goal(wish.goal_id) if wish.learner is not None else None
    return goal is None or (wish.step_id is not None and wish.step_id not in goal.step_ids)


def _in_the_way(occurrence: Occurrence, week: Week) -> Iterator[Refusal]:
    """The places of the same minutes: this very occurrence, or another one."""
    at_once = overlapping(week, occurrence.starts_at, occurrence.ends_at)
    others = [place for place in at_once if place.occurrence_id != occurrence.occurrence_id]
    if len(others) < len(at_once):
        yield AlreadyPlaced()
    if others:
        yield _overlaps(others)


def _own_work_in_the_way(space: Space, block: Block, week: Week) -> Iterator[Refusal]:
    at_once = overlapping(week, block.starts_at, block.ends_at)
    here = [place for place in at_once if place.occurrence_id is None and place.space_id == space.space_id]
    others = [place for place in at_once if place not in here]
    if here:
        yield AlreadyPlaced()
    if others:
        yield _overlaps(others)


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


def _overlaps(places: list[Place]) -> Overlaps:
    what = "; ".join(f"{place.title} from {_said(place.starts_at)} to {_said(place.ends_at)}" for place in places)
    return Overlaps(what=what, placement_ids=[place.placement_id for place in places])


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")


def _place_in(occurrence: Occurrence, wish: Wish) -> Place:
    ids = (occurrence.occurrence_id, occurrence.offer_id, occurrence.space_id)
    return _place(wish, occurrence, ids, occurrence.title)


def _place_for_own_work(space: Space, block: Block, wish: Wish) -> Place:
    return _place(wish, block, (None, None, space.space_id), space.name)


def _place(wish: Wish, when: Occurrence | Block, ids: tuple[str | None, str | None, str | None], title: str) -> Place:
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

"""Own work: when a student gets a seat in a space for work of their own, without a host."""

from collections.abc import Iterator

from kit.refusals import Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.booking import Booked, Wish, goal_unknown, overlaps, place_for, window
from services.scheduler.domain.no_place import (
    AlreadyPlaced,
    AnotherSchool,
    BlockCancelled,
    GoalUnknown,
    NotEligible,
    OwnWorkFull,
    OwnWorkNotOffered,
)
from services.scheduler.domain.resource_days import ResourceDay, own_work, shortage, take, used
from services.scheduler.domain.spaces import Space
from services.scheduler.domain.weeks import Week, overlapping, with_place


def book_own_work(wish: Wish, space: Space, block: Block, week: Week, day: ResourceDay) -> Booked:
    """The student's place for own work in a space in one block.

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
        *window(wish, block.opens_at, block.closes_at, block.locked_at is not None),
        NotEligible(reasons=", ".join(gone)) if gone else None,
        GoalUnknown() if goal_unknown(wish) else None,
        *_in_the_way(space, block, week),
        shortage(day, block.starts_at, block.ends_at),
        OwnWorkFull(seats=space.own_work_seats) if space.own_work and taken >= space.own_work_seats else None,
    )
    place = place_for(wish, block, (None, None, space.space_id), space.name)
    taking = {day.day_id: take(day, ref, block.starts_at, block.ends_at)}
    return Booked(place, with_place(week, place), taking, taken + 1)


def _in_the_way(space: Space, block: Block, week: Week) -> Iterator[Refusal]:
    at_once = overlapping(week, block.starts_at, block.ends_at)
    here = [place for place in at_once if place.occurrence_id is None and place.space_id == space.space_id]
    others = [place for place in at_once if place not in here]
    if here:
        yield AlreadyPlaced()
    if others:
        yield overlaps(others)

"""Placing by a round: a run's places made on the board, each with what the student leaves for it, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kit.refusals import Refusals
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.board import Board
from services.scheduler.domain.booking import Wish, open_goal, put_made, take_seat
from services.scheduler.domain.freeing import Freeing, free_place
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.own_work import book_own_work
from services.scheduler.domain.resource_days import ResourceDay, resource_day_id
from services.scheduler.domain.spaces import Space, space_day
from services.scheduler.domain.weeks import Cause, Place, Week, overlapping, week_id

UNDONE = "round-undone"
SWITCHED = "switched"
LEAVES = frozenset({Cause.CHOSEN, Cause.PROMOTED, Cause.DEFAULT})
"""Places that a student who ranked for their minutes leaves for a better one: what adults gave them stays."""


@dataclass(frozen=True, slots=True)
class Room:
    """A space for own work in a block: a calm place that a run may give."""

    space: Space
    block: Block


@dataclass(frozen=True, slots=True)
class Placed:
    """A place that was made, and the places that were left for it."""

    place: Place
    left: tuple[Place, ...]


def left_for(week: Week, starts_at: datetime, ends_at: datetime) -> list[Place]:
    """The places of these minutes that a placement by a round takes the place of."""
    return [place for place in overlapping(week, starts_at, ends_at) if place.cause in LEAVES]


def place_in_occurrence(board: Board, wish: Wish, occurrence_id: str) -> Placed:
    """The seat, and what the student had by own choice at that time is freed: both or neither.

    Raises: Refusals of `book`, Locked; the board is then as it was.
    """
    occurrence = board.occurrences[occurrence_id]
    week = board.weeks[week_id(wish.student.student_id, occurrence.week)]
    draft = board.draft()
    left = _leave(draft, wish, left_for(week, occurrence.starts_at, occurrence.ends_at))
    place = take_seat(draft, replace(wish, replaced=_first(left)), occurrence_id)
    board.accept(draft)
    return Placed(place, left)


def place_in_room(board: Board, wish: Wish, room: Room) -> Placed:
    """The same for a seat in a space for own work.

    Raises: Refusals of `book_own_work`, Locked; the board is then as it was.
    """
    key = week_id(wish.student.student_id, room.block.week)
    draft = board.draft()
    left = _leave(draft, wish, left_for(board.weeks[key], room.block.starts_at, room.block.ends_at))
    wish = replace(wish, replaced=_first(left))
    place = put_made(draft, book_own_work(wish, room.space, room.block, draft.weeks[key], day_of(draft, room)))
    board.accept(draft)
    return Placed(place, left)


def day_of(board: Board, room: Room) -> ResourceDay:
    """The space's day on the board, or a fresh one that nothing is taken of yet."""
    known = board.days.get(resource_day_id(room.space.space_id, room.block.day))
    return known if known is not None else space_day(room.space, room.block.day)


def take_back(board: Board, placement_id: str, freeing: Freeing) -> Place | None:
    """The place freed; None where the student has it no more: they moved on, or the block is locked."""
    try:
        return free_place(board, placement_id, freeing)
    except Refusals:
        return None


def give_again(board: Board, wish: Wish, earlier: Place, room: Room | None) -> Place | None:
    """A place that the student had left, under a new id, by its old cause; None where it is not possible any more.

    The wish is of the moment at which the student first had it, so that neither a window that closed since nor the
    round's own hold stands against it.
    """
    goal_id, step_id = goal_still_open(wish.learner, earlier.goal_id, earlier.step_id)
    again = replace(
        wish,
        cause=earlier.cause,
        made_at=earlier.made_at,
        goal_id=goal_id,
        step_id=step_id,
        replaced=earlier.placement_id,
    )
    try:
        return _again(board, again, earlier, room)
    except Refusals:
        return None


def goal_still_open(learner: Learner | None, goal_id: str | None, step_id: str | None) -> tuple[str | None, str | None]:
    """The goal and step as far as they are open: one that was reached meanwhile does not cost the student the seat."""
    goal = open_goal(learner, goal_id) if goal_id is not None else None
    if goal is None:
        return None, None
    return goal_id, step_id if step_id in goal.step_ids else None


def _again(board: Board, wish: Wish, earlier: Place, room: Room | None) -> Place:
    if earlier.occurrence_id is not None:
        return take_seat(board, wish, earlier.occurrence_id)
    assert room is not None, earlier
    week = board.weeks[week_id(wish.student.student_id, room.block.week)]
    return put_made(board, book_own_work(wish, room.space, room.block, week, day_of(board, room)))


def _leave(draft: Board, wish: Wish, places: Sequence[Place]) -> tuple[Place, ...]:
    freeing = Freeing(wish.made_at, wish.made_by, SWITCHED)
    return tuple(free_place(draft, place.placement_id, freeing) for place in places)


def _first(left: Sequence[Place]) -> str | None:
    return left[0].placement_id if left else None

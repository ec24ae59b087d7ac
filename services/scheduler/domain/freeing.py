"""Freeing: a place given back, with all it took; and a switch, which frees one place for another or neither."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kit.refusals import refuse
from services.scheduler.domain.board import Board
from services.scheduler.domain.booking import Booked, Need, Wish, book, put, put_made, seat_needs, stop_waiting
from services.scheduler.domain.no_place import Locked, PlaceNotHeld
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay, give_back, own_work, resource_day_id
from services.scheduler.domain.rounds import Hold
from services.scheduler.domain.weeks import (
    NoSuchPlacement,
    Place,
    Week,
    placement_cancelled,
    week_id,
    with_changed,
)


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


def place_of(board: Board, placement_id: str) -> tuple[Week, Place]:
    """The place with this id and its week, as they are now.

    Raises: Refusals of NoSuchPlacement when no loaded week has it.
    """
    week = board.weeks.get(board.where.get(placement_id, ""))
    for place in week.places if week is not None else ():
        if week is not None and place.placement_id == placement_id:
            return week, place
    raise refuse(NoSuchPlacement())


def free_place(board: Board, placement_id: str, freeing: Freeing) -> Place:
    """Free a held place, with all it took.

    Raises: Refusals of NoSuchPlacement, PlaceNotHeld, Locked.
    """
    return _put_freed(board, _freed(board, placement_id, freeing))


def freed_for(board: Board, placement_id: str, wish: Wish) -> Booked:
    """What the student's own place, left for this wish, would leave behind; the board stays as it is.

    Raises: Refusals of NoSuchPlacement when it is another student's, and of `free_place`.
    """
    week, _ = place_of(board, placement_id)
    if week.student_id != wish.student.student_id:
        raise refuse(NoSuchPlacement())
    return _freed(board, placement_id, Freeing(wish.made_at, wish.made_by, "switched"))


def switch(board: Board, wish: Wish, occurrence_id: str, instead_of: str) -> tuple[Place, Place]:
    """One act: free `instead_of` and take the seat, both or neither. Returns the new place and the freed one.

    Raises: Refusals of `freed_for` and `book`; the board is then as it was.
    """
    left = freed_for(board, instead_of, wish)
    place = exchange(board, wish, board.occurrences[occurrence_id], left)
    stop_waiting(board, occurrence_id, wish.student.student_id, "placed")
    return place, left.place


def exchange(board: Board, wish: Wish, occurrence: Occurrence, left: Booked) -> Place:
    """The seat, in exchange for the place that is left; the line stays as it is.

    Raises: Refusals of `book`; the board is then as it was.
    """
    wish = replace(wish, replaced=left.place.placement_id)
    booked = book(wish, occurrence, *standing(board, wish, occurrence, left))
    _put_freed(board, left)
    return put_made(board, booked)


def standing(
    board: Board, wish: Wish, occurrence: Occurrence, left: Booked | None
) -> tuple[int, Week, Mapping[str, ResourceDay], Hold | None]:
    """What a wish is decided on, as if that place were left: seats taken, the student's week, the days, a hold."""
    hold = board.holds.get(occurrence.block_id)
    taken, week = board.taken[occurrence.occurrence_id], board.weeks[week_id(wish.student.student_id, occurrence.week)]
    if left is None:
        return taken, week, board.days, hold
    return (
        left.taken if left.place.occurrence_id == occurrence.occurrence_id else taken,
        left.week if left.week.week == week.week else week,
        board.days | left.days,
        hold,
    )


def _freed(board: Board, placement_id: str, freeing: Freeing) -> Booked:
    week, place = place_of(board, placement_id)
    if not place.held:
        raise refuse(PlaceNotHeld())
    occurrence = board.occurrences[place.occurrence_id] if place.occurrence_id is not None else None
    if occurrence.locked if occurrence is not None else board.blocks[place.block_id].locked_at is not None:
        raise refuse(Locked())
    taken = board.taken[occurrence.occurrence_id] if occurrence is not None else 0
    return free(place, occurrence, taken, week, board.days, freeing)


def _put_freed(board: Board, freed: Booked) -> Place:
    put(board, freed)
    board.facts.append((freed.week.week_id, placement_cancelled(freed.week, freed.place)))
    return freed.place

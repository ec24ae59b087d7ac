"""Waiting: who stands in line for a seat, and who gets the one that comes free."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.scheduler import WaitlistJoined, WaitlistPromoted
from kit.refusals import Kind, Refusal, Refusals, refuse, refuse_all
from services.scheduler.domain.board import Board, free_own, stop_waiting, switch, take_seat
from services.scheduler.domain.booking import SEATS_GONE, AlreadyPlaced, SessionFull, Wish, reasons_against, seats_gone
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.occurrences import Occurrence, Waiting
from services.scheduler.domain.weeks import Cause, Place, week_id

MOST_WAITING = 200


class SeatFree(Refusal):
    text = "A seat is free: book it, there is nothing to wait for."


class AlreadyWaiting(Refusal):
    text = "You are waiting for this already, at position {position}."
    staff_text = "The student is waiting for this already, at position {position}."


class LineFull(Refusal):
    text = "{most} students wait for this already. Choose something else."


class NoSuchEntry(Refusal):
    kind = Kind.MISSING
    text = "There is no such waitlist entry in this district. Perhaps the seat was won, or the wait is over."


@dataclass(frozen=True, slots=True)
class Promotion:
    """A seat that came free: when, and by which placement (empty: none was freed, the cap was raised)."""

    at: datetime
    freed_placement_id: str = ""


@dataclass(frozen=True, slots=True)
class Promoted:
    """A student who got the seat, and the lower choice that they left for it."""

    entry: Waiting
    place: Place
    left: Place | None


def position_of(occurrence: Occurrence, student_id: str) -> int | None:
    """The student's position in line, from 1; None: does not wait."""
    for position, entry in enumerate(occurrence.waiting, start=1):
        if entry.student_id == student_id:
            return position
    return None


def join(board: Board, wish: Wish, occurrence_id: str, entry_id: str, instead_of: str | None) -> int:
    """Put the student at the end of the line. Returns the position.

    A student may wait only for what they could have but for the seat; `instead_of` is the place a promotion frees.
    Raises: Refusals of SeatFree, AlreadyWaiting, LineFull, NoSuchPlacement, PlaceNotHeld, Locked and of `book`.
    """
    occurrence, student_id = board.occurrences[occurrence_id], wish.student.student_id
    reasons = _reasons(board, wish, occurrence, instead_of)
    full = any(isinstance(reason, SEATS_GONE) for reason in reasons)
    position = position_of(occurrence, student_id)
    refuse_all(
        *(reason for reason in reasons if not isinstance(reason, SEATS_GONE)),
        None if full else SeatFree(),
        AlreadyWaiting(position=position) if position is not None else None,
        LineFull(most=MOST_WAITING) if len(occurrence.waiting) >= MOST_WAITING else None,
    )
    entry = Waiting(
        entry_id=entry_id,
        student_id=student_id,
        since=wish.made_at,
        goal_id=wish.goal_id,
        step_id=wish.step_id,
        instead_of=instead_of,
    )
    waiting = (*occurrence.waiting, entry)
    board.occurrences[occurrence_id] = replace(occurrence, waiting=waiting)
    board.facts.append((occurrence_id, _joined(occurrence, entry, len(waiting))))
    return len(waiting)


def leave(board: Board, occurrence_id: str, entry_id: str, reason: str) -> None:
    """Take an entry out of the line.

    Raises: Refusals of NoSuchEntry.
    """
    entry = next((entry for entry in board.occurrences[occurrence_id].waiting if entry.entry_id == entry_id), None)
    if entry is None:
        raise refuse(NoSuchEntry())
    stop_waiting(board, occurrence_id, entry.student_id, reason)


def promote_next(
    board: Board,
    occurrence_id: str,
    students: Mapping[str, Student],
    learners: Mapping[str, Learner],
    promotion: Promotion,
) -> Promoted | None:
    """Give a free seat to the first in line whom every rule accepts at this moment; None: no seat, or nobody fits.

    Whoever does not fit now (not eligible, something else at that time, the limit of the week) stays in line.
    """
    occurrence = board.occurrences[occurrence_id]
    gone = seats_gone(occurrence, board.taken[occurrence_id], board.days)
    if any(isinstance(reason, SessionFull) for reason in gone):
        return None
    for entry in occurrence.waiting:
        student = students.get(entry.student_id)
        if student is None:
            continue
        wish = _wish(entry, student, learners.get(entry.student_id), promotion.at)
        promoted = _promote(board, wish, occurrence, entry)
        if promoted is not None:
            board.facts.append((occurrence_id, _won(occurrence, promoted, promotion)))
            return promoted
    return None


def promoted_id(entry_id: str) -> str:
    """The id of the placement that an entry becomes: promoted once, and work that may run again makes no ids."""
    return f"place_{entry_id.partition('_')[2]}"


def _reasons(board: Board, wish: Wish, occurrence: Occurrence, instead_of: str | None) -> list[Refusal]:
    """What stands against the wish, the place that it would leave thought away (it must be another occurrence's)."""
    draft = board.draft()
    if instead_of is not None and free_own(draft, instead_of, wish).occurrence_id == occurrence.occurrence_id:
        raise refuse(AlreadyPlaced())
    week, taken = draft.weeks[week_id(wish.student.student_id, occurrence.week)], draft.taken[occurrence.occurrence_id]
    hold = draft.holds.get(occurrence.block_id)
    return list(reasons_against(wish, occurrence, taken, week, draft.days, hold))


def _promote(board: Board, wish: Wish, occurrence: Occurrence, entry: Waiting) -> Promoted | None:
    draft = board.draft()
    draft.occurrences[occurrence.occurrence_id] = _without(occurrence, entry)
    try:
        promoted = _take(draft, wish, occurrence.occurrence_id, entry)
    except Refusals:
        return None
    board.accept(draft)
    return promoted


def _take(draft: Board, wish: Wish, occurrence_id: str, entry: Waiting) -> Promoted:
    """The seat, in place of the lower choice where the student still has it."""
    if entry.instead_of is not None and _still_held(draft, entry.instead_of):
        place, left = switch(draft, wish, occurrence_id, entry.instead_of)
        return Promoted(entry, place, left)
    return Promoted(entry, take_seat(draft, wish, occurrence_id), None)


def _still_held(board: Board, placement_id: str) -> bool:
    try:
        return board.place_of(placement_id)[1].held
    except Refusals:
        return False


def _without(occurrence: Occurrence, entry: Waiting) -> Occurrence:
    return replace(occurrence, waiting=tuple(other for other in occurrence.waiting if other is not entry))


def _wish(entry: Waiting, student: Student, learner: Learner | None, at: datetime) -> Wish:
    """What the student asked for when joining; a goal that was reached meanwhile does not cost them the seat."""
    goal = learner.goal(entry.goal_id) if learner is not None and entry.goal_id is not None else None
    step_id = entry.step_id if goal is not None and entry.step_id in goal.step_ids else None
    return Wish(
        placement_id=promoted_id(entry.entry_id),
        student=student,
        learner=learner,
        goal_id=goal.goal_id if goal is not None else None,
        step_id=step_id,
        cause=Cause.PROMOTED,
        made_by=entry.student_id,
        made_at=at,
    )


def _joined(occurrence: Occurrence, entry: Waiting, position: int) -> WaitlistJoined:
    return WaitlistJoined(
        district_id=occurrence.district_id,
        entry_id=entry.entry_id,
        occurrence_id=occurrence.occurrence_id,
        student_id=entry.student_id,
        position=position,
    )


def _won(occurrence: Occurrence, promoted: Promoted, promotion: Promotion) -> WaitlistPromoted:
    return WaitlistPromoted(
        district_id=occurrence.district_id,
        entry_id=promoted.entry.entry_id,
        occurrence_id=occurrence.occurrence_id,
        student_id=promoted.entry.student_id,
        placement_id=promoted.place.placement_id,
        freed_placement_id=promotion.freed_placement_id,
    )

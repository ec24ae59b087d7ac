"""The board: occurrences, weeks and resource days as a piece of booking work sees them, changed on drafts."""

from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from contracts.fact import Fact
from contracts.scheduler import WaitlistLeft
from kit.refusals import Refusal, refuse
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.booking import Booked, Freeing, Locked, Wish, book, free
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay
from services.scheduler.domain.rounds import Hold
from services.scheduler.domain.weeks import (
    NoSuchPlacement,
    Place,
    Week,
    placement_cancelled,
    placement_made,
    week_id,
)


class PlaceNotHeld(Refusal):
    text = "This place was freed already. Load your week again."
    staff_text = "This place was freed already. Load the student's week again."


V = TypeVar("V")


class Layer(dict[str, V], Generic[V]):
    """What changed, by id, on top of what lies below: `layer[key]` finds the newest, iterating gives what changed."""

    def __init__(self, below: "Layer[V] | None" = None) -> None:
        super().__init__()
        self.below = below

    def __missing__(self, key: str) -> V:
        if self.below is None:
            raise KeyError(key)
        return self.below[key]

    def find(self, key: str) -> V | None:
        """The newest value, or None where no layer has one."""
        try:
            return self[key]
        except KeyError:
            return None

    def loaded(self) -> "Layer[V]":
        """The lowest layer: what was loaded."""
        return self if self.below is None else self.below.loaded()


@dataclass(slots=True)
class Board:
    """What is loaded, by id, with everything changed so far; and the facts, in order, each with the document it is of.

    A draft lies on top of a board: it sees all below, and what it changes counts only once it is accepted.
    `taken` has the seats taken of each occurrence; the occurrence itself changes with its line alone. `blocks` are
    those of own work, which no occurrence stands for. `holds` are what rounds hold, by block. `where` says in which
    week a placement is.
    """

    occurrences: Layer[Occurrence] = field(default_factory=Layer)
    taken: Layer[int] = field(default_factory=Layer)
    weeks: Layer[Week] = field(default_factory=Layer)
    days: Layer[ResourceDay] = field(default_factory=Layer)
    blocks: dict[str, Block] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    facts: list[tuple[str, Fact]] = field(default_factory=list)

    def draft(self) -> "Board":
        """A board on top of this one, to be accepted or dropped."""
        return Board(
            Layer(self.occurrences),
            Layer(self.taken),
            Layer(self.weeks),
            Layer(self.days),
            self.blocks,
            self.holds,
            self.where,
        )

    def accept(self, draft: "Board") -> None:
        """Make what a draft changed count here."""
        self.occurrences.update(draft.occurrences)
        self.taken.update(draft.taken)
        self.weeks.update(draft.weeks)
        self.days.update(draft.days)
        self.facts += draft.facts

    def lay_occurrence(self, occurrence: Occurrence) -> None:
        """Put a loaded occurrence below everything that changed."""
        self.occurrences.loaded().setdefault(occurrence.occurrence_id, occurrence)
        self.taken.loaded().setdefault(occurrence.occurrence_id, occurrence.taken)

    def lay_week(self, week: Week) -> None:
        """Put a loaded week below everything that changed."""
        week_key = week.week_id
        if self.weeks.find(week_key) is None:
            self.weeks.loaded()[week_key] = week
            for place in week.places:
                self.where[place.placement_id] = week_key

    def changed_occurrences(self) -> list[Occurrence]:
        """The occurrences whose line changed, with the seats that are taken now."""
        return [replace(occurrence, taken=self.taken[key]) for key, occurrence in self.occurrences.items()]

    def changed_seats(self) -> dict[str, int]:
        """The seats taken now, of the occurrences in which nothing but that changed."""
        return {key: taken for key, taken in self.taken.items() if key not in self.occurrences}

    def place_of(self, placement_id: str) -> tuple[Week, Place]:
        """The place with this id and its week, as they are now.

        Raises: Refusals of NoSuchPlacement when no loaded week has it.
        """
        week = self.weeks.find(self.where.get(placement_id, ""))
        for place in week.places if week is not None else ():
            if week is not None and place.placement_id == placement_id:
                return week, place
        raise refuse(NoSuchPlacement())

    def put(self, booked: Booked) -> None:
        """Put the documents of a booking (or of a freed place) on the board."""
        week_key = booked.week.week_id
        self.weeks[week_key] = booked.week
        self.where[booked.place.placement_id] = week_key
        self.days.update(booked.days)
        if booked.place.occurrence_id is not None:
            self.taken[booked.place.occurrence_id] = booked.taken


def put_made(board: Board, booked: Booked) -> Place:
    """Put a booking on the board and tell it."""
    board.put(booked)
    board.facts.append((booked.week.week_id, placement_made(booked.week, booked.place)))
    return booked.place


def take_seat(board: Board, wish: Wish, occurrence_id: str) -> Place:
    """The student's new place in an occurrence; whoever waited for it waits no longer.

    Raises: Refusals of `book`.
    """
    occurrence = board.occurrences[occurrence_id]
    week = board.weeks[week_id(wish.student.student_id, occurrence.week)]
    hold = board.holds.get(occurrence.block_id)
    place = put_made(board, book(wish, occurrence, board.taken[occurrence_id], week, board.days, hold))
    if occurrence.waiting:
        stop_waiting(board, occurrence_id, wish.student.student_id, "placed")
    return place


def free_place(board: Board, placement_id: str, freeing: Freeing) -> Place:
    """Free a held place, with all it took.

    Raises: Refusals of NoSuchPlacement, PlaceNotHeld, Locked.
    """
    week, place = board.place_of(placement_id)
    if not place.held:
        raise refuse(PlaceNotHeld())
    occurrence = board.occurrences[place.occurrence_id] if place.occurrence_id is not None else None
    if occurrence.locked if occurrence is not None else board.blocks[place.block_id].locked_at is not None:
        raise refuse(Locked())
    taken = board.taken[occurrence.occurrence_id] if occurrence is not None else 0
    freed = free(place, occurrence, taken, week, board.days, freeing)
    board.put(freed)
    board.facts.append((freed.week.week_id, placement_cancelled(freed.week, freed.place)))
    return freed.place


def switch(board: Board, wish: Wish, occurrence_id: str, instead_of: str) -> tuple[Place, Place]:
    """One act: free `instead_of` and take the seat, both or neither. Returns the new place and the freed one.

    Raises: Refusals of `free_own` and `book`; the board is then as it was.
    """
    draft = board.draft()
    freed = free_own(draft, instead_of, wish)
    place = take_seat(draft, replace(wish, replaced=instead_of), occurrence_id)
    board.accept(draft)
    return place, freed


def free_own(board: Board, placement_id: str, wish: Wish) -> Place:
    """Free a place of the student who wishes for another one.

    Raises: Refusals of NoSuchPlacement when it is another student's, and of `free_place`.
    """
    week, _ = board.place_of(placement_id)
    if week.student_id != wish.student.student_id:
        raise refuse(NoSuchPlacement())
    return free_place(board, placement_id, Freeing(wish.made_at, wish.made_by, "switched"))


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

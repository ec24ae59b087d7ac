"""Whatever students do: one place a minute (I-1), the legal limit (I-3), a reason or a cause for everything (I-9)."""

from collections import Counter, deque
from collections.abc import Callable
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.scheduler import PlacementCancelled, PlacementMade
from kit.refusals import Refusal, Refusals
from services.scheduler.domain.board import Board
from services.scheduler.domain.booking import Wish, put_made, reasons_against, take_seat
from services.scheduler.domain.freeing import Freeing, free_place, switch
from services.scheduler.domain.own_work import book_own_work
from services.scheduler.domain.resource_days import own_work, peak, resource_day_id, used
from services.scheduler.domain.waiting import Promotion, join, leave, promote_next
from services.scheduler.domain.weeks import Cause, Place, Week, held_places, week_id
from tests.unit.scheduler_placements.tables import OPEN, WEEK, a_board, a_student, a_wish, an_occurrence, at, hall
from tests.unit.scheduler_time.builders import MONDAY, a_block, a_space

STUDENTS = {f"person_{number}": a_student(f"person_{number}") for number in range(6)}
OCCURRENCES = (
    an_occurrence(occurrence_id="occ_0", offer_id="offer_0", space_id="space_1", cap=1),
    an_occurrence(occurrence_id="occ_1", offer_id="offer_1", space_id="space_1", cap=2),
    an_occurrence(occurrence_id="occ_2", offer_id="offer_1", cap=2, starts_at=at(9), ends_at=at(10), once_a_day=True),
    an_occurrence(occurrence_id="occ_3", offer_id="offer_3", cap=None, starts_at=at(9, 30), ends_at=at(11)),
    an_occurrence(occurrence_id="occ_4", offer_id="offer_4", cap=0),
)
LIMIT = 3
students = st.sampled_from(sorted(STUDENTS))
occurrences = st.sampled_from([occurrence.occurrence_id for occurrence in OCCURRENCES])
chance = st.integers(0, 50)


class SchoolDay(RuleBasedStateMachine):
    """Six students, five occurrences of which most overlap, one small shared space that is open to own work too."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board()
        self.made = 0

    @initialize()
    def open_school(self) -> None:
        self.board = a_board(*OCCURRENCES, students=tuple(STUDENTS), days=(hall(LIMIT),))

    @rule(student=students, occurrence=occurrences, cause=st.sampled_from([Cause.CHOSEN, Cause.ASSIGNED]))
    def book(self, student: str, occurrence: str, cause: Cause) -> None:
        if not self.refused(lambda: take_seat(self.board, self.wish(student, cause), occurrence)):
            assert self.held(student, occurrence) == 1

    @rule(student=students, occurrence=occurrences, pick=chance)
    def switch(self, student: str, occurrence: str, pick: int) -> None:
        mine = list(held_places(self.week(student)))
        if not mine:
            return
        old = mine[pick % len(mine)]
        freed: list[Place] = []
        wish = self.wish(student)
        if self.refused(lambda: freed.append(switch(self.board, wish, occurrence, old.placement_id)[1])):
            assert old in held_places(self.week(student)), "a switch that fails keeps the old place"
        else:
            assert len(list(held_places(self.week(student)))) == len(mine), "a switch that is won keeps the count"
            self.cascade(freed[0])

    @rule(student=students)
    def work_alone(self, student: str) -> None:
        space = a_space(own_work=True, own_work_seats=2, legal_limit=LIMIT, target=LIMIT)
        day = self.board.days[resource_day_id("space_1", MONDAY)]
        wish = self.wish(student)
        self.refused(lambda: put_made(self.board, book_own_work(wish, space, a_block(), self.week(student), day)))
        self.board.blocks["block_1"] = a_block()

    @rule(student=students, occurrence=occurrences, pick=chance)
    def wait(self, student: str, occurrence: str, pick: int) -> None:
        mine = list(held_places(self.week(student)))
        instead_of = mine[pick % len(mine)].placement_id if mine and pick % 2 else None
        wish = self.wish(student)
        self.refused(lambda: join(self.board, wish, occurrence, f"wait_{self.made}", instead_of))

    @rule(occurrence=occurrences, pick=chance)
    def stop_waiting(self, occurrence: str, pick: int) -> None:
        line = self.board.occurrences[occurrence].waiting
        if line:
            leave(self.board, occurrence, line[pick % len(line)].entry_id, "by-student")

    @rule(student=students, pick=chance)
    def give_back(self, student: str, pick: int) -> None:
        mine = list(held_places(self.week(student)))
        if mine:
            placement_id = mine[pick % len(mine)].placement_id
            self.cascade(free_place(self.board, placement_id, Freeing(OPEN, student, "by-student")))

    @invariant()
    def one_place_per_student_per_minute(self) -> None:
        for student in STUDENTS:
            places = sorted(held_places(self.week(student)), key=lambda place: place.starts_at)
            assert all(one.ends_at <= other.starts_at for one, other in pairwise(places)), places

    @invariant()
    def no_more_than_the_seats_and_every_seat_has_its_student(self) -> None:
        held = Counter(place.occurrence_id for place in self.places() if place.occurrence_id)
        for occurrence in OCCURRENCES:
            taken = self.board.taken[occurrence.occurrence_id]
            assert taken == held[occurrence.occurrence_id]
            assert occurrence.cap is None or taken <= occurrence.cap

    @invariant()
    def the_legal_limit_is_never_passed_and_counts_whom_it_should(self) -> None:
        day = self.board.days[resource_day_id("space_1", MONDAY)]
        assert peak(day, at(0), at(24)) <= LIMIT
        refs = Counter(place.occurrence_id or own_work(place.block_id) for place in self.places() if place.space_id)
        assert all(used(day, ref) == refs[ref] for ref in ("occ_0", "occ_1", own_work("block_1")))

    @invariant()
    def every_place_was_made_once_and_freed_at_most_once(self) -> None:
        made = Counter(fact.placement_id for _, fact in self.board.facts if isinstance(fact, PlacementMade))
        gone = Counter(fact.placement_id for _, fact in self.board.facts if isinstance(fact, PlacementCancelled))
        assert all(count == 1 for count in (*made.values(), *gone.values()))
        assert set(made) - set(gone) == {place.placement_id for place in self.places()}
        assert all(place.cause in Cause for place in self.places())

    @invariant()
    def nobody_waits_for_what_they_have_or_could_have(self) -> None:
        for occurrence, now in self.board.occurrences.items():
            line = now.waiting
            assert len({entry.student_id for entry in line}) == len(line)
            assert not any(self.held(entry.student_id, occurrence) for entry in line)

    def refused(self, act: Callable[[], object]) -> bool:
        """Do it; True where it was refused, with a code and a text for each reason."""
        reasons: tuple[Refusal, ...] = ()
        try:
            act()
        except Refusals as refusals:
            reasons = refusals.reasons
        assert all(reason.code and reason.detail and reason.staff_detail for reason in reasons)
        return bool(reasons)

    def cascade(self, freed: Place) -> None:
        seats = deque([freed.occurrence_id])
        while seats:
            occurrence = seats.popleft()
            while occurrence and (won := promote_next(self.board, occurrence, STUDENTS, {}, Promotion(OPEN))):
                seats.append(won.left.occurrence_id if won.left else None)
        self.first_in_line_would_be_refused(freed.occurrence_id)

    def first_in_line_would_be_refused(self, occurrence_id: str | None) -> None:
        """After a cascade no seat is free that somebody in line could simply take."""
        occurrence = self.board.occurrences[occurrence_id] if occurrence_id else None
        for entry in occurrence.waiting if occurrence else ():
            assert occurrence is not None
            if entry.instead_of is None:
                wish, taken = self.wish(entry.student_id), self.board.taken[occurrence.occurrence_id]
                assert any(reasons_against(wish, occurrence, taken, self.week(entry.student_id), self.board.days))

    def wish(self, student: str, cause: Cause = Cause.CHOSEN) -> Wish:
        self.made += 1
        return a_wish(STUDENTS[student], placement_id=f"place_made_{self.made}", cause=cause)

    def week(self, student: str) -> Week:
        return self.board.weeks[week_id(student, WEEK)]

    def held(self, student: str, occurrence: str) -> int:
        return sum(place.occurrence_id == occurrence for place in held_places(self.week(student)))

    def places(self) -> list[Place]:
        if not self.board.weeks:
            return []
        return [place for student in STUDENTS for place in held_places(self.week(student))]


TestSchoolDay = SchoolDay.TestCase
TestSchoolDay.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)

"""Waiting: joining, leaving, and who gets the seat that comes free."""

import pytest

from contracts.scheduler import WaitlistJoined, WaitlistLeft, WaitlistPromoted
from kit.refusals import Refusals
from services.scheduler.domain.board import Board
from services.scheduler.domain.booking import take_seat
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.freeing import Freeing, free_place, place_of, switch
from services.scheduler.domain.waiting import Promotion, join, leave, promote_next, promoted_id
from services.scheduler.domain.weeks import Cause
from tests.unit.scheduler_placements.tables import OPEN, a_board, a_student, a_wish, an_occurrence, at, goal_of, hall

MAYA, BEN, ADA = "person_maya", "person_ben", "person_ada"
ALL = (MAYA, BEN, ADA)
STUDENTS = {student_id: a_student(student_id) for student_id in ALL}
GIVEN_BACK = Freeing(OPEN, MAYA, "by-student")


def a_full_board() -> Board:
    """Maya has the one seat of occ_1; occ_2 at the same time has two."""
    first, second = an_occurrence(cap=1), an_occurrence(occurrence_id="occ_2", offer_id="offer_2", cap=2)
    board = a_board(first, second, students=ALL)
    take_seat(board, a_wish(MAYA), "occ_1")
    return board


def wait(board: Board, student_id: str, instead_of: str | None = None) -> int:
    return join(board, a_wish(student_id), "occ_1", f"wait_{student_id}", instead_of)


def promote(board: Board, occurrence_id: str = "occ_1", freed: str = "place_person_maya") -> str | None:
    promoted = promote_next(board, occurrence_id, STUDENTS, {}, Promotion(OPEN, freed))
    return promoted.entry.student_id if promoted else None


def codes_of_joining(board: Board, student_id: str, instead_of: str | None = None) -> frozenset[str]:
    with pytest.raises(Refusals) as raised:
        wait(board, student_id, instead_of)
    return raised.value.codes


def test_students_stand_in_line_in_the_order_they_came() -> None:
    board = a_full_board()
    assert (wait(board, BEN), wait(board, ADA)) == (1, 2)
    assert [fact.position for _, fact in board.facts if isinstance(fact, WaitlistJoined)] == [1, 2]


def test_nobody_waits_where_a_seat_is_free() -> None:
    board = a_board(an_occurrence(cap=1), students=ALL)
    assert codes_of_joining(board, BEN) == {"seat-free"}


def test_waiting_twice_or_for_a_place_one_has_is_refused() -> None:
    board = a_full_board()
    wait(board, BEN)
    assert codes_of_joining(board, BEN) == {"already-waiting"}
    assert codes_of_joining(board, MAYA) == {"already-placed"}
    assert codes_of_joining(board, MAYA, "place_person_maya") == {"already-placed"}


def test_who_has_something_else_at_that_time_waits_only_in_place_of_it() -> None:
    board = a_full_board()
    lower = take_seat(board, a_wish(BEN, placement_id="place_lower"), "occ_2")
    assert codes_of_joining(board, BEN) == {"overlaps"}
    assert wait(board, BEN, lower.placement_id) == 1


def test_the_place_to_be_left_must_be_ones_own() -> None:
    board = a_full_board()
    assert codes_of_joining(board, BEN, "place_person_maya") == {"no-such-placement"}


def test_the_first_in_line_gets_the_freed_seat_and_the_next_moves_up() -> None:
    board = a_full_board()
    wait(board, BEN)
    wait(board, ADA)
    free_place(board, "place_person_maya", GIVEN_BACK)
    assert promote(board) == BEN
    assert promote(board) is None
    assert [entry.student_id for entry in board.occurrences["occ_1"].waiting] == [ADA]
    assert board.taken["occ_1"] == 1
    won = next(fact for _, fact in board.facts if isinstance(fact, WaitlistPromoted))
    assert (won.placement_id, won.freed_placement_id) == (promoted_id(f"wait_{BEN}"), "place_person_maya")
    assert place_of(board, won.placement_id)[1].cause is Cause.PROMOTED


def test_whoever_is_not_eligible_at_that_moment_is_passed_over_and_keeps_waiting() -> None:
    board = a_full_board()
    wait(board, BEN)
    wait(board, ADA)
    free_place(board, "place_person_maya", GIVEN_BACK)
    blocked = Eligibility(block=frozenset({BEN}))
    board.occurrences["occ_1"] = an_occurrence(cap=1, eligibility=blocked, waiting=board.occurrences["occ_1"].waiting)
    assert promote(board) == ADA
    assert [entry.student_id for entry in board.occurrences["occ_1"].waiting] == [BEN]


def test_whoever_took_something_else_at_that_time_is_passed_over() -> None:
    board = a_full_board()
    wait(board, BEN)
    take_seat(board, a_wish(BEN, placement_id="place_other"), "occ_2")
    free_place(board, "place_person_maya", GIVEN_BACK)
    assert promote(board) is None


def test_a_promotion_leaves_the_lower_choice_whose_seat_is_then_free() -> None:
    board = a_full_board()
    take_seat(board, a_wish(BEN, placement_id="place_lower"), "occ_2")
    wait(board, BEN, "place_lower")
    free_place(board, "place_person_maya", GIVEN_BACK)
    promoted = promote_next(board, "occ_1", STUDENTS, {}, Promotion(OPEN, "place_person_maya"))
    assert promoted is not None
    assert promoted.left is not None
    assert promoted.left.placement_id == "place_lower"
    assert promoted.place.replaced == "place_lower"
    assert board.taken["occ_2"] == 0


def test_nobody_is_promoted_after_sign_up_closed() -> None:
    board = a_full_board()
    wait(board, BEN)
    free_place(board, "place_person_maya", GIVEN_BACK)
    assert promote_next(board, "occ_1", STUDENTS, {}, Promotion(at(8, 20))) is None


def test_a_goal_reached_meanwhile_does_not_cost_the_seat() -> None:
    board = a_full_board()
    join(board, a_wish(BEN, goal_id="goal_bike", learner=goal_of(BEN)), "occ_1", "wait_ben", None)
    free_place(board, "place_person_maya", GIVEN_BACK)
    promoted = promote_next(board, "occ_1", STUDENTS, {BEN: goal_of(BEN, "goal_other")}, Promotion(OPEN))
    assert promoted is not None
    assert promoted.place.goal_id is None


def test_leaving_the_line_moves_the_others_up_once() -> None:
    board = a_full_board()
    wait(board, BEN)
    wait(board, ADA)
    leave(board, "occ_1", f"wait_{BEN}", "by-student")
    assert [entry.student_id for entry in board.occurrences["occ_1"].waiting] == [ADA]
    with pytest.raises(Refusals) as raised:
        leave(board, "occ_1", f"wait_{BEN}", "by-student")
    assert raised.value.codes == {"no-such-entry"}


def test_who_gets_in_another_way_waits_no_longer() -> None:
    board = a_full_board()
    wait(board, BEN)
    free_place(board, "place_person_maya", GIVEN_BACK)
    take_seat(board, a_wish(BEN), "occ_1")
    assert board.occurrences["occ_1"].waiting == ()
    assert [fact.reason for _, fact in board.facts if isinstance(fact, WaitlistLeft)] == ["placed"]


def test_a_switch_that_fails_keeps_the_old_place() -> None:
    board = a_full_board()
    take_seat(board, a_wish(BEN, placement_id="place_lower"), "occ_2")
    before = len(board.facts)
    with pytest.raises(Refusals) as raised:
        switch(board, a_wish(BEN), "occ_1", "place_lower")
    assert raised.value.codes == {"session-full"}
    assert place_of(board, "place_lower")[1].held
    assert board.taken["occ_2"] == 1
    assert len(board.facts) == before


def test_a_switch_inside_a_full_space_needs_no_second_seat() -> None:
    first = an_occurrence(space_id="space_1", cap=None)
    second = an_occurrence(occurrence_id="occ_2", offer_id="offer_2", space_id="space_1", cap=None)
    board = a_board(first, second, students=ALL, days=(hall(1),))
    take_seat(board, a_wish(MAYA), "occ_1")
    place, freed = switch(board, a_wish(MAYA, placement_id="place_new"), "occ_2", "place_person_maya")
    assert (place.replaced, freed.reason) == ("place_person_maya", "switched")
    assert board.taken["occ_1"] == 0


def test_a_locked_place_cannot_be_given_back() -> None:
    board = a_full_board()
    board.occurrences["occ_1"] = an_occurrence(cap=1, locked=True)
    with pytest.raises(Refusals) as raised:
        free_place(board, "place_person_maya", GIVEN_BACK)
    assert raised.value.codes == {"locked"}


def test_a_place_is_given_back_once() -> None:
    board = a_full_board()
    free_place(board, "place_person_maya", GIVEN_BACK)
    with pytest.raises(Refusals) as raised:
        free_place(board, "place_person_maya", GIVEN_BACK)
    assert raised.value.codes == {"place-not-held"}

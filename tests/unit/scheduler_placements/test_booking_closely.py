"""Booking seen closely: the numbers in each refusal, the facts that a place becomes, and what stands on the board."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.scheduler import PlacementCancelled, PlacementMade, WaitlistLeft
from kit.refusals import Refusal, Refusals
from services.scheduler.domain.booking import (
    book,
    check,
    check_at,
    goal_unknown,
    open_goal,
    overlaps,
    put_made,
    seat,
    seat_needs,
    seats_gone,
    stop_waiting,
    take_seat,
)
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.freeing import Freeing, free
from services.scheduler.domain.learners import KnownGoal, Learner
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence, Waiting
from services.scheduler.domain.resource_days import (
    Use,
    give_back,
    left,
    move,
    own_work,
    release,
    reserve,
    resource_day_id,
    set_limit,
    shortage,
    take,
)
from services.scheduler.domain.rounds import Hold
from services.scheduler.domain.weeks import (
    MOST_CANCELLED,
    Cause,
    Week,
    agency_rate,
    find_place,
    held_places,
    in_time_order,
    overlapping,
    placement_cancelled,
    placement_made,
    week_id,
    with_changed,
    with_place,
)
from tests.unit.scheduler_placements.tables import (
    MONDAY,
    OPEN,
    WEEK,
    a_board,
    a_student,
    a_week,
    a_wish,
    an_occurrence,
    at,
    goal_of,
    hall,
)
from tests.unit.scheduler_time.builders import a_day

WISH: dict[str, Any] = {
    "goal_id": "goal_bike",
    "step_id": "step_weld",
    "learner": goal_of(),
    "replaced": "place_before",
}
IN_HALL: dict[str, Any] = {"space_id": "space_1", "offer_id": "offer_bikes"}


def refusal(occurrence: Occurrence, week: Week | None = None, taken: int = 0, days: Any = None) -> Refusal:
    """The one refusal of a booking that has one."""
    with pytest.raises(Refusals) as raised:
        book(a_wish(), occurrence, taken, week or a_week(), days or {})
    (reason,) = raised.value.reasons
    return reason


def booked_week(occurrence: Occurrence, **wish: Any) -> Week:
    day = hall(30)
    return book(a_wish(**wish), occurrence, 0, a_week(), {day.day_id: day}).week


def test_each_refusal_carries_its_numbers() -> None:
    assert refusal(an_occurrence(cap=2), taken=2).details == {"cap": 2}
    assert refusal(an_occurrence(closes_at=OPEN)).details == {"closes_at": "2026-11-27T12:00Z"}
    earlier = booked_week(an_occurrence(occurrence_id="occ_2", starts_at=at(7), ends_at=at(8)))
    assert refusal(an_occurrence(most_a_week=1), earlier).details == {"most": 1}
    blocked = Eligibility(grades=frozenset({"08"}), class_ids=frozenset({"class_8a"}))
    assert refusal(an_occurrence(eligibility=blocked)).details == {
        "reasons": "not-in-these-grades, not-in-these-classes"
    }


def a_hold(block_id: str) -> Hold:
    """A round holds the block's seats since a minute, and takes rankings for another day."""
    return Hold(
        block_id=block_id,
        district_id="district_1",
        school_id="school_1",
        round_id="round_1",
        since=OPEN - timedelta(minutes=1),
        opens_at=OPEN,
        closes_at=OPEN + timedelta(days=1),
    )


def test_seats_that_a_round_holds_are_for_those_who_rank_and_for_staff() -> None:
    occurrence = an_occurrence()
    hold = a_hold(occurrence.block_id)
    with pytest.raises(Refusals) as raised:
        book(a_wish(), occurrence, 0, a_week(), {}, hold)
    assert raised.value.codes == {"held-for-round"}
    before = a_wish(made_at=hold.since - timedelta(minutes=1))
    assert book(before, occurrence, 0, a_week(), {}, hold).taken == 1
    assigned = a_wish(cause=Cause.ASSIGNED, made_by="person_host")
    assert book(assigned, occurrence, 0, a_week(), {}, hold).taken == 1
    board = a_board(occurrence)
    board.holds[occurrence.block_id] = hold
    with pytest.raises(Refusals):
        take_seat(board, a_wish(), "occ_1")
    assert board.facts == []


def test_an_overlap_names_what_is_in_the_way() -> None:
    first = an_occurrence(occurrence_id="occ_2", starts_at=at(8, 30), ends_at=at(9), title="Bikes")
    second = an_occurrence(occurrence_id="occ_3", starts_at=at(9), ends_at=at(9, 30), title="Kites")
    week = booked_week(first, placement_id="place_1")
    week = book(a_wish(placement_id="place_2"), second, 0, week, {}).week
    reason = refusal(an_occurrence(), week)
    assert reason.details == {
        "what": "Bikes from 2026-11-30T08:30Z to 2026-11-30T09:00Z; Kites from 2026-11-30T09:00Z to 2026-11-30T09:30Z",
        "placement_ids": ["place_1", "place_2"],
    }
    assert overlaps(list(week.places)).details == reason.details


def test_one_place_here_and_another_in_the_way_are_two_reasons() -> None:
    same = booked_week(an_occurrence())
    other = replace(same.places[0], placement_id="place_2", occurrence_id="occ_2")
    with pytest.raises(Refusals) as raised:
        book(a_wish(), an_occurrence(), 0, with_place(same, other), {})
    assert raised.value.codes == {"already-placed", "overlaps"}
    (reason,) = [reason for reason in raised.value.reasons if reason.code == "overlaps"]
    assert reason.details["placement_ids"] == ["place_2"]


def test_limits_count_the_same_offer_on_the_same_day_and_nothing_else() -> None:
    morning = an_occurrence(occurrence_id="occ_2", starts_at=at(7), ends_at=at(8))
    another = replace(morning, offer_id="offer_other")
    assert book(a_wish(), an_occurrence(once_a_day=True, most_a_week=1), 0, booked_week(another), {}).taken == 1
    yesterday = booked_week(replace(morning, day=MONDAY.replace(day=29)))
    assert book(a_wish(), an_occurrence(once_a_day=True), 0, yesterday, {}).taken == 1
    assert book(a_wish(), an_occurrence(most_a_week=2), 0, booked_week(morning), {}).taken == 1


def test_only_an_open_goal_is_open() -> None:
    learner = Learner(person_id="person_maya", goals={"goal_old": KnownGoal(state="reached"), "goal_new": KnownGoal()})
    assert open_goal(learner, "goal_old") is None
    assert open_goal(learner, "goal_new") == KnownGoal()
    assert open_goal(None, "goal_new") is None
    assert goal_unknown(a_wish(step_id="step_weld"))
    assert not goal_unknown(a_wish())


@pytest.mark.parametrize(
    ("eligibility", "student", "reasons"),
    [
        (Eligibility(), {}, ()),
        (Eligibility(), {"active": False}, ("no-longer-at-school",)),
        (Eligibility(block=frozenset({"person_maya"})), {}, ("not-open-to-you",)),
        (Eligibility(grades=frozenset({"08"})), {}, ("not-in-these-grades",)),
        (Eligibility(class_ids=frozenset({"class_8a"})), {}, ("not-in-these-classes",)),
        (Eligibility(allow=frozenset({"person_ben"})), {}, ("not-on-the-list",)),
        (Eligibility(allow=frozenset({"person_ben"}), grades=frozenset({"07"})), {}, ()),
        (Eligibility(allow=frozenset({"person_ben"}), class_ids=frozenset({"class_7b"})), {}, ()),
        (Eligibility(allow=frozenset({"person_maya"}), grades=frozenset({"08"})), {}, ()),
        (Eligibility(allow=frozenset({"person_maya"}), block=frozenset({"person_maya"})), {}, ("not-open-to-you",)),
    ],
)
def test_who_is_eligible(eligibility: Eligibility, student: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert check(eligibility, a_student(**student)) == reasons
    assert check_at(eligibility, a_student(**student), "school_1") == reasons
    assert check_at(eligibility, a_student(**student), "school_2") == ("not-at-this-school", *reasons)


def test_a_seat_takes_a_seat_of_the_space_and_what_each_needs() -> None:
    needs = (EquipmentNeed(pool_id="pool_1", each_seat=2), EquipmentNeed(pool_id="pool_2", fixed=3))
    found = seat_needs(an_occurrence(space_id="space_1", equipment=needs))
    assert [(need.day_id, need.ref, need.amount) for need in found] == [
        (resource_day_id("space_1", MONDAY), "occ_1", 1),
        (resource_day_id("pool_1", MONDAY), "occ_1", 2),
    ]
    assert resource_day_id("pool_1", MONDAY) == "pool_1:2026-11-30"
    assert own_work("block_1") == "own:block_1"


def test_a_seat_needs_all_of_its_equipment() -> None:
    needs_two = an_occurrence(equipment=(EquipmentNeed(pool_id="pool_1", each_seat=2),))
    pool = take(a_day(day_id="pool_1:2026-11-30", resource_id="pool_1", kind="pool", limit=3), "a", at(8), at(10), 2)
    (reason,) = seats_gone(needs_two, 0, {pool.day_id: pool})
    assert reason.details == {"limit": 3, "taken": 2, "wanted": 2}


def test_sign_up_is_open_from_its_opening_minute_on() -> None:
    assert book(a_wish(), an_occurrence(opens_at=OPEN), 0, a_week(), {}).taken == 1


def test_a_place_says_where_when_why_and_for_what() -> None:
    day, occurrence = hall(5), an_occurrence(**IN_HALL)
    booked = book(a_wish(**WISH), occurrence, 3, a_week(version=4), {day.day_id: day})
    place = booked.place
    assert (booked.taken, booked.week.version, booked.week.places) == (4, 4, (place,))
    assert booked.days[day.day_id].uses == (Use("occ_1", occurrence.starts_at, occurrence.ends_at, 1),)
    assert booked.days[day.day_id] == replace(day, uses=booked.days[day.day_id].uses)
    assert (place.placement_id, place.occurrence_id, place.offer_id, place.space_id) == (
        "place_person_maya", "occ_1", "offer_bikes", "space_1"
    )  # fmt: skip
    assert (place.block_id, place.school_id, place.day) == (occurrence.block_id, "school_1", MONDAY)
    assert (place.starts_at, place.ends_at, place.title) == (occurrence.starts_at, occurrence.ends_at, occurrence.title)
    assert (place.cause, place.goal_id, place.step_id) == (Cause.CHOSEN, "goal_bike", "step_weld")
    assert (place.replaced, place.made_at, place.made_by) == ("place_before", OPEN, "person_maya")


def test_the_facts_of_a_place_tell_all_of_it() -> None:
    week = booked_week(an_occurrence(**IN_HALL), **WISH)
    (place,) = week.places
    told: dict[str, Any] = {
        "district_id": "district_1",
        "placement_id": "place_person_maya",
        "student_id": "person_maya",
        "school_id": "school_1",
        "block_id": place.block_id,
        "occurrence_id": "occ_1",
        "offer_id": "offer_bikes",
        "space_id": "space_1",
        "starts_at": place.starts_at,
        "ends_at": place.ends_at,
        "cause": "chosen",
        "goal_id": "goal_bike",
        "step_id": "step_weld",
    }
    assert placement_made(week, place) == PlacementMade(**told)
    gone = replace(place, cancelled_at=OPEN, cancelled_by="person_host", reason="by-staff")
    expected = PlacementCancelled(**told, reason="by-staff", cancelled_by="person_host")
    assert placement_cancelled(week, gone) == expected
    for half in (replace(gone, reason=None), replace(gone, cancelled_by=None)):
        with pytest.raises(AssertionError):
            placement_cancelled(week, half)


def a_wait(entry_id: str, student_id: str) -> Waiting:
    return Waiting(entry_id=entry_id, student_id=student_id, since=OPEN)


def test_a_seat_taken_stands_on_the_board_with_its_fact_and_ends_the_wait_for_it() -> None:
    day = hall(5)
    line = (a_wait("entry_ben", "person_ben"), a_wait("entry_maya", "person_maya"))
    board = a_board(an_occurrence(waiting=line, taken=2, **IN_HALL), days=(day,))
    place = take_seat(board, a_wish(), "occ_1")
    key = week_id("person_maya", WEEK)
    assert board.weeks[key].places == (place,)
    assert board.where == {"place_person_maya": key}
    assert board.taken == {"occ_1": 3}
    assert board.touched == {"occ_1"}
    assert board.days[day.day_id].uses[0].taken == 1
    assert board.occurrences["occ_1"].waiting == line[:1]
    assert board.facts == [
        (key, placement_made(board.weeks[key], place)),
        (
            "occ_1",
            WaitlistLeft(
                district_id="district_1",
                entry_id="entry_maya",
                occurrence_id="occ_1",
                student_id="person_maya",
                reason="placed",
            ),
        ),
    ]


def test_whoever_does_not_wait_leaves_the_line_as_it_is() -> None:
    line = (a_wait("entry_ben", "person_ben"),)
    board = a_board(an_occurrence(waiting=line))
    stop_waiting(board, "occ_1", "person_maya", "placed")
    assert board.facts == []
    assert board.occurrences["occ_1"].waiting == line
    place = seat(board, a_wish(), board.occurrences["occ_1"])
    assert [fact for _, fact in board.facts] == [placement_made(board.weeks[week_id("person_maya", WEEK)], place)]


def test_own_work_touches_no_occurrence() -> None:
    board = a_board()
    booked = book(a_wish(), an_occurrence(), 0, a_week(), {})
    own = replace(booked, place=replace(booked.place, occurrence_id=None))
    assert put_made(board, own) == own.place
    assert (board.taken, board.touched) == ({}, set())


def test_a_place_is_found_by_its_id_or_not_at_all() -> None:
    week = booked_week(an_occurrence())
    week = book(a_wish(placement_id="place_2"), an_occurrence(occurrence_id="occ_2", starts_at=at(7), ends_at=at(8)),
                0, week, {}).week  # fmt: skip
    assert find_place(week, "place_2") is week.places[1]
    with pytest.raises(LookupError, match="place_3"):
        find_place(week, "place_3")
    changed = replace(week.places[0], title="Kites")
    assert with_changed(week, changed).places == (changed, week.places[1])
    assert [place.placement_id for place in in_time_order(week)] == ["place_2", "place_person_maya"]


def test_a_freed_place_is_neither_held_nor_counted() -> None:
    week = booked_week(an_occurrence())
    freed = free(week.places[0], an_occurrence(), 1, week, {}, Freeing(OPEN, "person_maya", "by-student")).week
    assert list(held_places(freed)) == overlapping(freed, at(0), at(23)) == in_time_order(freed) == []
    rate = agency_rate(freed)
    assert (rate.chosen_minutes, rate.placed_minutes, rate.rate) == (0, 0, None)


def test_only_the_oldest_cancelled_place_makes_way() -> None:
    (place,) = booked_week(an_occurrence()).places
    gone = [replace(place, placement_id=f"gone_{number}", cancelled_at=OPEN) for number in range(MOST_CANCELLED)]
    full = a_week(places=(place, *gone))
    fresh = replace(place, placement_id="place_new")
    assert with_place(a_week(places=(place, *gone[1:])), fresh).places == (place, *gone[1:], fresh)
    assert with_place(full, fresh).places == (place, *gone[1:], fresh)


def test_a_full_day_has_nothing_left_and_says_how_full_it_is() -> None:
    day = take(a_day(limit=3), "a", at(8), at(9), 3)
    assert left(day, at(8), at(9)) == 0
    assert left(replace(day, limit=2), at(8), at(9)) == 0
    assert left(day, at(9), at(10)) == 3
    assert shortage(day, at(8), at(9), 0) is None
    reason = shortage(replace(day, kind="pool"), at(8), at(9))
    assert reason is not None
    assert (reason.code, reason.details) == ("equipment-gone", {"limit": 3, "taken": 3, "wanted": 1})


def test_what_is_given_back_was_taken() -> None:
    day = take(take(a_day(), "a", at(8), at(9), 2), "b", at(8), at(9))
    assert [(use.ref, use.taken) for use in give_back(day, "a").uses] == [("a", 1), ("b", 1)]
    assert [(use.ref, use.taken) for use in give_back(day, "a", 2).uses] == [("a", 0), ("b", 1)]
    with pytest.raises(Refusals) as raised:
        give_back(day, "a", 3)
    assert raised.value.codes == {"not-taken"}


def test_a_use_is_entered_once_moved_with_what_it_took_and_struck() -> None:
    day = reserve(a_day(limit=3), "a", at(8), at(9))
    assert day.uses == (Use("a", at(8), at(9), 0),)
    assert reserve(day, "a", at(10), at(11)) is day
    taken = take(take(day, "a", at(8), at(9), 2), "b", at(10), at(11), 2)
    with pytest.raises(Refusals) as raised:
        move(taken, "a", at(10), at(11))
    assert raised.value.reasons[0].details == {"limit": 3, "taken": 2, "wanted": 2}
    moved = move(taken, "a", at(12), at(13))
    assert set(moved.uses) == {Use("a", at(12), at(13), 2), Use("b", at(10), at(11), 2)}
    assert move(taken, "c", at(12), at(13)) == taken
    assert release(taken, "a").uses == (Use("b", at(10), at(11), 2),)


def test_a_limit_cannot_go_below_what_is_in_use() -> None:
    day = take(a_day(limit=5, target=4), "a", at(8), at(9), 3)
    changed = set_limit(day, 3, 2)
    assert (changed.limit, changed.target, changed.uses) == (3, 2, day.uses)
    with pytest.raises(Refusals) as raised:
        set_limit(day, 2, 2)
    assert raised.value.reasons[0].details == {"day": "2026-11-30", "taken": 3, "limit": 2}
    assert set_limit(a_day(limit=5), 0, 0).limit == 0

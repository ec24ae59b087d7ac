"""Booking: every reason against it, and what it changes."""

from datetime import timedelta

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.booking import Wish, book
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.freeing import Freeing, free
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence
from services.scheduler.domain.own_work import book_own_work
from services.scheduler.domain.resource_days import ResourceDay, own_work, peak, used
from services.scheduler.domain.spaces import EquipmentPool, pool_day
from services.scheduler.domain.weeks import Cause, Week, agency_rate
from tests.unit.scheduler_placements.tables import OPEN, a_student, a_week, a_wish, an_occurrence, at, goal_of, hall
from tests.unit.scheduler_time.builders import MONDAY, a_block, a_space


def refused(
    wish: Wish, occurrence: Occurrence, week: Week | None = None, days: dict[str, ResourceDay] | None = None
) -> frozenset[str]:
    """The codes of all refusals; fails where the booking is let through."""
    with pytest.raises(Refusals) as raised:
        book(wish, occurrence, occurrence.taken, week or a_week(), days or {})
    for reason in raised.value.reasons:
        assert reason.detail
        assert reason.staff_detail
    return raised.value.codes


def booked_week(occurrence: Occurrence) -> Week:
    """Maya's week with a place in this occurrence."""
    return book(a_wish(placement_id=f"place_in_{occurrence.occurrence_id}"), occurrence, 0, a_week(), {}).week


def test_a_booking_takes_the_seat_and_the_minutes() -> None:
    day = hall(3)
    booked = book(a_wish(), an_occurrence(space_id="space_1"), 4, a_week(), {day.day_id: day})
    assert booked.taken == 5
    assert [place.cause for place in booked.week.places] == [Cause.CHOSEN]
    assert used(booked.days[day.day_id], "occ_1") == 1


def test_a_full_session_refuses_the_next_student() -> None:
    assert refused(a_wish(), an_occurrence(cap=2, taken=2)) == {"session-full"}


def test_a_cap_of_zero_lets_nobody_in_and_none_lets_everybody_in() -> None:
    assert refused(a_wish(), an_occurrence(cap=0)) == {"session-full"}
    assert book(a_wish(), an_occurrence(cap=None), 10_000, a_week(), {}).taken == 10_001


def test_the_legal_limit_counts_every_occurrence_in_the_space_at_that_minute() -> None:
    day = hall(1)
    other = an_occurrence(occurrence_id="occ_2", space_id="space_1", starts_at=at(9), ends_at=at(10))
    full = book(a_wish("person_ben"), other, 0, a_week("person_ben"), {day.day_id: day}).days
    assert refused(a_wish(), an_occurrence(space_id="space_1"), days=full) == {"space-full"}


def test_touching_uses_of_a_space_do_not_add_up() -> None:
    day = hall(1)
    after = an_occurrence(occurrence_id="occ_2", space_id="space_1", starts_at=at(9, 30), ends_at=at(10, 30))
    full = book(a_wish("person_ben"), after, 0, a_week("person_ben"), {day.day_id: day}).days
    now = book(a_wish(), an_occurrence(space_id="space_1"), 0, a_week(), full).days[day.day_id]
    assert peak(now, at(8), at(12)) == 1


def test_equipment_is_taken_with_the_seat_and_can_be_gone() -> None:
    pool = EquipmentPool(
        pool_id="pool_1", version=1, district_id="district_1", school_id="school_1", name="Kits", kind="kit", count=3
    )
    day = pool_day(pool, MONDAY)
    needs_two = an_occurrence(equipment=(EquipmentNeed(pool_id="pool_1", each_seat=2),))
    once = book(a_wish("person_ben"), needs_two, 0, a_week("person_ben"), {day.day_id: day})
    assert used(once.days[day.day_id], "occ_1") == 2
    assert refused(a_wish(), needs_two, days=once.days) == {"equipment-gone"}


def test_sign_up_says_when_it_opens() -> None:
    closed = an_occurrence(opens_at=OPEN + timedelta(minutes=1))
    with pytest.raises(Refusals) as raised:
        book(a_wish(), closed, 0, a_week(), {})
    assert raised.value.codes == {"not-yet-open"}
    assert raised.value.reasons[0].details["opens_at"] == "2026-11-27T12:01Z"


def test_sign_up_is_closed_from_its_closing_minute_on() -> None:
    assert refused(a_wish(), an_occurrence(closes_at=OPEN)) == {"closed"}


def test_staff_may_place_a_student_outside_the_window_but_not_after_the_lock() -> None:
    assigned = a_wish(cause=Cause.ASSIGNED, made_by="person_host")
    assert book(assigned, an_occurrence(closes_at=OPEN), 0, a_week(), {}).place.made_by == "person_host"
    assert refused(assigned, an_occurrence(locked=True)) == {"locked"}


def test_a_cancelled_occurrence_takes_nobody() -> None:
    assert refused(a_wish(), an_occurrence(cancelled=True)) == {"occurrence-cancelled"}


def test_a_student_who_is_not_eligible_hears_the_reason_codes() -> None:
    for_eights = an_occurrence(eligibility=Eligibility(grades=frozenset({"08"})))
    with pytest.raises(Refusals) as raised:
        book(a_wish(), for_eights, 0, a_week(), {})
    assert raised.value.reasons[0].details["reasons"] == "not-in-these-grades"
    assert refused(a_wish(a_student(school_ids=frozenset())), an_occurrence()) == {"not-eligible"}


def test_two_places_never_share_a_minute() -> None:
    week = booked_week(an_occurrence(occurrence_id="occ_2", starts_at=at(9, 29), ends_at=at(10)))
    assert refused(a_wish(), an_occurrence(), week) == {"overlaps"}


def test_places_that_touch_do_not_overlap() -> None:
    week = booked_week(an_occurrence(occurrence_id="occ_2", starts_at=at(9, 30), ends_at=at(10)))
    assert len(book(a_wish(), an_occurrence(), 0, week, {}).week.places) == 2


def test_a_second_place_in_the_same_occurrence_is_named_as_that() -> None:
    assert refused(a_wish(), an_occurrence(), booked_week(an_occurrence())) == {"already-placed"}


def test_once_a_day_and_the_limit_of_the_week_count_the_offer() -> None:
    morning = an_occurrence(occurrence_id="occ_2", starts_at=at(7), ends_at=at(8))
    week = booked_week(morning)
    assert refused(a_wish(), an_occurrence(once_a_day=True), week) == {"once-a-day"}
    assert refused(a_wish(), an_occurrence(most_a_week=1), week) == {"limit-a-week"}
    assert book(a_wish(), an_occurrence(most_a_week=2), 0, week, {}).taken == 1


def test_only_an_open_goal_of_their_own_can_be_named() -> None:
    assert refused(a_wish(goal_id="goal_other", learner=goal_of()), an_occurrence()) == {"goal-unknown"}
    no_step = a_wish(goal_id="goal_bike", step_id="step_x", learner=goal_of())
    assert refused(no_step, an_occurrence()) == {"goal-unknown"}
    wish = a_wish(goal_id="goal_bike", step_id="step_weld", learner=goal_of())
    assert book(wish, an_occurrence(), 0, a_week(), {}).place.step_id == "step_weld"


def test_all_reasons_come_together() -> None:
    week = booked_week(an_occurrence(occurrence_id="occ_2"))
    blocked = Eligibility(block=frozenset({"person_maya"}))
    hopeless = an_occurrence(cap=0, locked=True, closes_at=OPEN, eligibility=blocked)
    assert refused(a_wish(goal_id="goal_x"), hopeless, week) == {
        "locked", "closed", "not-eligible", "goal-unknown", "overlaps", "session-full"
    }  # fmt: skip


def test_a_freed_place_gives_everything_back() -> None:
    day, occurrence = hall(1), an_occurrence(space_id="space_1")
    booked = book(a_wish(), occurrence, 0, a_week(), {day.day_id: day})
    freed = free(booked.place, occurrence, 1, booked.week, booked.days, Freeing(OPEN, "person_maya", "by-student"))
    assert freed.taken == 0
    assert used(freed.days[day.day_id], "occ_1") == 0
    assert not freed.week.places[0].held
    assert agency_rate(freed.week).placed_minutes == 0


def test_own_work_needs_no_host_but_a_space_that_is_open_to_it() -> None:
    space, block = a_space(own_work=True, own_work_seats=1, legal_limit=5, target=5), a_block()
    day = hall(5)
    booked = book_own_work(a_wish(), space, block, a_week(), day)
    assert booked.place.occurrence_id is None
    assert used(booked.days[day.day_id], own_work("block_1")) == 1
    with pytest.raises(Refusals) as raised:
        book_own_work(a_wish("person_ben"), space, block, a_week("person_ben"), booked.days[day.day_id])
    assert raised.value.codes == {"own-work-full"}
    with pytest.raises(Refusals) as raised:
        book_own_work(a_wish(), a_space(own_work=False), a_block(cancelled=True), booked.week, day)
    assert raised.value.codes == {"own-work-not-offered", "block-cancelled", "already-placed"}


def test_own_work_never_goes_over_the_legal_limit_of_the_space() -> None:
    space, block, day = a_space(own_work=True, own_work_seats=1, legal_limit=1, target=1), a_block(), hall(1)
    lesson = an_occurrence(space_id="space_1")
    taken = book(a_wish("person_ben"), lesson, 0, a_week("person_ben"), {day.day_id: day}).days
    with pytest.raises(Refusals) as raised:
        book_own_work(a_wish(), space, block, a_week(), taken[day.day_id])
    assert raised.value.codes == {"space-full"}

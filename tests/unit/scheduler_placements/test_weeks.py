"""Weeks: documents there and back, time order, and the agency rate."""

from dataclasses import replace

from services.scheduler.domain.booking import book
from services.scheduler.domain.freeing import Freeing, free
from services.scheduler.domain.weeks import MOST_CANCELLED, Cause, Week, agency_rate, in_time_order
from services.scheduler.store.weeks import WEEK
from tests.unit.scheduler_placements.tables import OPEN, a_week, a_wish, an_occurrence, at


def test_a_week_comes_back_from_its_document_as_it_was() -> None:
    week = book(a_wish(), an_occurrence(), 0, a_week(), {}).week
    freed = free(week.places[0], an_occurrence(), 1, week, {}, Freeing(OPEN, "person_maya", "by-student")).week
    both = book(a_wish(placement_id="place_2"), an_occurrence(), 0, freed, {}).week
    assert WEEK.unpack(WEEK.pack(both)) == both


def test_a_week_is_stored_as_it_has_always_been() -> None:
    week = book(a_wish(goal_id=None), an_occurrence(), 0, a_week(), {}).week
    (place,) = week.places
    assert WEEK.pack(week) == {
        "_id": f"person_maya:{week.week}",
        "version": 0,
        "district_id": week.district_id,
        "student_id": "person_maya",
        "week": week.week,
        "places": [
            {
                "placement_id": "place_person_maya",
                "occurrence_id": "occ_1",
                "offer_id": place.offer_id,
                "space_id": None,
                "block_id": place.block_id,
                "school_id": place.school_id,
                "day": "2026-11-30",
                "starts_at": place.starts_at,
                "ends_at": place.ends_at,
                "title": place.title,
                "cause": "chosen",
                "goal_id": None,
                "step_id": None,
                "replaced": None,
                "made_at": OPEN,
                "made_by": "person_maya",
                "attendance": None,
                "minutes": 0,
                "cancelled_at": None,
                "cancelled_by": None,
                "reason": None,
            }
        ],
    }


def test_the_agency_rate_counts_minutes_of_own_choice() -> None:
    chosen = book(a_wish(), an_occurrence(), 0, a_week(), {}).week
    assert agency_rate(a_week()).rate is None
    assert agency_rate(chosen).rate == 1
    early = an_occurrence(occurrence_id="occ_2", starts_at=at(7), ends_at=at(7, 30))
    mixed = book(a_wish(placement_id="place_2", cause=Cause.ASSIGNED), early, 0, chosen, {}).week
    assert (agency_rate(mixed).chosen_minutes, agency_rate(mixed).placed_minutes) == (60, 90)
    assert agency_rate(mixed).rate == 0.6667
    assert [place.occurrence_id for place in in_time_order(mixed)] == ["occ_2", "occ_1"]


def test_a_week_keeps_a_bounded_record_of_cancelled_places() -> None:
    week: Week = a_week()
    for number in range(MOST_CANCELLED + 5):
        booked = book(a_wish(placement_id=f"place_{number}"), an_occurrence(), 0, week, {})
        week = free(booked.place, an_occurrence(), 1, booked.week, {}, Freeing(OPEN, "person_maya", "by-student")).week
    held = book(a_wish(placement_id="place_held"), an_occurrence(), 0, week, {}).week
    assert len(held.places) == MOST_CANCELLED
    assert held.places[-1].held
    assert replace(held, places=held.places[-1:]).places[0].placement_id == "place_held"

"""One date's changes: what it may set for itself, and what comes back when a cancellation is undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.scheduler import PlacementMoved
from kit.refusals import Refusals
from services.scheduler.domain.occurrence_changes import (
    OccurrenceChange,
    called_off_with,
    change,
    follow_occurrence,
    put_back,
    restore,
)
from services.scheduler.domain.occurrences import CALLED_OFF, Occurrence
from services.scheduler.domain.weeks import Cause, Place, Week
from tests.unit.scheduler_time.builders import NOW, a_block, a_space, an_occurrence

LATER = NOW + timedelta(hours=1)


def a_place(occurrence: Occurrence, **changes: object) -> Place:
    place = Place(
        placement_id="place_1",
        occurrence_id=occurrence.occurrence_id,
        offer_id=occurrence.offer_id,
        space_id=occurrence.space_id,
        block_id=occurrence.block_id,
        school_id=occurrence.school_id,
        day=occurrence.day,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        title=occurrence.title,
        cause=Cause.CHOSEN,
        goal_id=None,
        step_id=None,
        replaced=None,
        made_at=NOW,
        made_by="person_maya",
    )
    return replace(place, **changes)  # type: ignore[arg-type]


def a_week(*places: Place) -> Week:
    return Week(version=1, district_id="district_1", student_id="person_maya", week="2026-W48", places=places)


def test_every_reason_against_a_change_is_told_at_once() -> None:
    stuck = an_occurrence(cancelled=True, locked=True, taken=3, starts_at=NOW)
    with pytest.raises(Refusals) as refused:
        change(stuck, OccurrenceChange(cap=2, moves=True, space=a_space(school_id="school_other")), NOW)
    assert refused.value.codes == {
        "occurrence-cancelled-already",
        "occurrence-locked",
        "occurrence-begun",
        "cap-below-taken",
        "space-elsewhere",
    }


def test_a_cap_that_was_the_spaces_follows_into_the_new_space_and_one_that_was_set_stays() -> None:
    small, large = a_space(space_id="space_small", target=8), a_space(space_id="space_large", target=20)
    moving = OccurrenceChange(moves=True, space=large, space_before=small)
    followed = an_occurrence(space_id="space_small", cap=8, own=frozenset({"cap"}), starts_at=LATER)
    assert change(followed, moving, NOW).cap == 20
    assert change(replace(followed, cap=5), moving, NOW).cap == 5
    assert change(followed, replace(moving, cap="unlimited"), NOW).cap is None


def test_what_a_date_sets_for_itself_is_its_own() -> None:
    standing = an_occurrence(cap=8, starts_at=LATER)
    changed = change(standing, OccurrenceChange(title="Bike race", host_ids=("person_sub",)), NOW)
    assert (changed.title, changed.host_ids, changed.cap) == ("Bike race", ("person_sub",), 8)
    assert changed.own == standing.own | {"title", "host_ids"}


def test_a_students_week_follows_and_another_title_alone_is_no_move() -> None:
    standing = an_occurrence(space_id="space_a")
    week = a_week(a_place(standing), a_place(standing, placement_id="place_2", cancelled_at=NOW, reason=CALLED_OFF))
    renamed, nothing = follow_occurrence(week, replace(standing, title="Bike race"))
    assert ([place.title for place in renamed.places], nothing) == (["Bike race", standing.title], [])
    moved, facts = follow_occurrence(week, replace(standing, space_id="space_b"))
    assert moved.places[0].space_id == "space_b"
    assert [(type(fact), fact.space_id) for fact in facts] == [(PlacementMoved, "space_b")]


def test_only_what_this_cancellation_freed_comes_back_and_only_into_free_time() -> None:
    gone = an_occurrence(cancelled=True, cancelled_at=NOW)
    freed = a_place(gone, cancelled_at=NOW, cancelled_by="person_host", reason=CALLED_OFF)
    assert called_off_with(freed, gone)
    assert not called_off_with(replace(freed, cancelled_at=LATER), gone)
    assert not called_off_with(replace(freed, reason="by-student"), gone)
    outcome = put_back(a_week(freed), freed, gone)
    assert outcome is not None
    assert outcome[0] == a_week(a_place(gone))
    other = a_place(gone, placement_id="place_2", occurrence_id="occ_other")
    assert put_back(a_week(freed, other), freed, gone) is None


def test_nothing_comes_back_into_a_block_that_is_locked_or_was_never_called_off() -> None:
    with pytest.raises(Refusals) as refused:
        restore(an_occurrence(), a_block(locked_at=NOW), NOW)
    assert refused.value.codes == {"occurrence-not-cancelled", "block-closed-to-offers"}

"""The roll: when it opens, what it refuses, and that only changes are facts."""

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.booking import book
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.roll import Attendance, RollEntry, take_roll
from services.scheduler.domain.weeks import Week
from tests.unit.scheduler_placements.tables import a_week, a_wish, an_occurrence

LOCKED = an_occurrence(locked=True)
PLACE = "place_person_maya"


def weeks() -> dict[str, Week]:
    return {PLACE: book(a_wish(), an_occurrence(), 0, a_week(), {}).week}


def refused(entries: list[RollEntry], occurrence: Occurrence = LOCKED) -> frozenset[str]:
    with pytest.raises(Refusals) as raised:
        take_roll(occurrence, weeks(), entries, "person_host")
    return raised.value.codes


def test_there_is_no_roll_before_the_lock() -> None:
    assert refused([RollEntry(PLACE, "present")], an_occurrence()) == {"roll-not-open"}
    assert refused([RollEntry(PLACE, "present")], an_occurrence(locked=True, cancelled=True)) == {"roll-of-cancelled"}


@pytest.mark.parametrize(
    ("attendance", "minutes", "counted"),
    [("present", None, 60), ("late", 45, 45), ("late", None, 60), ("absent", None, 0), ("absent", 0, 0)],
)
def test_attendance_counts_minutes(attendance: Attendance, minutes: int | None, counted: int) -> None:
    (marked,) = take_roll(LOCKED, weeks(), [RollEntry(PLACE, attendance, minutes)], "person_host")
    assert (marked.fact.attendance, marked.fact.minutes, marked.fact.taken_by) == (attendance, counted, "person_host")
    assert marked.week.places[0].minutes == counted


def test_the_same_roll_again_changes_nothing_and_a_correction_does() -> None:
    (marked,) = take_roll(LOCKED, weeks(), [RollEntry(PLACE, "late", 30)], "person_host")
    again = {PLACE: marked.week}
    assert take_roll(LOCKED, again, [RollEntry(PLACE, "late", 30)], "person_host") == []
    assert len(take_roll(LOCKED, again, [RollEntry(PLACE, "present")], "person_host")) == 1


def test_all_faults_of_a_roll_are_told_together() -> None:
    entries = [RollEntry("place_stranger", "present"), RollEntry(PLACE, "absent", 5), RollEntry(PLACE, "present", 61)]
    assert refused(entries) == {"not-on-this-roll", "minutes-out-of-range", "marked-twice"}

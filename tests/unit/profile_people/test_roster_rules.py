"""What speaks against applying a roster, and what becomes of one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kit.refusals import Refusals
from services.profile.domain.rosters import (
    OLDEST,
    Accepted,
    FileDiff,
    FindingCount,
    Reading,
    Roster,
    RosterState,
    Standing,
    begin_applying,
    begin_reading,
    discard,
    end_applying,
    end_reading,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
READY = Roster(
    roster_id="roster_1",
    version=3,
    state=RosterState.READY,
    uploaded_by="person_clerk",
    uploaded_at=NOON,
    size_bytes=10,
    chunks=1,
    correlation_id="corr_1",
    standing=4,
    files={"users": FileDiff("bulk", standing=100, unchanged=95, leaving=5, samples={"leaving": ("u-1",)})},
)
STANDING = Standing("district_1", version=4, number=4)


def refused(roster: Roster, standing: Standing = STANDING) -> frozenset[str]:
    with pytest.raises(Refusals) as caught:
        begin_applying(roster, standing, Accepted(False, False), NOON, "corr_2")
    return caught.value.codes


def test_a_ready_roster_becomes_what_stands() -> None:
    applying, standing = begin_applying(READY, STANDING, Accepted(False, False), NOON, "corr_2")
    assert (applying.state, applying.correlation_id, standing.applying) == (RosterState.APPLYING, "corr_2", "roster_1")
    applied, after = end_applying(applying, standing, NOON)
    assert (applied.state, after.number, after.applying) == (RosterState.APPLIED, 5, None)
    assert applied.files["users"].samples == {}


def test_five_of_a_hundred_may_leave_unasked_and_six_may_not() -> None:
    six = replace(READY, files={"users": FileDiff("bulk", standing=100, unchanged=94, leaving=6)})
    assert READY.too_much_leaving == ()
    assert six.too_much_leaving == ("users",)
    assert refused(six) == {"too-much-leaving"}
    assert begin_applying(six, STANDING, Accepted(False, True), NOON, "corr_2")[0].state is RosterState.APPLYING


def test_everything_against_it_is_said_together() -> None:
    dirty = replace(
        READY,
        findings=(FindingCount("users.csv", "bad-date", "row", 3),),
        files={"users": FileDiff("bulk", standing=10, leaving=9)},
    )
    moved = replace(STANDING, number=5, applying="roster_2")
    assert refused(dirty, moved) == {
        "findings-not-accepted",
        "too-much-leaving",
        "superseded-by-another",
        "another-applying",
    }


@pytest.mark.parametrize("state", [state for state in RosterState if state is not RosterState.READY])
def test_nothing_but_a_ready_roster_is_applied(state: RosterState) -> None:
    assert refused(replace(READY, state=state)) == {"roster-not-ready"}


def test_a_roster_is_not_applied_once_its_upload_is_about_to_go() -> None:
    old = replace(READY, uploaded_at=NOON - OLDEST - timedelta(minutes=1))
    assert refused(old) == {"roster-too-old"}


def test_a_roster_with_an_error_is_refused() -> None:
    uploaded = replace(READY, state=RosterState.UPLOADED)
    reading = begin_reading(uploaded, STANDING)
    assert (reading.state, reading.standing) == (RosterState.READING, 4)
    ended = end_reading(reading, Reading("1.2", {}, (), 4, is_refused=True), NOON)
    assert (ended.state, ended.ended_at) == (RosterState.REFUSED, NOON)


@pytest.mark.parametrize("state", [RosterState.APPLYING, RosterState.APPLIED, RosterState.DISCARDED])
def test_what_is_decided_cannot_be_discarded(state: RosterState) -> None:
    with pytest.raises(Refusals, match="roster-under-way"):
        discard(replace(READY, state=state), NOON)
    assert discard(READY, NOON).state is RosterState.DISCARDED

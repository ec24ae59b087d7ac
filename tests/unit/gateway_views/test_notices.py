"""Which facts become notices, for whom, in which words."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.community import HoursLogged, HoursVerified, ProjectStarted
from contracts.profile import EvidenceAccepted, TargetAnswered, TargetProposed
from contracts.scheduler import PlacementCancelled, PlacementMade, RoundResultPublished, RoundResultWithdrawn
from services.gateway.domain.notices import TELLING, TEXTS, WHY, Told, notice_id_of, words_for

STARTS, ENDS = datetime(2031, 5, 6, 16, 0, tzinfo=UTC), datetime(2031, 5, 6, 16, 45, tzinfo=UTC)
PLACE = {
    "district_id": "district_1",
    "placement_id": "place_1",
    "student_id": "person_maya",
    "school_id": "school_1",
    "block_id": "block_1",
    "occurrence_id": "occ_1",
    "offer_id": "offer_1",
    "space_id": None,
    "starts_at": STARTS,
    "ends_at": ENDS,
    "goal_id": None,
    "step_id": None,
}


def made(cause: str) -> PlacementMade:
    return PlacementMade(**PLACE, cause=cause)  # type: ignore[arg-type]


def cancelled(by: str, reason: str) -> PlacementCancelled:
    return PlacementCancelled(**PLACE, cause="chosen", cancelled_by=by, reason=reason)  # type: ignore[arg-type]


def told(fact: object) -> list[Told]:
    return list(TELLING[type(fact)](fact))  # type: ignore[index]


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        ("promoted", "seat-came-free"),
        ("assigned", "place-assigned"),
        ("pulled", "place-assigned"),
        ("distributed", "place-given"),
        ("default", "place-given"),
    ],
)
def test_a_student_is_told_of_a_place_that_others_gave(cause: str, code: str) -> None:
    [notice] = told(made(cause))
    assert (notice.person_id, notice.code) == ("person_maya", code)
    assert notice.params["placement_id"] == "place_1"
    assert "space_id" not in notice.params


def test_a_student_is_not_told_of_their_own_choice() -> None:
    assert told(made("chosen")) == []


def test_a_student_is_told_when_somebody_else_takes_the_place_away() -> None:
    [notice] = told(cancelled("person_teacher", "occurrence-cancelled"))
    assert (notice.code, notice.params["reason"]) == ("place-cancelled", "occurrence-cancelled")


@pytest.mark.parametrize(("by", "reason"), [("person_maya", "changed-mind"), ("person_teacher", "switched")])
def test_a_student_is_not_told_of_what_they_did_themselves(by: str, reason: str) -> None:
    assert told(cancelled(by, reason)) == []


def test_a_proposed_target_goes_to_the_learner_and_its_answer_to_the_proposer() -> None:
    parts = {"proposal_id": "proposal_1", "person_id": "person_maya", "goal_id": "goal_1", "target_id": "target_1"}
    proposed = TargetProposed(district_id="district_1", proposed_by="person_teacher", **parts)
    answered = TargetAnswered(district_id="district_1", proposed_by="person_teacher", accepted=True, **parts)
    assert [(each.person_id, each.code) for each in told(proposed)] == [("person_maya", "target-proposed")]
    assert [(each.person_id, each.code) for each in told(answered)] == [("person_teacher", "target-accepted")]
    assert told(replace(answered, accepted=False))[0].code == "target-declined"


def test_evidence_from_a_project_is_told_by_the_skill_that_grew_alone() -> None:
    evidence = EvidenceAccepted(
        district_id="district_1",
        evidence_id="evidence_1",
        person_id="person_maya",
        target_id=None,
        skill="empathy",
        project_id="project_1",
        reflection_id=None,
    )
    assert told(evidence) == []
    assert told(replace(evidence, project_id=None))[0].code == "evidence-accepted"


def test_every_contact_of_a_partner_hears_of_logged_hours_and_every_member_of_a_start() -> None:
    logged = HoursLogged(
        district_id="district_1",
        hours_id="hours_1",
        project_id="project_1",
        school_id="school_1",
        person_id="person_maya",
        minutes=90,
        contact_ids=("person_robin", "person_kim"),
        starts_at=STARTS,
        ends_at=ENDS,
    )
    started = ProjectStarted(
        district_id="district_1", project_id="project_1", school_id="school_1", member_ids=("person_maya", "person_ben")
    )
    assert [each.person_id for each in told(logged)] == ["person_robin", "person_kim"]
    assert [each.person_id for each in told(started)] == ["person_maya", "person_ben"]


@pytest.mark.parametrize(("outcome", "code"), [("confirm", "hours-confirmed"), ("deny", "hours-denied")])
def test_a_student_hears_what_the_partner_said_to_their_hours(outcome: str, code: str) -> None:
    verified = HoursVerified(
        district_id="district_1",
        hours_id="hours_1",
        project_id="project_1",
        school_id="school_1",
        person_id="person_maya",
        minutes=90,
        outcome=outcome,
        verified_by="person_robin",
    )
    assert told(verified)[0].code == code


RESULT = {
    "district_id": "district_1",
    "result_id": "result_1",
    "round_id": "round_1",
    "run_id": "run_1",
    "school_id": "school_1",
    "student_id": "person_maya",
}


def decided(**missed: object) -> str:
    """What a student with one of two places is told of a round."""
    parts = {"missed_occurrence_id": None, "missed_rank": None, "reason": None, "seats": None, "ranked": None}
    fields = {**RESULT, "blocks": 2, "placed": 1, **parts, "change": None, "credit_hundredths": None, **missed}
    [notice] = told(RoundResultPublished(**fields))  # type: ignore[arg-type]
    assert (notice.person_id, notice.code) == ("person_maya", "round-decided")
    return words_for(notice.code, notice.params, ZoneInfo("UTC"))


def test_a_student_hears_of_a_round_why_and_what_would_have_changed_it() -> None:
    assert decided() == "The round is decided: you have a place in 1 of the 2 blocks you ranked for."
    missed = {"missed_occurrence_id": "occ_1", "missed_rank": 1, "reason": "full", "seats": 24, "ranked": 40}
    assert decided(**missed, change="with-credit", credit_hundredths=35) == (
        "The round is decided: you have a place in 1 of the 2 blocks you ranked for. Your choice number 1 was full: "
        "24 seats, and 40 of you ranked it. With 0.35 more credit you would have been in."
    )
    assert "could not be made any more" in decided(reason="changed-since", change="with-credit")


@pytest.mark.parametrize("reason", [*WHY, "a-reason-of-tomorrow"])
def test_every_reason_of_a_round_has_words(reason: str) -> None:
    words = decided(missed_rank=2, reason=reason, seats=3, ranked=9, change="nothing-simple")
    assert len(words) > len(decided())
    assert "{" not in words


def test_a_student_hears_that_a_round_was_undone() -> None:
    [notice] = told(RoundResultWithdrawn(**RESULT, returned=1, not_returned=0))
    assert "yours again: 1." in words_for(notice.code, notice.params, ZoneInfo("UTC"))


def test_times_are_told_by_the_districts_clock() -> None:
    [notice] = told(made("promoted"))
    text = words_for(notice.code, notice.params, ZoneInfo("America/Denver"))
    assert text == "A seat came free, and it is yours: Tuesday 6 May, 10:00 to 10:45. You were first in line."


def test_every_code_has_words_that_need_nothing_but_what_its_facts_carry() -> None:
    counts = {"blocks": "2", "placed": "1", "returned": "0", "minutes": "90"}
    params = {"skill": "empathy", "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), **counts}
    for code in TEXTS:
        assert "{" not in words_for(code, params, ZoneInfo("UTC"))


def test_a_notice_has_one_id_for_each_fact_and_person() -> None:
    assert notice_id_of("fact_1", "person_maya") == notice_id_of("fact_1", "person_maya")
    assert notice_id_of("fact_1", "person_maya") != notice_id_of("fact_1", "person_ben")
    assert notice_id_of("fact_1", "person_maya") != notice_id_of("fact_2", "person_maya")

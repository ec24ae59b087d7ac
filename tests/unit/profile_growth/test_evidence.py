"""Evidence: handed in, accepted or returned with a comment."""

from typing import Any

import pytest

from contracts.profile import EvidenceAccepted, EvidenceHandedIn, EvidenceReturned
from kit.refusals import Refusals
from services.profile.domain.evidence import EvidenceKind, EvidenceState, Observer, answer, hand_in
from tests.unit.profile_growth.builders import IDA, NOON, some_evidence

SKILLS = ("curiosity", "empathy")
BY_IDA: dict[str, Any] = {"observer": Observer.EDUCATOR, "by": IDA}


def test_work_waits_for_an_educator() -> None:
    evidence, facts = hand_in(some_evidence(), SKILLS)
    assert evidence.state is EvidenceState.HANDED_IN
    assert [type(fact) for fact in facts] == [EvidenceHandedIn]
    assert "welders" not in repr(facts)


def test_an_educators_observation_counts_at_once() -> None:
    evidence, facts = hand_in(some_evidence(kind=EvidenceKind.OBSERVATION, **BY_IDA), SKILLS)
    assert (evidence.state, evidence.answered_by) == (EvidenceState.ACCEPTED, IDA)
    assert [type(fact) for fact in facts] == [EvidenceHandedIn, EvidenceAccepted]


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"skill": None}, {"about-one-thing"}),
        ({"target_id": "target_1"}, {"about-one-thing"}),
        ({"text": None}, {"words-or-link"}),
        ({"kind": EvidenceKind.LINK}, {"words-or-link"}),
        ({"skill": "juggling"}, {"unknown-skill"}),
        (BY_IDA, {"only-observations"}),
        (
            {"skill": "juggling", "target_id": "target_1", "text": None, **BY_IDA},
            {"about-one-thing", "words-or-link", "unknown-skill", "only-observations"},
        ),
    ],
)
def test_evidence_that_is_not_whole_is_refused_with_every_reason(fields: dict[str, Any], codes: set[str]) -> None:
    with pytest.raises(Refusals) as refused:
        hand_in(some_evidence(**fields), SKILLS)
    assert refused.value.codes == codes


def test_a_link_needs_no_words() -> None:
    evidence, _ = hand_in(some_evidence(kind=EvidenceKind.LINK, text=None, url="https://example.org/weld"), SKILLS)
    assert evidence.url == "https://example.org/weld"


def test_accepted_evidence_counts_for_its_skill() -> None:
    accepted, [fact] = answer(some_evidence(), True, IDA, NOON, None)
    assert (accepted.state, accepted.answered_by, accepted.answered_at) == (EvidenceState.ACCEPTED, IDA, NOON)
    assert isinstance(fact, EvidenceAccepted)
    assert fact.skill == "curiosity"


def test_returned_evidence_comes_with_a_comment_that_stays_here() -> None:
    returned, [fact] = answer(some_evidence(), False, IDA, NOON, "Show a picture")
    assert (returned.state, returned.comment) == (EvidenceState.RETURNED, "Show a picture")
    assert isinstance(fact, EvidenceReturned)
    assert "picture" not in repr(fact)
    with pytest.raises(Refusals) as refused:
        answer(some_evidence(), False, IDA, NOON, None)
    assert refused.value.codes == {"comment-missing"}


def test_evidence_is_answered_once() -> None:
    with pytest.raises(Refusals) as refused:
        answer(some_evidence(state=EvidenceState.RETURNED), True, IDA, NOON, None)
    assert refused.value.codes == {"evidence-answered"}

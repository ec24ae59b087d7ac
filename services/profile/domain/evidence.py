"""Evidence: work or an observation offered for a target or a skill, and whether it counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts import profile as facts
from contracts.fact import Fact
from kit.refusals import Kind, Refusal, refuse_all


class EvidenceKind(StrEnum):
    """What is shown."""

    TEXT = "text"
    LINK = "link"
    OBSERVATION = "observation"
    PROJECT = "project"


class Observer(StrEnum):
    """Through whose eyes it is seen; several eyes are never made one number."""

    SELF = "self"
    PEER = "peer"
    EDUCATOR = "educator"
    PARTNER = "partner"
    SCHOOL = "school"


class EvidenceState(StrEnum):
    """Whether an educator has looked at it."""

    HANDED_IN = "handed-in"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class NoSuchEvidence(Refusal):
    kind = Kind.MISSING
    text = "There is no evidence with this id that you may see."


class AboutOneThing(Refusal):
    kind = Kind.INVALID
    text = "Evidence is for one target or for one skill: name exactly one of the two."


class WordsOrLink(Refusal):
    kind = Kind.INVALID
    text = "Evidence of this kind needs {expected}."


class UnknownSkill(Refusal):
    kind = Kind.INVALID
    text = "{skill} is not one of the district's skills. They are: {skills}."


class OnlyObservations(Refusal):
    kind = Kind.FORBIDDEN
    text = "You may add what you observed. Work is handed in by the learner."


class NotPlacedThere(Refusal):
    kind = Kind.INVALID
    text = "No placement of the learner with this id was attended for a goal."


class EvidenceAnswered(Refusal):
    text = "This evidence was {state}. The learner can hand in new work."


class CommentMissing(Refusal):
    kind = Kind.INVALID
    text = "Evidence that is returned needs a comment: what is missing, and what to do next."


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece, where it comes from, and what an educator said to it."""

    evidence_id: str
    version: int
    district_id: str
    person_id: str
    target_id: str | None
    skill: str | None
    kind: EvidenceKind
    text: str | None
    url: str | None
    observer: Observer
    by: str | None
    at: datetime
    state: EvidenceState = EvidenceState.HANDED_IN
    project_id: str | None = None
    placement_id: str | None = None
    reflection_id: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    comment: str | None = None


def hand_in(evidence: Evidence, skills: tuple[str, ...]) -> tuple[Evidence, list[Fact]]:
    """Evidence is offered. An educator's own observation counts at once: they have looked already.

    Raises: Refusals of AboutOneThing, WordsOrLink, UnknownSkill, OnlyObservations: all that apply.
    """
    by_educator = evidence.observer is Observer.EDUCATOR
    refuse_all(
        AboutOneThing() if (evidence.target_id is None) == (evidence.skill is None) else None,
        _incomplete(evidence),
        _unknown(evidence.skill, skills),
        OnlyObservations() if by_educator and evidence.kind is not EvidenceKind.OBSERVATION else None,
    )
    if not by_educator:
        return evidence, [_handed_in(evidence)]
    counting = replace(evidence, state=EvidenceState.ACCEPTED, answered_by=evidence.by, answered_at=evidence.at)
    return counting, [_handed_in(evidence), accepted_fact(counting)]


def answer(
    evidence: Evidence, accepted: bool, by: str, at: datetime, comment: str | None
) -> tuple[Evidence, list[Fact]]:
    """An educator accepts the evidence, or returns it with a comment.

    Raises: Refusals of EvidenceAnswered, CommentMissing: all that apply.
    """
    refuse_all(
        EvidenceAnswered(state=evidence.state.value) if evidence.state is not EvidenceState.HANDED_IN else None,
        CommentMissing() if not accepted and not comment else None,
    )
    state = EvidenceState.ACCEPTED if accepted else EvidenceState.RETURNED
    answered = replace(evidence, state=state, answered_by=by, answered_at=at, comment=comment)
    if accepted:
        return answered, [accepted_fact(answered)]
    returned = facts.EvidenceReturned(
        district_id=evidence.district_id, evidence_id=evidence.evidence_id, person_id=evidence.person_id
    )
    return answered, [returned]


def accepted_fact(evidence: Evidence) -> Fact:
    """That this evidence counts."""
    return facts.EvidenceAccepted(
        district_id=evidence.district_id,
        evidence_id=evidence.evidence_id,
        person_id=evidence.person_id,
        target_id=evidence.target_id,
        skill=evidence.skill,
        project_id=evidence.project_id,
        reflection_id=evidence.reflection_id,
    )


def _handed_in(evidence: Evidence) -> Fact:
    return facts.EvidenceHandedIn(
        district_id=evidence.district_id,
        evidence_id=evidence.evidence_id,
        person_id=evidence.person_id,
        target_id=evidence.target_id,
        skill=evidence.skill,
    )


def _incomplete(evidence: Evidence) -> WordsOrLink | None:
    if evidence.kind is EvidenceKind.LINK:
        return None if evidence.url else WordsOrLink(expected="a link (https://…)")
    return None if evidence.text else WordsOrLink(expected="words")


def _unknown(skill: str | None, skills: tuple[str, ...]) -> UnknownSkill | None:
    return UnknownSkill(skill=skill, skills=", ".join(skills)) if skill is not None and skill not in skills else None

"""Notices: which facts a person is told of, and in which words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID, uuid5

from contracts.community import (
    HoursApproved,
    HoursLogged,
    HoursVerified,
    ProjectApproved,
    ProjectMemberJoined,
    ProjectReturned,
    ProjectStarted,
)
from contracts.fact import Fact
from contracts.profile import EvidenceAccepted, EvidenceReturned, SkillGrown, TargetAnswered, TargetProposed
from contracts.scheduler import (
    PlacementCancelled,
    PlacementMade,
    PlacementMoved,
    PlacementRestored,
    RoundResultPublished,
    RoundResultWithdrawn,
)
from kit.refusals import Kind, Refusal

_NOTICES = UUID("0d5b3b0e-4f0a-5b2e-9d3f-6a1c2b7e8f90")


class NoSuchNotice(Refusal):
    kind = Kind.MISSING
    text = "There is no such notice in your inbox."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one person is told of one fact: a code and ids, from which the words are made when they are read."""

    notice_id: str
    person_id: str
    code: str
    params: Mapping[str, str]
    fact_id: str
    correlation_id: str
    at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, which code, about what."""

    person_id: str
    code: str
    params: Mapping[str, str]


def notice_id_of(fact_id: str, person_id: str) -> str:
    """The id of what this person is told of this fact: derived, so that hearing it again changes nothing."""
    return f"notice_{uuid5(_NOTICES, f'{fact_id}/{person_id}').hex}"


def _about(fact: Fact, *names: str) -> dict[str, str]:
    """Those fields of the fact that say what it is about; absent ones are left out."""
    values = {name: getattr(fact, name) for name in names}
    return {name: _said(value) for name, value in values.items() if value is not None}


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_PLACE = ("placement_id", "occurrence_id", "offer_id", "space_id", "goal_id", "starts_at", "ends_at", "cause")
# The student knows of a place they chose; of a switch, the new place tells.
_PLACED_BY_OTHERS = {
    "promoted": "seat-came-free",
    "assigned": "place-assigned",
    "pulled": "place-assigned",
    "distributed": "place-given",
    "default": "place-given",
}


def _placed(fact: PlacementMade) -> Sequence[Told]:
    code = _PLACED_BY_OTHERS.get(fact.cause)
    return [Told(fact.student_id, code, _about(fact, *_PLACE))] if code else []


def _place_moved(fact: PlacementMoved) -> Sequence[Told]:
    return [Told(fact.student_id, "place-moved", _about(fact, *_PLACE))]


def _place_restored(fact: PlacementRestored) -> Sequence[Told]:
    return [Told(fact.student_id, "place-restored", _about(fact, *_PLACE))]


def _place_taken_away(fact: PlacementCancelled) -> Sequence[Told]:
    if fact.cancelled_by == fact.student_id or fact.reason == "switched":
        return []
    return [Told(fact.student_id, "place-cancelled", _about(fact, *_PLACE, "reason"))]


def _round_decided(fact: RoundResultPublished) -> Sequence[Told]:
    why = ("missed_occurrence_id", "missed_rank", "reason", "seats", "ranked", "change", "credit_hundredths")
    return [Told(fact.student_id, "round-decided", _about(fact, "round_id", "run_id", "blocks", "placed", *why))]


def _round_undone(fact: RoundResultWithdrawn) -> Sequence[Told]:
    return [Told(fact.student_id, "round-undone", _about(fact, "round_id", "run_id", "returned", "not_returned"))]


def _target_proposed(fact: TargetProposed) -> Sequence[Told]:
    return [Told(fact.person_id, "target-proposed", _about(fact, "proposal_id", "goal_id", "target_id", "proposed_by"))]


def _target_answered(fact: TargetAnswered) -> Sequence[Told]:
    code = "target-accepted" if fact.accepted else "target-declined"
    return [Told(fact.proposed_by, code, _about(fact, "proposal_id", "goal_id", "target_id", "person_id"))]


def _evidence_accepted(fact: EvidenceAccepted) -> Sequence[Told]:
    if fact.project_id is not None:  # the skill that grew by it tells already
        return []
    return [Told(fact.person_id, "evidence-accepted", _about(fact, "evidence_id", "target_id", "skill"))]


def _evidence_returned(fact: EvidenceReturned) -> Sequence[Told]:
    return [Told(fact.person_id, "evidence-returned", _about(fact, "evidence_id"))]


def _skill_grown(fact: SkillGrown) -> Sequence[Told]:
    return [Told(fact.person_id, "skill-grown", _about(fact, "skill", "pieces", "evidence_id"))]


def _project_approved(fact: ProjectApproved) -> Sequence[Told]:
    return [Told(fact.proposed_by, "project-approved", _about(fact, "project_id", "approved_by"))]


def _project_returned(fact: ProjectReturned) -> Sequence[Told]:
    return [Told(fact.proposed_by, "project-returned", _about(fact, "project_id", "returned_by"))]


def _member_joined(fact: ProjectMemberJoined) -> Sequence[Told]:
    return [Told(fact.person_id, "team-joined", _about(fact, "project_id", "team_size"))]


def _project_started(fact: ProjectStarted) -> Sequence[Told]:
    return [Told(member_id, "project-started", _about(fact, "project_id")) for member_id in fact.member_ids]


_HOURS = ("hours_id", "project_id", "minutes")


def _hours_logged(fact: HoursLogged) -> Sequence[Told]:
    params = _about(fact, *_HOURS, "person_id", "starts_at", "ends_at")
    return [Told(contact_id, "hours-wait", params) for contact_id in fact.contact_ids]


_VERIFIED = {"confirm": "hours-confirmed", "change": "hours-changed", "deny": "hours-denied"}


def _hours_verified(fact: HoursVerified) -> Sequence[Told]:
    return [Told(fact.person_id, _VERIFIED[fact.outcome], _about(fact, *_HOURS, "verified_by"))]


def _hours_approved(fact: HoursApproved) -> Sequence[Told]:
    code = "hours-approved" if fact.approved else "hours-refused"
    return [Told(fact.person_id, code, _about(fact, *_HOURS, "approved_by"))]


TELLING: Mapping[type[Fact], Callable[[Any], Sequence[Told]]] = {
    PlacementMade: _placed,
    PlacementMoved: _place_moved,
    PlacementRestored: _place_restored,
    PlacementCancelled: _place_taken_away,
    RoundResultPublished: _round_decided,
    RoundResultWithdrawn: _round_undone,
    TargetProposed: _target_proposed,
    TargetAnswered: _target_answered,
    EvidenceAccepted: _evidence_accepted,
    EvidenceReturned: _evidence_returned,
    SkillGrown: _skill_grown,
    ProjectApproved: _project_approved,
    ProjectReturned: _project_returned,
    ProjectMemberJoined: _member_joined,
    ProjectStarted: _project_started,
    HoursLogged: _hours_logged,
    HoursVerified: _hours_verified,
    HoursApproved: _hours_approved,
}

TEXTS: Mapping[str, str] = {
    "seat-came-free": "A seat came free, and it is yours: {when}. You were first in line.",
    "place-assigned": "You were given a place: {when}. The school asked for you.",
    "place-given": "You have a place: {when}.",
    "place-moved": "Your place is in another space now: {when}. Your week says where.",
    "place-restored": "It takes place after all, and your place is yours again: {when}.",
    "place-cancelled": "Your place was cancelled: {when}.",
    "round-decided": "The round is decided: you have a place in {placed} of the {blocks} blocks you ranked for.{why}",
    "round-undone": "The round's result was taken back, and its places with it. Places you had left for it "
    "that are yours again: {returned}. A new result will come.",
    "target-proposed": "A teacher proposes a target for your goal. You decide whether it is yours.",
    "target-accepted": "The target you proposed was accepted.",
    "target-declined": "The target you proposed was declined.",
    "evidence-accepted": "Your evidence was accepted.",
    "evidence-returned": "Your evidence came back with a comment.",
    "skill-grown": "Your story of {skill} has grown.",
    "project-approved": "The project you proposed was approved. It may gather its team.",
    "project-returned": "The project you proposed came back with a comment.",
    "team-joined": "You are in the team of a project.",
    "project-started": "Your project has begun.",
    "hours-wait": "Hours wait for your word: {minutes} minutes. Confirm, change or deny them.",
    "hours-confirmed": "The partner confirmed your hours: {minutes} minutes.",
    "hours-changed": "The partner changed your hours to {minutes} minutes, and says why.",
    "hours-denied": "The partner denied your hours, and says why.",
    "hours-approved": "The school approved your hours: {minutes} minutes.",
    "hours-refused": "The school did not approve your hours, and says why.",
}


WHY: Mapping[str, str] = {
    "full": "Your choice number {missed_rank} was full: {seats} seats, and {ranked} of you ranked it.",
    "no-seats": "Your choice number {missed_rank} had no seats to give.",
    "not-open-to-you": "Your choice number {missed_rank} is not open to you any more.",
    "called-off": "Your choice number {missed_rank} was called off.",
    "placed-by-others": "At the time of your choice number {missed_rank} the school had given you another place.",
    "often-enough": "You have your choice number {missed_rank} as often as it may be had.",
    "changed-since": "A place that was meant for you could not be made any more; your result says which, and why.",
}
"""Why the best choice that somebody missed was not given, by the round's own codes."""

WOULD_HAVE: Mapping[str, str] = {
    "with-credit": "With {credit} more credit you would have been in.",
    "nothing-simple": "Neither a little more credit nor one exchange would have changed that.",
}


def _why(params: Mapping[str, str]) -> str:
    """The reason and what would have changed it, each with a space before it; empty where nothing was missed."""
    if "reason" not in params:
        return ""
    other = "Your choice number {missed_rank} was not possible beside the rest; your result says why."
    told = [WHY.get(params["reason"], other)]
    if "change" in params and params["reason"] != "changed-since":
        told.append(WOULD_HAVE.get(params["change"], ""))
    credit = f"{int(params.get('credit_hundredths', '0')) / 100:g}"
    return "".join(f" {sentence.format(**params, credit=credit)}" for sentence in told if sentence)


def words_for(code: str, params: Mapping[str, str], zone: tzinfo) -> str:
    """The notice in plain words, with times by the district's clock. Names are not among them: screens add these."""
    when = _when(params, zone) if "starts_at" in params else ""
    why = _why(params) if code == "round-decided" else ""
    return TEXTS[code].format(**params, when=when, why=why)


def _when(params: Mapping[str, str], zone: tzinfo) -> str:
    starts = datetime.fromisoformat(params["starts_at"]).astimezone(zone)
    ends = datetime.fromisoformat(params["ends_at"]).astimezone(zone)
    return f"{starts:%A} {starts.day} {starts:%B}, {starts:%H:%M} to {ends:%H:%M}"

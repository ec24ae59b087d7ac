"""What the profile service announces: people by opaque id, their goals, evidence and growth."""

from dataclasses import dataclass
from datetime import date

from contracts.fact import Fact, fact


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role at an organisation; at the district itself, `organisation_id` is the district's id."""

    role: str
    organisation_id: str


@dataclass(frozen=True, slots=True)
class StepState:
    """One step of a goal: when it is due and whether it is done."""

    step_id: str
    due_on: date | None
    done: bool


@fact("profile.school.listed.v1", topic="profile-schools", key="school_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolListed(Fact):
    """A school is on the roster, or (inactive) no longer is."""

    school_id: str
    active: bool


@fact("profile.class.listed.v1", topic="profile-classes", key="class_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ClassListed(Fact):
    """A class of a school is on the roster, or no longer is. `kind` is homeroom or scheduled."""

    class_id: str
    school_id: str
    kind: str
    active: bool


@fact("profile.person.listed.v1", topic="profile-people", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonListed(Fact):
    """Who a person is to the district now: roles, classes, grades, wards. The whole state, not a change."""

    person_id: str
    roles: tuple[RoleHeld, ...]
    class_ids: tuple[str, ...]
    teaches_class_ids: tuple[str, ...]
    ward_ids: tuple[str, ...]
    grades: tuple[str, ...]
    active: bool


@fact("profile.person.forgotten.v1", topic="profile-people", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForgotten(Fact):
    """A person asked to be forgotten: every service removes what it holds and announces what it removed."""

    person_id: str
    erasure_id: str


@fact("profile.interests.changed.v1", topic="profile-interests", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class InterestsChanged(Fact):
    """The interests of a learner, as tags of the district's list. Own words stay in the profile."""

    person_id: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _GoalFact(Fact):
    """What every fact about a goal carries: its whole state."""

    goal_id: str
    person_id: str
    state: str
    target_ids: tuple[str, ...]
    tags: tuple[str, ...]
    steps: tuple[StepState, ...]


@fact("profile.goal.written.v1", topic="profile-goals", key="goal_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class GoalWritten(_GoalFact):
    """A learner wrote a goal."""


@fact("profile.goal.changed.v1", topic="profile-goals", key="goal_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class GoalChanged(_GoalFact):
    """A goal's state, targets, tags or steps changed; it may be reached or set aside now."""


@fact("profile.goal_step.attended.v1", topic="profile-goals", key="goal_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class GoalStepAttended(Fact):
    """A learner was present at a placement made for this goal (and step)."""

    goal_id: str
    person_id: str
    step_id: str | None
    placement_id: str
    minutes: int


@fact("profile.target.proposed.v1", topic="profile-targets", key="proposal_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProposed(Fact):
    """An educator proposed a target for a learner's goal; only the learner can accept it."""

    proposal_id: str
    person_id: str
    goal_id: str
    target_id: str
    proposed_by: str


@fact("profile.target.answered.v1", topic="profile-targets", key="proposal_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAnswered(Fact):
    """The learner accepted or declined a proposed target."""

    proposal_id: str
    person_id: str
    goal_id: str
    target_id: str
    proposed_by: str
    accepted: bool


@fact("profile.evidence.handed_in.v1", topic="profile-evidence", key="evidence_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceHandedIn(Fact):
    """Work or an observation was offered for a target or a skill and waits for an educator."""

    evidence_id: str
    person_id: str
    target_id: str | None
    skill: str | None


@fact("profile.evidence.accepted.v1", topic="profile-evidence", key="evidence_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAccepted(Fact):
    """Evidence counts: an educator accepted it, or it arrived from a project the school approved."""

    evidence_id: str
    person_id: str
    target_id: str | None
    skill: str | None
    project_id: str | None
    reflection_id: str | None


@fact("profile.evidence.returned.v1", topic="profile-evidence", key="evidence_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReturned(Fact):
    """An educator returned evidence with a comment (the comment stays in the profile)."""

    evidence_id: str
    person_id: str


@fact("profile.skill.grown.v1", topic="profile-skills", key="growth_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SkillGrown(Fact):
    """A learner's growth story for a skill has one more chapter: how many pieces by now, never a score."""

    growth_id: str
    person_id: str
    skill: str
    pieces: int
    evidence_id: str


@fact("profile.learner.erased.v1", topic="profile-learners", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileErased(Fact):
    """Profile removed what it held of a person: how many documents of each kind."""

    person_id: str
    erasure_id: str
    removed: dict[str, int]

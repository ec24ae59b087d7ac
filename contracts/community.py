"""What the community service announces: partners, projects, teams, hours and reflections."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.fact import Fact, fact


@dataclass(frozen=True, slots=True)
class MemberShown:
    """What one member brought to a showing: approved minutes and, per skill, the reflection they wrote."""

    person_id: str
    minutes: int
    reflection_ids: dict[str, str]


@fact("community.partner.vetted.v1", topic="community-partners", key="partner_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerVetted(Fact):
    """A school verified a partner's papers; with students until the first of them expires."""

    partner_id: str
    contact_ids: tuple[str, ...]
    vetted_until: date
    vetted_by: str


@fact("community.project.proposed.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectProposed(Fact):
    """Somebody proposed a project to a school."""

    project_id: str
    school_id: str
    proposed_by: str
    tags: tuple[str, ...]
    skills: tuple[str, ...]
    target_ids: tuple[str, ...]


@fact("community.project.partner_joined.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPartnerJoined(Fact):
    """A vetted partner joined a project."""

    project_id: str
    school_id: str
    partner_id: str
    contact_ids: tuple[str, ...]


@fact("community.project.approved.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectApproved(Fact):
    """The school approved a project; it may gather its team."""

    project_id: str
    school_id: str
    proposed_by: str
    approved_by: str


@fact("community.project.returned.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReturned(Fact):
    """The school sent a project back with a comment (the comment stays in community)."""

    project_id: str
    school_id: str
    proposed_by: str
    returned_by: str


@fact("community.project.member_joined.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMemberJoined(Fact):
    """A student joined a project's team."""

    project_id: str
    school_id: str
    person_id: str
    team_size: int


@fact("community.project.member_left.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMemberLeft(Fact):
    """A student left a project's team."""

    project_id: str
    school_id: str
    person_id: str
    team_size: int


@fact("community.project.started.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStarted(Fact):
    """A project has the team it needs and runs."""

    project_id: str
    school_id: str
    member_ids: tuple[str, ...]


@fact("community.project.shown.v1", topic="community-projects", key="project_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectShown(Fact):
    """A project was shown: what it grew, and what each member brought to it."""

    project_id: str
    school_id: str
    partner_id: str | None
    skills: tuple[str, ...]
    target_ids: tuple[str, ...]
    tags: tuple[str, ...]
    members: tuple[MemberShown, ...]
    shown_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _HoursFact(Fact):
    """What every fact about hours carries."""

    hours_id: str
    project_id: str
    school_id: str
    person_id: str
    minutes: int


@fact("community.hours.logged.v1", topic="community-hours", key="hours_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoursLogged(_HoursFact):
    """A student logged hours; they wait for the partner."""

    contact_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@fact("community.hours.verified.v1", topic="community-hours", key="hours_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoursVerified(_HoursFact):
    """The partner confirmed, changed or denied hours: `outcome` says which, `minutes` what is left."""

    outcome: str
    verified_by: str


@fact("community.hours.approved.v1", topic="community-hours", key="hours_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoursApproved(_HoursFact):
    """The school approved verified hours, or (`approved` false) did not: the second of two different acts."""

    approved: bool
    approved_by: str


@fact("community.reflection.written.v1", topic="community-reflections", key="reflection_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionWritten(Fact):
    """A student reflected on a skill in a project; the words stay in community."""

    reflection_id: str
    project_id: str
    person_id: str
    skill: str
    shared_with: str


@fact("community.learner.erased.v1", topic="community-learners", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityErased(Fact):
    """Community removed what it held of a person: how many documents of each kind."""

    person_id: str
    erasure_id: str
    removed: dict[str, int]

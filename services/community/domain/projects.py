"""Projects: their life from proposal to showing, and who may move them on."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from contracts import community as facts
from contracts.fact import Fact
from kit.refusals import Kind, Refusal, refuse_all
from services.community.domain.partners import Partner, PartnerNotVetted, not_vetted, vetted_until


class State(StrEnum):
    """Where a project is in its life. While approved, it gathers its team."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    RUNNING = "running"
    SHOWN = "shown"
    CLOSED = "closed"
    STOPPED = "stopped"


PUBLIC_STATES = (State.APPROVED, State.RUNNING, State.SHOWN, State.CLOSED)
"""What every learner of the school may see."""


class NoSuchProject(Refusal):
    kind = Kind.MISSING
    text = "There is no project with this id that you may see."


class NotNow(Refusal):
    text = "The project is {state}. This can be done while it is {expected}."


class OwnProposal(Refusal):
    text = "Somebody else at the school must decide on a project that you proposed."


class HasPartner(Refusal):
    text = "This project has a partner already."


class NotAContact(Refusal):
    kind = Kind.FORBIDDEN
    text = "Only a contact of this partner can join a project for it."


class TeamFull(Refusal):
    text = "The team has its {most} members. Look for another project, or propose one."


class TeamTooSmall(Refusal):
    text = "The team has {members} of at least {least} members."


class NotAMember(Refusal):
    kind = Kind.FORBIDDEN
    text = "Only members of the project's team can do this."


class TeamSizeOdd(Refusal):
    kind = Kind.INVALID
    text = (
        "A team of {least} to {most} makes no sense; expected a least number of 1 or more, and a most at or above it."
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A student of the team."""

    person_id: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a project's life: what it became, through whom, when and why."""

    state: State
    by: str
    at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A question or need, what it grows, who works on it, and how it came to where it is."""

    project_id: str
    version: int
    district_id: str
    school_id: str
    title: str
    question: str
    skills: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    team_min: int
    team_max: int
    ends_on: date | None
    proposed_by: str
    proposed_at: datetime
    state: State
    partner_id: str | None = None
    contact_ids: tuple[str, ...] = ()
    partner_until: date | None = None
    members: tuple[Member, ...] = ()
    made: str | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def member_ids(self) -> tuple[str, ...]:
        return tuple(member.person_id for member in self.members)


def propose(project: Project) -> tuple[Project, list[Fact]]:
    """A new project waits for the school.

    Raises: Refusals of TeamSizeOdd.
    """
    odd = not 1 <= project.team_min <= project.team_max
    refuse_all(TeamSizeOdd(least=project.team_min, most=project.team_max) if odd else None)
    proposed = _turn(project, State.PROPOSED, project.proposed_by, project.proposed_at)
    return proposed, [_proposed(proposed)]


def amend(project: Project, changes: dict[str, object], by: str, at: datetime) -> tuple[Project, list[Fact]]:
    """The proposer changes the words of a project that the school has not approved yet; it is proposed anew.

    Raises: Refusals of NotNow, TeamSizeOdd.
    """
    refuse_all(_not_in(project, State.PROPOSED, State.RETURNED))
    return propose(replace(project, proposed_by=by, proposed_at=at, **changes))  # type: ignore[arg-type]


def take_partner(project: Project, partner: Partner, by: str, today: date) -> tuple[Project, list[Fact]]:
    """A partner joins, through one of its contacts, once the school has vetted it.

    Raises: Refusals of NotNow, HasPartner, NotAContact, PartnerNotVetted: all that apply.
    """
    refuse_all(
        _not_in(project, State.PROPOSED, State.RETURNED, State.APPROVED),
        HasPartner() if project.partner_id else None,
        NotAContact() if by not in partner.contact_ids else None,
        not_vetted(partner, today),
    )
    joined = replace(
        project,
        partner_id=partner.partner_id,
        contact_ids=partner.contact_ids,
        partner_until=vetted_until(partner, today),
    )
    return joined, [
        facts.ProjectPartnerJoined(
            district_id=joined.district_id,
            project_id=joined.project_id,
            school_id=joined.school_id,
            partner_id=partner.partner_id,
            contact_ids=partner.contact_ids,
        )
    ]


def approve(project: Project, by: str, at: datetime) -> tuple[Project, list[Fact]]:
    """The school lets a project gather its team.

    Raises: Refusals of NotNow, OwnProposal.
    """
    refuse_all(_not_in(project, State.PROPOSED), OwnProposal() if by == project.proposed_by else None)
    approved = _turn(project, State.APPROVED, by, at)
    return approved, [
        facts.ProjectApproved(
            district_id=project.district_id,
            project_id=project.project_id,
            school_id=project.school_id,
            proposed_by=project.proposed_by,
            approved_by=by,
        )
    ]


def send_back(project: Project, by: str, at: datetime, comment: str) -> tuple[Project, list[Fact]]:
    """The school sends a project back, saying what it misses.

    Raises: Refusals of NotNow, OwnProposal.
    """
    refuse_all(_not_in(project, State.PROPOSED), OwnProposal() if by == project.proposed_by else None)
    returned = _turn(project, State.RETURNED, by, at, comment)
    return returned, [
        facts.ProjectReturned(
            district_id=project.district_id,
            project_id=project.project_id,
            school_id=project.school_id,
            proposed_by=project.proposed_by,
            returned_by=by,
        )
    ]


def join(project: Project, person_id: str, at: datetime) -> tuple[Project, list[Fact]]:
    """A student joins the team; joining twice changes nothing.

    Raises: Refusals of NotNow, TeamFull: all that apply.
    """
    if person_id in project.member_ids:
        return project, []
    refuse_all(
        _not_in(project, State.APPROVED, State.RUNNING),
        TeamFull(most=project.team_max) if len(project.members) >= project.team_max else None,
    )
    joined = replace(project, members=(*project.members, Member(person_id, at)))
    return joined, [_member_joined(joined, person_id)]


def leave(project: Project, person_id: str) -> tuple[Project, list[Fact]]:
    """A student leaves the team; who is not in it leaves nothing.

    Raises: Refusals of NotNow.
    """
    if person_id not in project.member_ids:
        return project, []
    refuse_all(_not_in(project, State.APPROVED, State.RUNNING))
    left = replace(project, members=tuple(member for member in project.members if member.person_id != person_id))
    return left, [_member_left(left, person_id)]


def start(project: Project, partner: Partner | None, by: str, at: datetime) -> tuple[Project, list[Fact]]:
    """A project with enough members runs; a partner's papers must be current on that day.

    Raises: Refusals of NotNow, TeamTooSmall, PartnerNotVetted: all that apply.
    """
    few = len(project.members) < project.team_min
    refuse_all(
        _not_in(project, State.APPROVED),
        TeamTooSmall(members=len(project.members), least=project.team_min) if few else None,
        not_vetted(partner, at.date()) if partner else None,
    )
    running = _turn(project, State.RUNNING, by, at)
    return running, [
        facts.ProjectStarted(
            district_id=project.district_id,
            project_id=project.project_id,
            school_id=project.school_id,
            member_ids=project.member_ids,
        )
    ]


def show(
    project: Project, made: str, brought: dict[str, facts.MemberShown], by: str, at: datetime
) -> tuple[Project, list[Fact]]:
    """The work is shown. `brought`: per member, approved minutes and the reflection on each skill.

    Raises: Refusals of NotNow.
    """
    refuse_all(_not_in(project, State.RUNNING))
    shown = replace(_turn(project, State.SHOWN, by, at), made=made)
    members = tuple(brought.get(person_id, facts.MemberShown(person_id, 0, {})) for person_id in project.member_ids)
    return shown, [
        facts.ProjectShown(
            district_id=project.district_id,
            project_id=project.project_id,
            school_id=project.school_id,
            partner_id=project.partner_id,
            skills=project.skills,
            target_ids=project.target_ids,
            tags=project.tags,
            members=members,
            shown_at=at,
        )
    ]


def close(project: Project, by: str, at: datetime) -> Project:
    """A shown or stopped project is over.

    Raises: Refusals of NotNow.
    """
    refuse_all(_not_in(project, State.SHOWN, State.STOPPED))
    return _turn(project, State.CLOSED, by, at)


def papers_lapsed(project: Project, today: date) -> PartnerNotVetted | None:
    """Why nothing may happen with students now: the partner's papers have run out since it joined."""
    lapsed = project.partner_until is not None and project.partner_until < today
    return PartnerNotVetted(missing="a paper that has expired") if lapsed else None


def not_running(project: Project) -> NotNow | None:
    """The refusal of what belongs to a running project alone, or None."""
    return _not_in(project, State.RUNNING)


def may_see(project: Project, person_id: str, *, staff: bool) -> bool:
    """A school's staff, the team, the partner and the proposer see a project always; others once it is approved."""
    involved = {project.proposed_by, *project.member_ids, *project.contact_ids}
    return staff or person_id in involved or project.state in PUBLIC_STATES


def _turn(project: Project, state: State, by: str, at: datetime, comment: str | None = None) -> Project:
    return replace(project, state=state, turns=(*project.turns, Turn(state, by, at, comment)))


def _not_in(project: Project, *states: State) -> NotNow | None:
    return None if project.state in states else NotNow(state=project.state.value, expected=" or ".join(states))


def _proposed(project: Project) -> facts.ProjectProposed:
    return facts.ProjectProposed(
        district_id=project.district_id,
        project_id=project.project_id,
        school_id=project.school_id,
        proposed_by=project.proposed_by,
        tags=project.tags,
        skills=project.skills,
        target_ids=project.target_ids,
    )


def _member_joined(project: Project, person_id: str) -> facts.ProjectMemberJoined:
    return facts.ProjectMemberJoined(
        district_id=project.district_id,
        project_id=project.project_id,
        school_id=project.school_id,
        person_id=person_id,
        team_size=len(project.members),
    )


def _member_left(project: Project, person_id: str) -> facts.ProjectMemberLeft:
    return facts.ProjectMemberLeft(
        district_id=project.district_id,
        project_id=project.project_id,
        school_id=project.school_id,
        person_id=person_id,
        team_size=len(project.members),
    )

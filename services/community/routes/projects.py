"""Projects: proposed, approved, joined, run and shown."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.auth import Subject
from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep
from kit.policy import SCHOOL, Policy, myself, organisation_in
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line, Paragraphs, Tag
from services.community.actions.join_project import JoinAsPartner, JoinTeam, join_as_partner, join_team, leave_team
from services.community.actions.move_project import (
    MoveProject,
    amend_project,
    approve_project,
    close_project,
    return_project,
    start_project,
)
from services.community.actions.propose_project import ProposeProject, propose_project
from services.community.actions.show_project import ShowProject, show_project
from services.community.domain.onlookers import project_for
from services.community.domain.partners import NoSuchPartner, PartnerNotVetted
from services.community.domain.projects import (
    PUBLIC_STATES,
    HasPartner,
    NoSuchProject,
    NotAContact,
    NotNow,
    OwnProposal,
    Project,
    State,
    TeamFull,
    TeamSizeOdd,
    TeamTooSmall,
    may_see,
)
from services.community.routes.subjects import own_school, project_in_path
from services.community.store.collections import PROJECT, PROJECTS
from services.community.store.finding import project_of

routes = Routes(prefix="/v1/projects", tags=["projects"])
EDUCATOR, ADMINISTRATOR = (Role.EDUCATOR, SCHOOL), (Role.ADMINISTRATOR, SCHOOL)
TEAM, PARTNER = (Role.LEARNER, "team"), (Role.PARTNER, "partner")
PROPOSERS = tuple((role, "proposer") for role in (Role.LEARNER, Role.EDUCATOR, Role.PARTNER))
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]
TeamSize = Annotated[int, Field(ge=1, le=100)]


class NewProject(Body):
    """A question or need, what it grows, and how many it takes."""

    school_id: Id
    title: Line
    question: Paragraphs
    skills: Annotated[list[Tag], Field(min_length=1, max_length=20)]
    tags: Tags = ()
    target_ids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    team_min: TeamSize = 2
    team_max: TeamSize = 5
    ends_on: date | None = None


class ProjectChange(Body):
    """The words to change; what is left out stays."""

    title: Line | None = None
    question: Paragraphs | None = None
    skills: Annotated[list[Tag], Field(min_length=1, max_length=20)] | None = None
    tags: Tags | None = None
    team_min: TeamSize | None = None
    team_max: TeamSize | None = None
    ends_on: date | None = None


class PartnerJoining(Body):
    """The partner for whom the caller joins."""

    partner_id: Id


class MemberJoining(Body):
    """The student who joins: the caller, unless staff says otherwise."""

    person_id: Id


class Comment(Body):
    """What the project misses."""

    comment: Paragraphs


class Made(Body):
    """What came of the project."""

    made: Paragraphs


class TurnShown(BaseModel):
    """One step of a project's life."""

    state: str
    by: str
    at: datetime
    comment: str | None


class ProjectShape(BaseModel):
    """A project as screens show it."""

    project_id: str
    version: int
    school_id: str
    title: str
    question: str
    skills: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    team_min: int
    team_max: int
    ends_on: date | None
    state: str
    proposed_by: str
    partner_id: str | None
    member_ids: tuple[str, ...]
    made: str | None
    turns: tuple[TurnShown, ...]


def shape(project: Project) -> ProjectShape:
    """The project's screen shape."""
    return ProjectShape.model_validate(project, from_attributes=True)


def seen(project: Project, edge: EdgeDep) -> ProjectShape:
    """The project's screen shape for this caller."""
    outside = edge.caller.role_names() == {Role.PARTNER}
    return shape(project_for(project, edge.caller.caller_id, outside=outside))


@routes.post(
    "",
    policy=Policy(
        (Role.LEARNER, SCHOOL),
        EDUCATOR,
        ADMINISTRATOR,
        (Role.PARTNER, SCHOOL),
        scope="community.write",
        subject=own_school,
    ),
    refuses=[TeamSizeOdd],
    status_code=201,
)
async def post_project(body: NewProject, edge: EdgeDep) -> ProjectShape:
    """Propose a project to a school of yours."""
    await edge.permit(Subject(organisations=frozenset({body.school_id})))
    project = Project(
        project_id=edge.new_id("project"),
        version=0,
        district_id=edge.district_id,
        school_id=body.school_id,
        title=body.title,
        question=body.question,
        skills=tuple(body.skills),
        tags=tuple(body.tags),
        target_ids=tuple(body.target_ids),
        team_min=body.team_min,
        team_max=body.team_max,
        ends_on=body.ends_on,
        proposed_by=edge.caller.caller_id,
        proposed_at=edge.now,
        state=State.PROPOSED,
    )
    proposed = await edge.act(propose_project, ProposeProject(project))
    edge.location(f"/v1/projects/{proposed.project_id}")
    return shape(proposed)


@routes.get(
    "",
    policy=Policy(
        (Role.LEARNER, SCHOOL),
        EDUCATOR,
        ADMINISTRATOR,
        (Role.PARTNER, SCHOOL),
        scope="community.read",
        subject=organisation_in("school_id"),
        apps=True,
    ),
)
async def get_projects(school_id: Id, ask: PageAskDep, edge: EdgeDep, state: State | None = None) -> Page[ProjectShape]:
    """A school's projects, newest first: all for its staff, approved and later ones for everyone else."""
    states = [each.value for each in (State if edge.is_staff else PUBLIC_STATES) if state in (None, each)]
    where: dict[str, Any] = {"school_id": school_id, "state": {"$in": states}}
    order = Keyset(("-proposed_at", "-_id"))
    return await edge.page(ask, edge.reader[PROJECTS], where, order, lambda row: seen(PROJECT.unpack(row), edge))


@routes.get(
    "/{project_id}",
    policy=Policy(
        (Role.LEARNER, SCHOOL),
        TEAM,
        EDUCATOR,
        ADMINISTRATOR,
        (Role.PARTNER, SCHOOL),
        PARTNER,
        *PROPOSERS,
        scope="community.read",
        subject=project_in_path,
        apps=True,
    ),
    refuses=[NoSuchProject],
)
async def get_project(project_id: Id, edge: EdgeDep) -> ProjectShape:
    """One project, with each step of its life."""
    project = await project_of(edge.reader[PROJECTS], project_id)
    if not may_see(project, edge.caller.caller_id, staff=edge.is_staff):
        raise refuse(NoSuchProject())
    edge.tag(project.version)
    return seen(project, edge)


@routes.patch(
    "/{project_id}",
    policy=Policy(*PROPOSERS, (Role.ADMINISTRATOR, "proposer"), scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow, TeamSizeOdd, StaleVersion],
)
async def patch_project(project_id: Id, body: ProjectChange, edge: EdgeDep, version: IfMatch) -> ProjectShape:
    """Change a project that is not approved yet; it is proposed anew."""
    given = body.model_dump(exclude_unset=True)
    changes = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    order = MoveProject(project_id, edge.caller.caller_id, changes=changes, version=version)
    return shape(await edge.act(amend_project, order))


@routes.post(
    "/{project_id}/partner",
    policy=Policy((Role.PARTNER, SCHOOL), scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NoSuchPartner, NotNow, HasPartner, NotAContact, PartnerNotVetted],
)
async def post_project_partner(project_id: Id, body: PartnerJoining, edge: EdgeDep) -> ProjectShape:
    """Join a project as the partner you are a contact of."""
    order = JoinAsPartner(project_id, body.partner_id, edge.caller.caller_id)
    return shape(await edge.act(join_as_partner, order))


@routes.post(
    "/{project_id}/approve",
    policy=Policy(EDUCATOR, ADMINISTRATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow, OwnProposal],
)
async def post_project_approved(project_id: Id, edge: EdgeDep) -> ProjectShape:
    """Let a project gather its team; never one's own proposal."""
    return shape(await edge.act(approve_project, MoveProject(project_id, edge.caller.caller_id)))


@routes.post(
    "/{project_id}/return",
    policy=Policy(EDUCATOR, ADMINISTRATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow, OwnProposal],
)
async def post_project_returned(project_id: Id, body: Comment, edge: EdgeDep) -> ProjectShape:
    """Send a project back, saying what it misses."""
    order = MoveProject(project_id, edge.caller.caller_id, comment=body.comment)
    return shape(await edge.act(return_project, order))


@routes.post(
    "/{project_id}/members",
    policy=Policy((Role.LEARNER, SCHOOL), EDUCATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow, TeamFull],
)
async def post_member(project_id: Id, body: MemberJoining, edge: EdgeDep) -> ProjectShape:
    """Join a project's team; an educator may add a student of theirs. Joining twice changes nothing."""
    await _for_whom(edge, body.person_id)
    return shape(await edge.act(join_team, JoinTeam(project_id, body.person_id)))


@routes.delete(
    "/{project_id}/members/{person_id}",
    policy=Policy(TEAM, EDUCATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow],
)
async def delete_member(project_id: Id, person_id: Id, edge: EdgeDep) -> ProjectShape:
    """Leave a project's team."""
    await _for_whom(edge, person_id)
    return shape(await edge.act(leave_team, JoinTeam(project_id, person_id)))


@routes.post(
    "/{project_id}/start",
    policy=Policy(TEAM, EDUCATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NoSuchPartner, NotNow, TeamTooSmall, PartnerNotVetted],
)
async def post_project_started(project_id: Id, edge: EdgeDep) -> ProjectShape:
    """Begin, once the team is large enough."""
    return shape(await edge.act(start_project, MoveProject(project_id, edge.caller.caller_id)))


@routes.post(
    "/{project_id}/show",
    policy=Policy(TEAM, EDUCATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow],
)
async def post_project_shown(project_id: Id, body: Made, edge: EdgeDep) -> ProjectShape:
    """Show what was made; each member's profile grows by it."""
    return shape(await edge.act(show_project, ShowProject(project_id, body.made, edge.caller.caller_id)))


@routes.post(
    "/{project_id}/close",
    policy=Policy(EDUCATOR, ADMINISTRATOR, scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow],
)
async def post_project_closed(project_id: Id, edge: EdgeDep) -> ProjectShape:
    """Close a project that was shown or stopped."""
    return shape(await edge.act(close_project, MoveProject(project_id, edge.caller.caller_id)))


async def _for_whom(edge: EdgeDep, person_id: str) -> None:
    """A student acts for themselves; an educator for a student of their school.

    Raises: Refusals of NotPermitted, NoSuchMember.
    """
    await ONESELF_OR_MY_STUDENT.check_subject(Subject(person_id), edge.caller, edge.reader, edge.desk.directory)


ONESELF_OR_MY_STUDENT = Policy((Role.LEARNER, "own"), EDUCATOR, scope="community.write", subject=myself)

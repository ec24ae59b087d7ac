"""Hours: logged by students, verified by partners, approved by schools."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.moments import Moment
from kit.paging import Keyset, Page, PageAskDep
from kit.policy import FAMILY, OWN, SCHOOL, Policy
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line, Paragraphs
from services.community.actions.log_hours import LogHours, log_hours
from services.community.actions.settle_hours import ApproveHours, VerifyHours, approve_hours, verify_hours
from services.community.domain.hours import (
    ChangeUnexplained,
    Hours,
    HoursBackwards,
    HoursOverlap,
    HoursSettled,
    HoursToCome,
    HoursUnverified,
    NoSuchHours,
    Outcome,
    SamePersonTwice,
)
from services.community.domain.partners import PartnerNotVetted
from services.community.domain.projects import NoSuchProject, NotAMember, NotNow
from services.community.routes.subjects import hours_in_path, project_in_path
from services.community.store.collections import HOURS, HOURS_RECORD
from services.community.store.finding import hours_of

routes = Routes(prefix="/v1", tags=["hours"])
STAFF = ((Role.EDUCATOR, SCHOOL), (Role.ADMINISTRATOR, SCHOOL))


class NewHours(Body):
    """When (with a time zone), what and where."""

    starts_at: Moment
    ends_at: Moment
    what: Paragraphs
    where: Line


class Verdict(Body):
    """The partner's act: confirm; change, with the right minutes and a reason; deny, with a reason."""

    outcome: Outcome
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    reason: Paragraphs | None = None


class Approval(Body):
    """The school's act; a no needs a reason."""

    approved: bool
    reason: Paragraphs | None = None


class HoursShape(BaseModel):
    """Hours as screens show them, with both acts."""

    hours_id: str
    version: int
    project_id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    what: str
    where: str
    state: str
    verified_by: str | None
    verified_at: datetime | None
    verified_reason: str | None
    approved_by: str | None
    approved_at: datetime | None
    approved_reason: str | None


def shape(hours: Hours) -> HoursShape:
    """The hours' screen shape."""
    return HoursShape.model_validate(hours, from_attributes=True)


@routes.post(
    "/projects/{project_id}/hours",
    policy=Policy((Role.LEARNER, "team"), scope="community.write", subject=project_in_path),
    refuses=[NoSuchProject, NotNow, NotAMember, PartnerNotVetted, HoursBackwards, HoursToCome, HoursOverlap],
    status_code=201,
)
async def post_hours(project_id: Id, body: NewHours, edge: EdgeDep) -> HoursShape:
    """Log hours on a running project. Once sent they are locked; a correction is a new entry."""
    order = LogHours(
        edge.new_id("hours"),
        project_id,
        edge.caller.caller_id,
        body.starts_at,
        body.ends_at,
        body.what,
        body.where,
    )
    return shape(await edge.act(log_hours, order))


@routes.get(
    "/projects/{project_id}/hours",
    policy=Policy(
        *STAFF, (Role.LEARNER, "team"), (Role.PARTNER, "partner"), scope="community.read", subject=project_in_path
    ),
    refuses=[NoSuchProject],
)
async def get_project_hours(project_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[HoursShape]:
    """The hours logged on a project, newest first."""
    where = {"project_id": project_id}
    return await edge.page(
        ask,
        edge.reader[HOURS],
        where,
        Keyset(("-logged_at", "-_id")),
        lambda row: shape(HOURS_RECORD.unpack(row)),
    )


@routes.get(
    "/hours/{hours_id}",
    policy=Policy(
        *STAFF,
        (Role.LEARNER, OWN),
        (Role.GUARDIAN, FAMILY),
        (Role.PARTNER, "partner"),
        scope="community.read",
        subject=hours_in_path,
    ),
    refuses=[NoSuchHours],
)
async def get_hours(hours_id: Id, edge: EdgeDep) -> HoursShape:
    """One entry, with both acts."""
    hours = await hours_of(edge.reader[HOURS], hours_id)
    edge.tag(hours.version)
    return shape(hours)


@routes.post(
    "/hours/{hours_id}/verify",
    policy=Policy((Role.PARTNER, "partner"), scope="community.write", subject=hours_in_path),
    refuses=[NoSuchHours, HoursSettled, ChangeUnexplained],
)
async def post_hours_verified(hours_id: Id, body: Verdict, edge: EdgeDep) -> HoursShape:
    """The partner's act: confirm, change or deny."""
    order = VerifyHours(hours_id, edge.caller.caller_id, body.outcome, body.minutes, body.reason)
    return shape(await edge.act(verify_hours, order))


@routes.post(
    "/hours/{hours_id}/approve",
    policy=Policy(*STAFF, scope="community.write", subject=hours_in_path),
    refuses=[NoSuchHours, HoursUnverified, HoursSettled, SamePersonTwice, ChangeUnexplained],
)
async def post_hours_approved(hours_id: Id, body: Approval, edge: EdgeDep) -> HoursShape:
    """The school's act, after the partner's and by somebody else."""
    order = ApproveHours(hours_id, edge.caller.caller_id, body.approved, body.reason)
    return shape(await edge.act(approve_hours, order))

"""A student logs hours on a project."""

from dataclasses import dataclass, replace
from datetime import datetime

from kit.refusals import refuse_all
from kit.transaction import Transaction
from services.community.domain import hours as rules
from services.community.domain.hours import LONGEST, Hours
from services.community.domain.projects import NotAMember, Project, not_running, papers_lapsed
from services.community.store.collections import (
    BUSY,
    HOURS,
    HOURS_RECORD,
    PROJECTS,
    TIMESHEET,
    TIMESHEETS,
)
from services.community.store.finding import project_of, timesheet_of
from services.community.views.busy import busy_between


@dataclass(frozen=True, slots=True)
class LogHours:
    """When, what and where; the hours' own id."""

    hours_id: str
    project_id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    what: str
    where: str


async def log_hours(tx: Transaction, order: LogHours) -> Hours:
    """Keep the hours and wait for the partner.

    Raises: Refusals of NoSuchProject, NotNow, NotAMember, PartnerNotVetted, HoursBackwards, HoursToCome, HoursOverlap.
    """
    project = await project_of(tx[PROJECTS], order.project_id)
    refuse_all(
        not_running(project),
        NotAMember() if order.person_id not in project.member_ids else None,
        papers_lapsed(project, tx.now.date()),
    )
    timesheet = await timesheet_of(tx[TIMESHEETS], order.person_id)
    busy = await busy_between(tx[BUSY], order.person_id, order.starts_at - LONGEST, order.ends_at)
    hours, timesheet, facts = rules.log(_entry(tx, order, project), timesheet, busy)
    tx[TIMESHEETS].save(TIMESHEET.pack(timesheet))
    return replace(hours, version=tx[HOURS].save(HOURS_RECORD.pack(hours), facts))


def _entry(tx: Transaction, order: LogHours, project: Project) -> Hours:
    return Hours(
        hours_id=order.hours_id,
        version=0,
        district_id=tx.district_id,
        project_id=project.project_id,
        school_id=project.school_id,
        person_id=order.person_id,
        contact_ids=project.contact_ids,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        minutes=round((order.ends_at - order.starts_at).total_seconds() / 60),
        what=order.what,
        where=order.where,
        logged_at=tx.now,
    )

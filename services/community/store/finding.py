"""Finding one thing of community by its id, or refusing because it is not there."""

from kit.refusals import refuse
from kit.transaction import Rows
from services.community.domain.hours import Hours, NoSuchHours, Timesheet
from services.community.domain.partners import NoSuchPartner, Partner
from services.community.domain.projects import NoSuchProject, Project
from services.community.store.collections import HOURS_RECORD, PARTNER, PROJECT, TIMESHEET


async def partner_of(rows: Rows, partner_id: str) -> Partner:
    """The partner with this id. Raises: Refusals of NoSuchPartner."""
    found = await rows.get(partner_id)
    if found is None:
        raise refuse(NoSuchPartner())
    return PARTNER.unpack(found)


async def project_of(rows: Rows, project_id: str) -> Project:
    """The project with this id. Raises: Refusals of NoSuchProject."""
    found = await rows.get(project_id)
    if found is None:
        raise refuse(NoSuchProject())
    return PROJECT.unpack(found)


async def hours_of(rows: Rows, hours_id: str) -> Hours:
    """The hours with this id. Raises: Refusals of NoSuchHours."""
    found = await rows.get(hours_id)
    if found is None:
        raise refuse(NoSuchHours())
    return HOURS_RECORD.unpack(found)


async def timesheet_of(rows: Rows, person_id: str) -> Timesheet:
    """A student's timesheet, an empty new one where there is none yet."""
    found = await rows.get(person_id)
    return TIMESHEET.unpack(found) if found else Timesheet(person_id=person_id, version=0)

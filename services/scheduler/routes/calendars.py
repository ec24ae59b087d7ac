"""A school's calendar, over HTTP."""

from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.set_calendar import SetCalendar, set_calendar
from services.scheduler.domain.calendars import Calendar, CalendarMissing, ClosesAfterLock, UnknownTimeZone
from services.scheduler.routes.fields import PathId
from services.scheduler.routes.subjects import SCHOOL_OFFICE, SCHOOL_READERS, NoSuchSchool
from services.scheduler.store.timetables import CALENDAR, CALENDARS

routes = Routes(prefix="/v1/schools/{school_id}", tags=["calendar"])


class CalendarWanted(Body):
    """The time zone by its IANA name, and sign-up's times before each block."""

    time_zone: str = Field(max_length=64)
    opens_days_ahead: int = Field(ge=0, le=365)
    closes_minutes_before: int = Field(0, ge=0, le=20_160)
    lock_minutes_before: int = Field(0, ge=0, le=20_160)


@routes.put("/calendar", policy=SCHOOL_OFFICE, refuses=[NoSuchSchool, UnknownTimeZone, ClosesAfterLock, StaleVersion])
async def put_calendar(school_id: PathId, body: CalendarWanted, expected: IfMatch, edge: EdgeDep) -> Calendar:
    """Set a school's time zone, and when sign-up opens, closes and locks."""
    calendar = Calendar(school_id=school_id, version=0, district_id=edge.district_id, **body.model_dump())
    saved = await edge.act(set_calendar, SetCalendar(calendar, expected))
    edge.tag(saved.version)
    return saved


@routes.get("/calendar", policy=SCHOOL_READERS, refuses=[NoSuchSchool, CalendarMissing])
async def get_calendar(school_id: PathId, edge: EdgeDep) -> Calendar:
    """A school's time zone and sign-up times."""
    calendar = await CALENDAR.get(edge.reader[CALENDARS], school_id)
    if calendar is None:
        raise refuse(CalendarMissing())
    edge.tag(calendar.version)
    return calendar

"""A student's week, over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import Query

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Routes
from services.scheduler.domain.calendars import DistrictUnknown
from services.scheduler.routes.fields import PathId
from services.scheduler.routes.placing import WEEK_READERS
from services.scheduler.store.schools import DISTRICTS, district_zone
from services.scheduler.store.weeks import WEEKS
from services.scheduler.views.kept_weeks import KeptWeek, kept_week
from services.scheduler.views.my_week import MyWeek, get_week, week_named

routes = Routes(prefix="/v1/people/{person_id}", tags=["weeks"])


@routes.get("/week", policy=WEEK_READERS, refuses=[DistrictUnknown])
async def get_my_week(person_id: PathId, edge: EdgeDep, of: Annotated[date | None, Query()] = None) -> MyWeek:
    """The week of a day (without one: this week): places in time order, waits, and how much the student chose."""
    if of is None:
        zone = await district_zone(edge.reader[DISTRICTS], edge.district_id)
        of = edge.now.astimezone(zone).date()
    return await get_week(edge.reader, person_id, week_named(of), edge.now)


@routes.get("/weeks", policy=WEEK_READERS, refuses=[StaleCursor])
async def get_weeks(person_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[KeptWeek]:
    """Every week of a student, the latest first, with all that is kept of their places: for their record."""
    where = {"student_id": person_id}
    return await edge.page(ask, edge.reader[WEEKS], where, Keyset(("-week", "-_id")), kept_week)

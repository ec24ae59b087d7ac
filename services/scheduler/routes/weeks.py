"""Weeks, over HTTP: a student's, and those of a guardian's children."""

import asyncio
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import Edge, EdgeDep
from kit.routes import Routes
from services.scheduler.domain.calendars import DistrictUnknown
from services.scheduler.routes.fields import PathId
from services.scheduler.routes.placing import FAMILY_ITSELF, WEEK_READERS
from services.scheduler.store.schools import DISTRICTS, district_zone
from services.scheduler.store.weeks import WEEKS
from services.scheduler.views.kept_weeks import KeptWeek, kept_week
from services.scheduler.views.my_week import MyWeek, get_week, week_named, weeks_of
from services.scheduler.views.wards import wards_of

routes = Routes(prefix="/v1/people/{person_id}", tags=["weeks"])


class WardsWeek(BaseModel):
    """The same week of each child of a guardian, as `…/week` gives one; no child at all is an empty list."""

    items: list[MyWeek]
    as_of: datetime


@routes.get("/week", policy=WEEK_READERS, refuses=[DistrictUnknown])
async def get_my_week(person_id: PathId, edge: EdgeDep, of: Annotated[date | None, Query()] = None) -> MyWeek:
    """The week of a day (without one: this week): places in time order, waits, and how much the student chose."""
    return await get_week(edge.reader, person_id, await _week(edge, of), edge.now)


@routes.get("/wards/week", policy=FAMILY_ITSELF, refuses=[DistrictUnknown])
async def get_wards_week(person_id: PathId, edge: EdgeDep, of: Annotated[date | None, Query()] = None) -> WardsWeek:
    """The week of a day (without one: this week) of everybody for whom a guardian answers, in one call."""
    wards, week = await asyncio.gather(wards_of(edge.reader, person_id), _week(edge, of))
    return WardsWeek(items=await weeks_of(edge.reader, wards, week, edge.now), as_of=edge.now)


@routes.get("/weeks", policy=WEEK_READERS, refuses=[StaleCursor])
async def get_weeks(person_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[KeptWeek]:
    """Every week of a student, the latest first, with all that is kept of their places: for their record."""
    where = {"student_id": person_id}
    return await edge.page(ask, edge.reader[WEEKS], where, Keyset(("-week", "-_id")), kept_week)


async def _week(edge: Edge, of: date | None) -> str:
    """The week of this day, or this week: it turns at midnight in the district, whichever schools are asked about."""
    if of is None:
        zone = await district_zone(edge.reader[DISTRICTS], edge.district_id)
        of = edge.now.astimezone(zone).date()
    return week_named(of)

"""How a school's spaces are used in a week: a table to look at and to print."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.responses import Response

from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.reading import required
from services.web.looks.times import day_of
from services.web.pages.office.school import A_DAY, A_WEEK, OFFICE, api_of, asked_day, monday_of, read_school
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_SPACES_A_PAGE = 20


@pages.get("/office/schools/{school_id}/spaces/week", roles=OFFICE)
async def space_week(visit: Visit) -> Response:
    """One row a space, one column a day."""
    first = monday_of(asked_day(visit.query, day_of(now(), visit.zone)))
    last = first + A_WEEK - A_DAY
    asked: Query = {"from": first.isoformat(), "to": last.isoformat(), "limit": _SPACES_A_PAGE}
    use = required(f"{api_of(visit)}/space-use", {**asked, "cursor": visit.query.get("cursor")})
    school = await read_school(visit, use=use)
    found = school["use"]["items"]
    return school.show(
        "office/spaces/week.html",
        spaces=found,
        next_cursor=school["use"]["next_cursor"],
        days=days_shown(found, first),
        names=await visit.names([use["host_ids"] for space in found for use in space["uses"]]),
        first=first,
        earlier=first - A_WEEK,
        later=first + A_WEEK,
    )


def days_shown(spaces: Sequence[Mapping[str, Any]], monday: date) -> list[str]:
    """Monday to Friday, and the weekend where something takes place then."""
    used = {use["day"] for space in spaces for use in space["uses"]}
    week = [(monday + number * A_DAY).isoformat() for number in range(7)]
    return [day for number, day in enumerate(week) if number < 5 or day in used]

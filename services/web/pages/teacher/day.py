"""A teacher's day: which roll is next, what else is on, and what waits for an answer."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.problems import Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext, marked
from services.web.looks.times import day_of
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
_MOST = 200
"""Nobody hosts more in a day."""


@pages.get("/rolls", roles=EDUCATOR, nav=(marked("Today's rolls"), 10))
async def rolls(visit: Visit) -> Response:
    """The teacher's first page, in one call."""
    home = (await visit.read(home=required("/v1/home/teaching")))["home"]
    hosted = (home["hosted"] or {"items": []})["items"]
    return visit.show(
        "teacher/day.html",
        home=home,
        hosted=hosted,
        next_one=next_roll(hosted),
        missing={part["part"]: part for part in home["missing"]},
        day=day_of(now(), visit.zone),
    )


@pages.get("/rolls/on/{day}", roles=EDUCATOR)
async def rolls_of_day(visit: Visit) -> Response:
    """The rolls of another day, to correct one or to look ahead. Raises: Refused (404) for what is no day."""
    day = day_asked(visit.path["day"])
    query: Query = {"from": day.isoformat(), "to": day.isoformat(), "limit": _MOST}
    hosted = (await visit.read(hosted=required(f"/v1/people/{visit.me.person_id}/occurrences", query)))["hosted"]
    one = timedelta(days=1)
    return visit.show("teacher/another_day.html", hosted=hosted["items"], day=day, before=day - one, after=day + one)


@pages.post("/rolls/notices/{notice_id}", roles=EDUCATOR)
async def read_notice(visit: Visit, form: Form) -> Response:
    """A notice is read."""
    await visit.send("POST", f"/v1/inbox/{visit.path['notice_id']}/read", form=form)
    return visit.go("/rolls", gettext("Marked as read."))


def next_roll(hosted: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What to do next: the first roll that can be taken, else the first that opens later today."""
    for state in ("open", "not-open"):
        for each in hosted:
            if each["roll"] == state:
                return each
    return None


def day_asked(text: str) -> date:
    """The day in an address, within reach of the calendar. Raises: Refused (404)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(NOT_FOUND) from None
    if not 1900 < day.year < 9000:
        raise Refused(NOT_FOUND)
    return day

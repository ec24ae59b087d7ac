"""Day patterns: begun, looked at as a calendar, and called or turned otherwise."""

from typing import Any

from starlette.responses import Response

from kit.clock import now
from services.web.asking.reading import optional
from services.web.looks.languages import gettext
from services.web.looks.times import day_of
from services.web.pages.office.calendar import WEEKS, span_of, weekday_choices, weeks_of
from services.web.pages.office.one_pattern import ALL, ONE, api_of_pattern, parts_of, save, show
from services.web.pages.office.pattern_changes import WEEKDAYS, listed, with_facts
from services.web.pages.office.school import A_WEEK, OFFICE, api_of, asked_day, path_of, read_school
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get(f"{ALL}/new", roles=OFFICE)
async def new_pattern(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for one more day pattern."""
    school = await read_school(visit)
    return school.show(
        "office/time/facts.html", form=form, pattern=None, weekdays=weekday_choices(), today=school.today
    )


@pages.post(f"{ALL}/new", roles=OFFICE, again=new_pattern, fields={"rotation-empty": "rotation_days"})
async def add_pattern(visit: Visit, form: Form) -> Response:
    """One more day pattern, with an empty bell schedule to begin with."""
    bell = form.text("regular") or gettext("Regular")
    body = {**_facts(form), "regular": bell, "bells": [{"name": bell, "entries": []}]}
    made = await visit.send("POST", f"{api_of(visit)}/day-patterns", body, form=form)
    text = gettext("The day pattern is begun. Now add the times of its periods.")
    return visit.go(f"{path_of(visit)}/time/patterns/{made['pattern_id']}/bells/0", text)


@pages.get(ONE, roles=OFFICE)
async def pattern(visit: Visit) -> Response:
    """A day pattern: its calendar, its bell schedules, its one-off days."""
    first, last = span_of(asked_day(visit.query, day_of(now(), visit.zone)))
    asked = {"from": first.isoformat(), "to": last.isoformat()}
    days = optional(f"{api_of_pattern(visit)}/preview", asked)
    school = await read_school(visit, **parts_of(visit), days=days)
    return show(
        school,
        "office/time/pattern.html",
        weeks=weeks_of(school.get("days", [])),
        first=first,
        earlier=first - WEEKS * A_WEEK,
        later=first + WEEKS * A_WEEK,
    )


@pages.get(f"{ONE}/facts", roles=OFFICE)
async def facts(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for a pattern's name, rotation and school days."""
    return show(await read_school(visit, **parts_of(visit)), "office/time/facts.html", form=form)


@pages.post(f"{ONE}/facts", roles=OFFICE, again=facts, fields={"rotation-empty": "rotation_days"})
async def change_facts(visit: Visit, form: Form) -> Response:
    """Another name, rotation or first day."""
    return await save(visit, form, lambda found: with_facts(found, _facts(form)))


def _facts(form: Form) -> dict[str, Any]:
    kind = form.text("rotation", "cycle")
    return {
        "name": form.text("name"),
        "rotation": kind,
        "rotation_days": listed(form.text("rotation_days")),
        "starts_on": form.text("starts_on"),
        "school_weekdays": form.texts("school_weekdays") or list(WEEKDAYS[:5]),
    }

"""Time at a school: its clock, its periods, and how its days go."""

from typing import Any
from zoneinfo import available_timezones

from starlette.responses import Response

from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.pages.office.school import OFFICE, AtSchool, api_of, if_match, path_of, read_school
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_ALL = {"limit": 200}


@pages.get("/office/schools/{school_id}/time", roles=OFFICE)
async def overview(visit: Visit) -> Response:
    """The clock, the periods and the day patterns, each with the way to change it."""
    school = await read_school(
        visit,
        periods=optional(f"{api_of(visit)}/periods", _ALL),
        patterns=optional(f"{api_of(visit)}/day-patterns", _ALL),
    )
    return school.show("office/time/overview.html", calendar=school.get("calendar"), name_now=_name_now(school))


@pages.get("/office/schools/{school_id}/time/clock", roles=OFFICE)
async def clock(visit: Visit, form: Form = EMPTY) -> Response:
    """By which clock the school goes, and when sign-up opens, closes and locks."""
    school = await read_school(visit)
    return school.show(
        "office/time/clock.html",
        form=form,
        calendar=school.get("calendar") or {"time_zone": str(school.zone), "opens_days_ahead": 14},
        version=school.answers.tags.get("calendar", "").strip('"'),
        time_zones=time_zones(),
    )


@pages.post(
    "/office/schools/{school_id}/time/clock", roles=OFFICE, again=clock, fields={"unknown-time-zone": "time_zone"}
)
async def set_clock(visit: Visit, form: Form) -> Response:
    """The school's clock is set."""
    numbers = ("opens_days_ahead", "closes_minutes_before", "lock_minutes_before")
    body = {"time_zone": form.text("time_zone"), **{name: form.number(name) for name in numbers}}
    given = {name: value for name, value in body.items() if value is not None}
    matching = if_match(form.text("version"))
    saved = await visit.send("PUT", f"{api_of(visit)}/calendar", given, form=form, if_match=matching)
    if visit.me.school_id == saved["school_id"]:
        visit.me.about["calendar"] = saved
    return visit.go(f"{path_of(visit)}/time", gettext("The school's clock is set."))


@pages.get("/office/schools/{school_id}/time/periods/new", roles=OFFICE)
async def new_period(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for one more period."""
    school = await read_school(visit)
    return school.show("office/time/period.html", form=form, period=None, today=school.today)


@pages.post(
    "/office/schools/{school_id}/time/periods/new",
    roles=OFFICE,
    again=new_period,
    fields={"terms-end-before-start": "until_on"},
)
async def add_period(visit: Visit, form: Form) -> Response:
    """One more period."""
    await visit.send("POST", f"{api_of(visit)}/periods", _terms(form), form=form)
    return visit.go(f"{path_of(visit)}/time", gettext("The period is added."))


@pages.get("/office/schools/{school_id}/time/periods/{period_id}", roles=OFFICE)
async def period(visit: Visit, form: Form = EMPTY) -> Response:
    """What a period was called, and the form to call it otherwise from a later day on."""
    school = await read_school(visit, periods=required(f"{api_of(visit)}/periods", _ALL))
    found = [each for each in school["periods"]["items"] if each["period_id"] == visit.path["period_id"]]
    if not found:
        return visit.go(f"{path_of(visit)}/time", gettext("There is no such period."))
    return school.show("office/time/period.html", form=form, period=found[0], today=school.today)


@pages.post(
    "/office/schools/{school_id}/time/periods/{period_id}",
    roles=OFFICE,
    again=period,
    fields={"terms-end-before-start": "until_on", "terms-not-later": "from_on"},
)
async def renew_period(visit: Visit, form: Form) -> Response:
    """Called otherwise from a later day on."""
    address = f"{api_of(visit)}/periods/{visit.path['period_id']}/terms"
    await visit.send("POST", address, _terms(form), form=form, if_match=if_match(form.text("version")))
    return visit.go(f"{path_of(visit)}/time", gettext("The period is changed from that day on."))


def time_zones() -> list[tuple[str, str]]:
    """Time zones to choose from, those of places alone."""
    places = (
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    )
    return [(name, name.replace("_", " ")) for name in sorted(places)]


def _terms(form: Form) -> dict[str, Any]:
    return {"name": form.text("name"), "from_on": form.text("from_on"), "until_on": form.text("until_on") or None}


def _name_now(school: AtSchool) -> dict[str, str]:
    """What each period is called today; else what it will be called first."""
    today = school.today.isoformat()
    return {each["period_id"]: name_on(each["terms"], today) for each in school.get("periods", {"items": []})["items"]}


def name_on(terms: list[dict[str, Any]], day: str) -> str:
    """What a period is called on this day; what it is called first, where it has not begun."""
    begun = [each for each in terms if each["from_on"] <= day]
    return str((begun[-1] if begun else terms[0])["name"])

"""Hours: what a student did for projects, how far each entry has come, and new ones written down."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.problems import Reason, Refused
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.looks.times import day_of, when
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
A_PAGE = 30
STATES = {
    "logged": ("wait", marked("Waits for the partner")),
    "verified": ("calm", marked("Confirmed, waits for the school")),
    "denied": ("stop", marked("Not confirmed")),
    "approved": ("good", marked("Counts")),
    "refused": ("stop", marked("Not approved")),
}
OVERLAP = "hours-overlap"
Found = TypeVar("Found")
_WHERE_FAULTS_STAND = {"starts_at": "begins", "ends_at": "ends", "hours-backwards": "ends", "hours-to-come": "ends"}


@pages.get("/projects/hours", roles=LEARNER)
async def hours(visit: Visit) -> Response:
    """Own hours, newest first, with both acts: the partner's and the school's."""
    people = f"/v1/people/{visit.me.person_id}"
    asked = {"limit": A_PAGE, "cursor": visit.query.get("cursor")}
    answers = await visit.read(hours=required(f"{people}/hours", asked), projects=optional(f"{people}/projects"))
    titles = {each["project_id"]: each["title"] for each in answers.get("projects", {"items": []})["items"]}
    return visit.show("growth/hours.html", page=answers["hours"], titles=titles, HOURS=STATES)


@pages.get("/projects/{project_id}/hours", roles=LEARNER)
async def hours_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for hours on a project."""
    answers = await visit.read(project=required(f"/v1/projects/{visit.path['project_id']}"))
    today = day_of(now(), visit.zone).isoformat()
    return visit.show("growth/hours_new.html", form=form, project=answers["project"], today=today)


@pages.post("/projects/{project_id}/hours", roles=LEARNER, again=hours_page, fields=_WHERE_FAULTS_STAND)
async def log_hours(visit: Visit, form: Form) -> Response:
    """Hours are written down; once sent they wait for the partner."""
    project_id = visit.path["project_id"]
    faults, body = entry_of(form, visit.zone)
    if faults:
        return await _once_more(visit, form.with_faults(*faults), 422)
    try:
        await visit.send("POST", f"/v1/projects/{project_id}/hours", body, form=form)
    except Refused as refused:
        if overlap := next((each for each in refused.problem.reasons if each.code == OVERLAP), None):
            return await _once_more(visit, form.with_faults(_elsewhere(overlap, visit.zone)), refused.problem.status)
        raise
    return visit.go(f"/projects/{project_id}", gettext("Your hours are written down. The partner confirms them."))


def entry_of(form: Form, zone: ZoneInfo) -> tuple[list[Fault], dict[str, Any]]:
    """Hours as the fields say them, by the school's clock; or what is wrong with their day and times."""
    faults, day = [], _read(date.fromisoformat, form.text("day"))
    if day is None:
        faults.append(Fault(gettext("Write a day, such as 2031-03-03."), "day"))
    times = {name: _read(time.fromisoformat, form.text(name)) for name in ("begins", "ends")}
    faults += [
        Fault(gettext("Write a time of day, such as 09:05."), name) for name, found in times.items() if found is None
    ]
    moments = {name: _moment(day, found, zone) for name, found in times.items()}
    body = {"starts_at": moments["begins"], "ends_at": moments["ends"], "what": form.text("what")}
    return faults, {**body, "where": form.text("where")}


def _moment(day: date | None, clock: time | None, zone: ZoneInfo) -> str | None:
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock.replace(tzinfo=None), zone).isoformat()


def _read(how: Callable[[str], Found], text: str) -> Found | None:
    try:
        return how(text)
    except ValueError:
        return None


def _elsewhere(overlap: Reason, zone: ZoneInfo) -> Fault:
    """The refusal with its times by the school's clock."""
    told = overlap.details
    what = gettext("other hours of yours") if told.get("what") == "hours" else gettext("a place of yours")
    at = when(str(told["starts_at"]), str(told["ends_at"]), zone)
    return Fault(gettext("At that time there is already %(what)s: %(when)s.", what=what, when=at), "begins")


async def _once_more(visit: Visit, form: Form, status: int) -> Response:
    response = await hours_page(visit, form)
    response.status_code = status
    return response

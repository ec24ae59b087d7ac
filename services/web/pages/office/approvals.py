"""Approvals: projects that were proposed, and hours that a partner has verified; the school has the last word."""

from typing import Any

from starlette.responses import Response

from services.web.asking.gateway import Query
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, ngettext
from services.web.pages.office.school import OFFICE, AtSchool, api_of, path_of, read_school
from services.web.pages.office.several import MOST, each_of, is_id
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
ALL = "/office/schools/{school_id}/approvals"
PROJECT = ALL + "/projects/{project_id}"
HOURS = ALL + "/hours/{hours_id}"


@pages.get(ALL, roles=OFFICE)
async def projects(visit: Visit) -> Response:
    """The projects that wait."""
    asked: Query = {"school_id": visit.path["school_id"], "state": "proposed", **_page(visit)}
    school = await read_school(
        visit, waiting=optional(f"{api_of(visit)}/approvals"), page=required("/v1/projects", asked)
    )
    names = await visit.names([each["proposed_by"] for each in school["page"]["items"]])
    return school.show(
        "office/approvals/projects.html", page=school["page"], waiting=school.get("waiting"), names=names
    )


@pages.get(PROJECT, roles=OFFICE)
async def project(visit: Visit, form: Form = EMPTY) -> Response:
    """One project in full, to approve or to send back."""
    project_id = visit.path["project_id"]
    school = await read_school(visit, project=required(f"/v1/projects/{project_id}"))
    names = await visit.names(school["project"])
    return school.show("office/approvals/project.html", form=form, project=school["project"], names=names)


@pages.post(f"{PROJECT}/approve", roles=OFFICE, again=project)
async def approve_project(visit: Visit, form: Form) -> Response:
    """It may gather its team."""
    found = await visit.send("POST", f"/v1/projects/{visit.path['project_id']}/approve", form=form)
    return visit.go(f"{path_of(visit)}/approvals", gettext("“%(title)s” is approved.", title=found["title"]))


@pages.post(f"{PROJECT}/send-back", roles=OFFICE, again=project)
async def send_project_back(visit: Visit, form: Form) -> Response:
    """It goes back, with what it misses."""
    body = {"comment": form.text("comment")}
    found = await visit.send("POST", f"/v1/projects/{visit.path['project_id']}/return", body, form=form)
    return visit.go(f"{path_of(visit)}/approvals", gettext("“%(title)s” is sent back.", title=found["title"]))


@pages.get(f"{ALL}/hours", roles=OFFICE)
async def hours(visit: Visit, form: Form = EMPTY) -> Response:
    """The hours that wait."""
    return await _show_hours(visit, form)


@pages.post(f"{ALL}/hours", roles=OFFICE, again=hours)
async def approve_hours(visit: Visit, form: Form) -> Response:
    """Those that were ticked are approved."""
    ticked = form.texts("hours")
    if not ticked:
        return await hours(visit, form.with_faults(Fault(gettext("Tick at least one entry."), "hours")))

    async def approve(hours_id: str) -> Any:
        return await visit.send("POST", _api(hours_id), {"approved": True}, form=form)

    done, faulty = await each_of([each for each in ticked if is_id(each)], approve, {}, form)
    if faulty.faults:
        return await _show_hours(visit, faulty, done=len(done))
    text = ngettext("%(num)d entry is approved.", "%(num)d entries are approved.", len(done))
    return visit.go(f"{path_of(visit)}/approvals/hours", text)


@pages.get(HOURS, roles=OFFICE)
async def one_entry(visit: Visit, form: Form = EMPTY) -> Response:
    """One entry of hours, to approve or not."""
    school = await read_school(visit, hours=required(f"/v1/hours/{visit.path['hours_id']}"))
    names = await visit.names(school["hours"])
    return school.show("office/approvals/entry.html", form=form, hours=school["hours"], names=names)


@pages.post(f"{HOURS}/approve", roles=OFFICE, again=one_entry)
async def approve_entry(visit: Visit, form: Form) -> Response:
    """They count."""
    await visit.send("POST", _api(visit.path["hours_id"]), {"approved": True}, form=form)
    return visit.go(f"{path_of(visit)}/approvals/hours", gettext("The hours are approved."))


@pages.post(f"{HOURS}/refuse", roles=OFFICE, again=one_entry, fields={"change-unexplained": "reason"})
async def refuse_entry(visit: Visit, form: Form) -> Response:
    """They do not count, and the student reads why."""
    body = {"approved": False, "reason": form.text("reason") or None}
    await visit.send("POST", _api(visit.path["hours_id"]), body, form=form)
    return visit.go(
        f"{path_of(visit)}/approvals/hours", gettext("The hours are not approved. The student can read why.")
    )


async def _show_hours(visit: Visit, form: Form, done: int = 0) -> Response:
    asked: Query = {"school_id": visit.path["school_id"], "state": "verified", **_page(visit)}
    school: AtSchool = await read_school(
        visit, waiting=optional(f"{api_of(visit)}/approvals"), page=required("/v1/hours", asked)
    )
    names = await visit.names([(each["person_id"], each["verified_by"]) for each in school["page"]["items"]])
    return school.show(
        "office/approvals/hours.html",
        form=form,
        page=school["page"],
        waiting=school.get("waiting"),
        names=names,
        done=done,
    )


def _page(visit: Visit) -> dict[str, Any]:
    return {"limit": MOST, "cursor": visit.query.get("cursor")}


def _api(hours_id: str) -> str:
    return f"/v1/hours/{hours_id}/approve"

"""Projects: those of a student, those that look for a team, and one in full."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.pages.growth.choices import choices_of
from services.web.pages.growth.hours import STATES as HOURS
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
A_PAGE, MOST_OWN = 20, 200
STATES = {
    "proposed": ("quiet", marked("Waits for the school")),
    "returned": ("wait", marked("Sent back")),
    "approved": ("calm", marked("Looks for its team")),
    "running": ("good", marked("Under way")),
    "shown": ("good", marked("Shown")),
    "closed": ("quiet", marked("Closed")),
    "stopped": ("stop", marked("Stopped")),
}
NEXT = {
    "wait-for-the-school": marked("The school looks at it."),
    "amend": marked("Look at what the school says, and change it."),
    "wait-for-the-proposer": marked("Whoever proposed it changes it now."),
    "gather-the-team": marked("It needs more people in its team."),
    "start": marked("The team is large enough: begin."),
    "log-hours-and-reflect": marked("Write down your hours, and what you learned."),
    "look-at-what-grew": marked("Look at what you made."),
    "nothing": "",
}
TO_FIND = ("approved", "running", "shown")
"""What a student can look for: who still needs people first."""


@pages.get("/projects", roles=LEARNER, nav=(marked("Projects"), 60))
async def projects(visit: Visit) -> Response:
    """Own projects with what comes next, and those of the school."""
    state = visit.query.get("state") if visit.query.get("state") in TO_FIND else TO_FIND[0]
    asked = {"school_id": school_of(visit), "state": state, "limit": A_PAGE, "cursor": visit.query.get("cursor")}
    answers = await visit.read(
        own=optional(f"/v1/people/{visit.me.person_id}/projects"),
        found=optional("/v1/projects", asked),
    )
    own = answers.get("own", {"items": []})["items"]
    return visit.show(
        "growth/projects.html",
        own=own,
        found=answers.get("found", {"items": [], "next_cursor": None}),
        own_ids={each["project_id"] for each in own},
        state=state,
        TO_FIND=TO_FIND,
        answers=answers,
        **sayings(),
    )


@pages.get("/projects/new", roles=LEARNER)
async def new_project(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for a project to propose."""
    return visit.show("growth/project_new.html", form=form, project=None, **lists(visit))


@pages.post("/projects/new", roles=LEARNER, again=new_project)
async def propose(visit: Visit, form: Form) -> Response:
    """A project is proposed to the school."""
    body = {"school_id": school_of(visit), **wanted(form)}
    project = await visit.send("POST", "/v1/projects", body, form=form)
    said = gettext("Your project is proposed. The school looks at it and writes to you.")
    return visit.go(f"/projects/{project['project_id']}", said)


@pages.get("/projects/{project_id}", roles=LEARNER)
async def project_page(visit: Visit, form: Form = EMPTY) -> Response:
    """One project: what it asks, who works on it, how far it has come, and what the student can do."""
    project_id, person_id = visit.path["project_id"], visit.me.person_id
    answers = await visit.read(
        project=required(f"/v1/projects/{project_id}"),
        hours=optional(f"/v1/people/{person_id}/hours", {"limit": MOST_OWN}),
        reflections=optional(f"/v1/people/{person_id}/reflections", {"limit": MOST_OWN}),
    )
    project = answers["project"]
    partner, names = await asyncio.gather(_partner(visit, project), visit.names(project))
    return visit.show(
        "growth/project.html",
        project=project,
        partner=partner,
        names=names,
        may=possible(project, person_id),
        hours=_of(project_id, answers.get("hours")),
        reflections=_of(project_id, answers.get("reflections")),
        answers=answers,
        form=form,
        **sayings(),
    )


def lists(visit: Visit) -> dict[str, Any]:
    """What a project's form offers to choose from."""
    return {"skills": choices_of(visit, "skills"), "interests": choices_of(visit, "interests")}


def sayings() -> dict[str, Any]:
    """What templates of projects ask."""
    return {"STATES": STATES, "NEXT": NEXT, "HOURS": HOURS}


def possible(project: Mapping[str, Any], person_id: str) -> frozenset[str]:
    """What this student can do with a project now; the API has the last word on each."""
    state, members = project["state"], project["member_ids"]
    inside, proposer = person_id in members, person_id == project["proposed_by"]
    able = {
        "join": state == "approved" and not inside and len(members) < project["team_max"],
        "leave": state in ("approved", "running") and inside,
        "start": state == "approved" and inside and len(members) >= project["team_min"],
        "log": state == "running" and inside,
        "reflect": state in ("running", "shown") and inside,
        "show": state == "running" and inside,
        "change": state in ("proposed", "returned") and proposer,
    }
    return frozenset(name for name, can in able.items() if can)


def wanted(form: Form) -> dict[str, Any]:
    """A project as its fields say it."""
    return {
        "title": form.text("title"),
        "question": form.text("question"),
        "skills": form.texts("skills"),
        "tags": form.texts("tags"),
        "team_min": form.number("team_min"),
        "team_max": form.number("team_max"),
        "ends_on": form.text("ends_on") or None,
    }


def school_of(visit: Visit) -> str:
    """The student's school. Raises: Refused (403) for whoever has none."""
    found = visit.me.school_for(Role.LEARNER)
    if found is None:
        raise Refused(Problem(403, (Reason("not-permitted", ""),)))
    return found


def _of(project_id: str, found: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return [each for each in (found or {"items": []})["items"] if each["project_id"] == project_id]


async def _partner(visit: Visit, project: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if not project["partner_id"]:
        return None
    found: Mapping[str, Any] | None = (await visit.read(partner=optional(f"/v1/partners/{project['partner_id']}"))).get(
        "partner"
    )
    return found

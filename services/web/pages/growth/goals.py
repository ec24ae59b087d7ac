"""Goals: what a student set out to do, each measured against their own dates, and what was proposed for them."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.looks.times import day_of
from services.web.pages.growth.asking_targets import targets_of
from services.web.pages.growth.choices import choices_of
from services.web.pages.growth.progress import OPEN, chart_of, next_of, standing, step_standing
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
A_PAGE, MOST_PROPOSALS, STEPS_AT_FIRST = 20, 100, 3
MOVES: Mapping[str, tuple[str, ...]] = {
    "proposed": ("set-aside",),
    "agreed": ("active", "set-aside"),
    "active": ("reached", "changed", "set-aside"),
    "reached": ("active",),
    "changed": ("active",),
    "set-aside": ("active",),
}
"""What a student can make of a goal, by how it stands."""


def today_of(visit: Visit) -> date:
    """Today, by the school's clock."""
    return day_of(now(), visit.zone)


def sayings(visit: Visit) -> dict[str, Any]:
    """What templates of goals ask: how a goal or a step stands today, and which step comes next."""
    today, zone = today_of(visit), visit.zone
    return {
        "standing": lambda goal: standing(goal, today, zone),
        "step_standing": lambda step: step_standing(step, today),
        "next_of": next_of,
        "chart_of": lambda goal: chart_of(goal, today, zone),
        "OPEN": OPEN,
        "today": today,
    }


@pages.get("/goals", roles=LEARNER, nav=(marked("Goals"), 40))
async def goals(visit: Visit) -> Response:
    """All goals, those worked at first, and the targets that wait for an answer."""
    people = f"/v1/people/{visit.me.person_id}"
    answers = await visit.read(
        goals=required(f"{people}/goals", {"limit": A_PAGE, "cursor": visit.query.get("cursor")}),
        proposals=optional(f"{people}/target-proposals", {"state": "open", "limit": MOST_PROPOSALS}),
    )
    rows = answers["goals"]["items"]
    proposals = answers.get("proposals", {"items": []})["items"]
    targets, names = await asyncio.gather(
        targets_of(visit, [each["target_id"] for each in proposals]),
        visit.names([each["proposed_by"] for each in proposals]),
    )
    return visit.show(
        "growth/goals.html",
        under_way=[each for each in rows if each["state"] in OPEN],
        over=[each for each in rows if each["state"] not in OPEN],
        next_cursor=answers["goals"]["next_cursor"],
        proposals=proposals,
        goal_words={each["goal_id"]: each["words"] for each in rows},
        targets=targets,
        names=names,
        answers=answers,
        **sayings(visit),
    )


@pages.get("/goals/new", roles=LEARNER)
async def new_goal(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for a goal, with room for its first steps."""
    interests = choices_of(visit, "interests")
    return visit.show("growth/goal_new.html", form=form, rows=range(STEPS_AT_FIRST), interests=interests)


@pages.post("/goals/new", roles=LEARNER, again=new_goal)
async def write_goal(visit: Visit, form: Form) -> Response:
    """A goal is written."""
    body = {
        "words": form.text("words"),
        "why": form.text("why"),
        "ends_on": form.text("ends_on") or None,
        "tags": form.texts("tags"),
        "steps": first_steps(form),
    }
    goal = await visit.send("POST", f"/v1/people/{visit.me.person_id}/goals", body, form=form)
    return visit.go(f"/goals/{goal['goal_id']}", gettext("Your goal is written down."))


@pages.get("/goals/{goal_id}", roles=LEARNER)
async def goal_page(visit: Visit, form: Form = EMPTY) -> Response:
    """One goal: its steps, its progress, what was proposed for it, and how it came to where it is."""
    answers = await visit.read(
        goal=required(f"/v1/goals/{visit.path['goal_id']}"),
        proposals=optional(f"/v1/people/{visit.me.person_id}/target-proposals", {"limit": MOST_PROPOSALS}),
    )
    goal = answers["goal"]
    proposals = [
        each for each in answers.get("proposals", {"items": []})["items"] if each["goal_id"] == goal["goal_id"]
    ]
    targets, names = await asyncio.gather(
        targets_of(visit, [*goal["target_ids"], *(each["target_id"] for each in proposals)]),
        visit.names(goal["turns"], [each["proposed_by"] for each in proposals]),
    )
    return visit.show(
        "growth/goal.html",
        goal=goal,
        proposals=[each for each in proposals if each["state"] == "open"],
        targets=targets,
        names=names,
        answers=answers,
        moves=MOVES.get(goal["state"], ()),
        form=form,
        **sayings(visit),
    )


@pages.post("/goals/proposals/{proposal_id}", roles=LEARNER)
async def answer_proposal(visit: Visit, form: Form) -> Response:
    """A proposed target is accepted or declined."""
    accepted = form.text("answer") == "accept"
    body = {"accepted": accepted}
    proposal = await visit.send("POST", f"/v1/target-proposals/{visit.path['proposal_id']}/answer", body, form=form)
    said = gettext("This target is on your goal now.") if accepted else gettext("You said no to this target.")
    return visit.go(f"/goals/{proposal['goal_id']}", said)


def first_steps(form: Form) -> list[dict[str, Any]]:
    """The steps of a new goal, without the rows left empty at the end; an empty one between is for the API to see."""
    rows = [step_of(form, f"steps.{row}.") for row in range(STEPS_AT_FIRST)]
    while rows and not any(rows[-1].values()):
        rows.pop()
    return rows


def step_of(form: Form, before: str = "") -> dict[str, Any]:
    """A step as its fields say it."""
    return {
        "words": form.text(f"{before}words"),
        "effort_minutes": form.number(f"{before}effort_minutes"),
        "due_on": form.text(f"{before}due_on") or None,
    }

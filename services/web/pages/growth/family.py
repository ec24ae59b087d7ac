"""Family: a guardian's children, with the week, the goals, the projects and what is said of each, to read."""

import asyncio

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import optional, required
from services.web.looks.languages import marked
from services.web.pages.growth import goals, me, projects
from services.web.pages.growth.asking_targets import targets_of
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
GUARDIAN = (Role.GUARDIAN,)
A_PAGE = 20


@pages.get("/family", roles=GUARDIAN, nav=(marked("My children"), 10))
async def family(visit: Visit) -> Response:
    """All children, each with where they are now and what comes next this week, in one call."""
    home = (await visit.read(family=required("/v1/family")))["family"]
    missing = {part["part"]: part for part in home["missing"]}
    return visit.show("growth/family.html", children=home["children"], names=home["names"], missing=missing)


@pages.get("/family/{person_id}", roles=GUARDIAN)
async def child(visit: Visit) -> Response:
    """One child's week, goals and projects, and what is said of them as far as the family may see it."""
    person_id = visit.path["person_id"]
    answers = await visit.read(
        home=required("/v1/home", {"person_id": person_id}),
        profile=optional(f"/v1/people/{person_id}/profile"),
        hours=optional(f"/v1/people/{person_id}/hours", {"limit": A_PAGE}),
    )
    home, fields = answers["home"], answers.get("profile", {"fields": []})["fields"]
    return visit.show(
        "growth/child.html",
        home=home,
        names=await visit.names(fields) | home["names"],
        missing={part["part"]: part for part in home["missing"]},
        person_id=person_id,
        of_kind=me.by_kind(fields),
        hours=answers.get("hours", {"items": []})["items"],
        titles={each["project_id"]: each["title"] for each in (home["projects"] or {"items": []})["items"]},
        answers=answers,
        **goals.sayings(visit),
        **me.sayings(visit),
        **projects.sayings(),
    )


@pages.get("/family/{person_id}/goals/{goal_id}", roles=GUARDIAN)
async def childs_goal(visit: Visit) -> Response:
    """One goal of a child, to read."""
    answers = await visit.read(goal=required(f"/v1/goals/{visit.path['goal_id']}"))
    goal = answers["goal"]
    if goal["person_id"] != visit.path["person_id"]:
        raise Refused(Problem(404, (Reason("no-such-goal", ""),)))
    targets, names = await asyncio.gather(targets_of(visit, goal["target_ids"]), visit.names(goal))
    shown = {"goal": goal, "targets": targets, "names": names, **goals.sayings(visit)}
    return visit.show("growth/childs_goal.html", person_id=goal["person_id"], **shown)

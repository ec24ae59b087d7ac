"""Looking closer: one thing that is open, with who and where, and the goal that a place in it would be for."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.pages.student.choosing import Asked, goal_for, held_at, instead
from services.web.pages.student.openings import ahead
from services.web.pages.student.saying import open_goals, refused_form, why
from services.web.pages.student.today import LEARNER
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_MOST = 200


@pages.get("/open/{occurrence_id}", roles=LEARNER)
async def look_closer(visit: Visit, form: Form = EMPTY) -> Response:
    """One occurrence: in its block, among what else is open then."""
    me, occurrence_id = visit.me.person_id, visit.path["occurrence_id"]
    first = await visit.read(
        one=required(f"/v1/occurrences/{occurrence_id}"), goals=optional(f"/v1/people/{me}/goals", {"limit": 50})
    )
    one, goals = first["one"], open_goals(first.get("goals", {}).get("items", []))
    rest, names = await asyncio.gather(
        visit.read(
            openings=optional(f"/v1/people/{me}/openings", {"block_id": one["block_id"], "limit": _MOST}),
            ahead=ahead(visit),
            week=optional(f"/v1/people/{me}/week", {"of": one["day"]}),
            spaces=optional(f"/v1/schools/{one['school_id']}/spaces", {"limit": _MOST}),
        ),
        visit.names(one["host_ids"]),
    )
    rows, week = rest.get("openings", {}).get("openings", []), rest.get("week", {})
    opening = next((each for each in rows if each["occurrence_id"] == occurrence_id), None)
    asked = replace(Asked.of(visit.query), block=one["block_id"])
    return visit.show(
        "student/closer.html",
        one=one,
        opening=opening,
        wait=_mine(week.get("waiting", []), occurrence_id),
        mine=_mine(week.get("places", []), occurrence_id),
        in_the_way=held_at(week.get("places", []), one),
        place=next(
            (each for each in rest.get("spaces", {}).get("items", []) if each["space_id"] == one["space_id"]), None
        ),
        goals=goals,
        choices=goal_choices(goals.values()),
        chosen="/".join(goal_for(opening, asked, goals)) if opening else "",
        instead=instead(rows, rest.get("ahead", {}).get("openings", []), occurrence_id),
        why=why,
        asked=asked,
        answers=rest,
        names=names,
        form=refused_form(form, form.problem, "act", visit.zone),
    )


def goal_choices(goals: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What a place can be for: nothing in particular, a goal, or a step of one that is not done yet."""
    choices = [("", gettext("No goal"))]
    for goal in goals:
        choices.append((f"{goal['goal_id']}/", goal["words"]))
        choices += [
            (f"{goal['goal_id']}/{step['step_id']}", f"{goal['words']}: {step['words']}")
            for step in goal["steps"]
            if step["done_at"] is None
        ]
    return choices


def _mine(rows: Iterable[Mapping[str, Any]], occurrence_id: str) -> Mapping[str, Any] | None:
    return next((each for each in rows if each["occurrence_id"] == occurrence_id), None)

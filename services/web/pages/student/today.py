"""Today: what is now and what comes next, what waits for an answer, and one next step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import Answers, Part, optional, required
from services.web.looks.languages import marked
from services.web.looks.times import day_of
from services.web.pages.student.choosing import at, can_rank, open_and_free
from services.web.pages.student.saying import OPEN_GOALS, open_goals
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
_FEW = 5
_LIVE = frozenset({"spaces", "week_after"})
_NO_DATE = "9999-12-31"


@pages.get("/today", roles=LEARNER, nav=(marked("Today"), 10))
async def today(visit: Visit) -> Response:
    """The student's first page: home in one call, and beside it the school's next times and its spaces."""
    answers = await visit.read(home=required("/v1/home"), **_around(visit))
    home, moment, places = answers["home"], now(), places_in(answers)
    # Where a week is away nobody knows what is free in it.
    known = home["week"] is not None and "week_after" not in answers.gone
    free = open_and_free(answers.get("blocks", {}).get("items", []), places, moment) if known else []
    return visit.show(
        "student/today.html",
        **_shown(visit, answers),
        free=free[:_FEW],
        to_rank=[each for each in answers.get("rounds", {}).get("items", []) if can_rank(each, moment)],
        proposals=(home["proposals"] or {}).get("items", []),
        inbox=home["inbox"],
        answers=answers,
        names=home["names"],
    )


@pages.get("/today/live", roles=LEARNER)
async def today_live(visit: Visit) -> Response:
    """Now and next, as they change."""

    async def render() -> str:
        around = {name: part for name, part in _around(visit).items() if name in _LIVE}
        answers = await visit.read(home=required("/v1/home"), **around)
        return visit.render("student/now_and_next.html", **_shown(visit, answers))

    return live(visit, render, every_seconds=20.0)


def _around(visit: Visit) -> dict[str, Part]:
    """What stands around home; the page works without any of it.

    The API's week ends on Sunday. On a Friday what comes next is in the week after, so that is asked for too.
    """
    day, week = day_of(now(), visit.zone), timedelta(days=7)
    after = {"of": (day + week).isoformat()}
    parts = {"week_after": optional(f"/v1/people/{visit.me.person_id}/week", after)}
    school = visit.me.school_for(Role.LEARNER)
    if school is not None:
        span: dict[str, str | int] = {"from": day.isoformat(), "to": (day + week).isoformat(), "limit": 50}
        parts["blocks"] = optional("/v1/blocks", {"school_id": school, **span})
        parts["spaces"] = optional(f"/v1/schools/{school}/spaces", {"limit": 200})
        parts["rounds"] = optional(f"/v1/schools/{school}/rounds", {"limit": _FEW})
    return parts


def _shown(visit: Visit, answers: Answers) -> dict[str, Any]:
    moment, home, places = now(), answers["home"], places_in(answers)
    return {
        "home": home,
        "places": now_and_next(places, moment),
        "later": later_today(places, moment, day_of(moment, visit.zone)),
        "step": next_step(home["goals"]["items"]),
        "missing": {part["part"]: part for part in home["missing"]},
        "spaces": {space["space_id"]: space["name"] for space in answers.get("spaces", {}).get("items", [])},
        "goals": open_goals(home["goals"]["items"]),
        "moment": moment,
    }


def places_in(answers: Answers) -> list[Mapping[str, Any]]:
    """The places of this week and the next, in time order."""
    this_week = (answers["home"]["week"] or {}).get("places", [])
    return [*this_week, *answers.get("week_after", {}).get("places", [])]


def now_and_next(places: Sequence[Mapping[str, Any]], moment: datetime) -> dict[str, Mapping[str, Any] | None]:
    """The place that somebody is in at this moment, and the first that begins after it."""
    current = next((each for each in places if at(each["starts_at"]) <= moment < at(each["ends_at"])), None)
    coming = next((each for each in places if at(each["starts_at"]) > moment), None)
    return {"now": current, "next": coming}


def later_today(places: Sequence[Mapping[str, Any]], moment: datetime, day: date) -> list[Mapping[str, Any]]:
    """What is left of the day after the next place."""
    return [each for each in places if each["day"] == day.isoformat() and at(each["starts_at"]) > moment][1:]


def next_step(goals: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The step not done yet that is due first, of all open goals; a step without a date comes last."""
    steps = [
        {"goal": goal, "step": step}
        for goal in goals
        if goal["state"] in OPEN_GOALS
        for step in goal["steps"]
        if step["done_at"] is None
    ]
    return min(steps, key=lambda each: each["step"]["due_on"] or _NO_DATE, default=None)

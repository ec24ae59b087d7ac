"""Today: what is now and what comes next, what waits for an answer, and one next step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import Part, optional, required
from services.web.looks.languages import marked
from services.web.looks.times import day_of
from services.web.pages.student.choosing import at, open_and_free
from services.web.pages.student.saying import OPEN_GOALS, open_goals
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
_FEW = 5
_NO_DATE = "9999-12-31"


@pages.get("/today", roles=LEARNER, nav=(marked("Today"), 10))
async def today(visit: Visit) -> Response:
    """The student's first page: home in one call, and beside it the school's next times and its spaces."""
    answers = await visit.read(home=required("/v1/home"), **_around(visit))
    home, moment = answers["home"], now()
    places = (home["week"] or {}).get("places", [])
    free = [] if home["week"] is None else open_and_free(answers.get("blocks", {}).get("items", []), places, moment)
    return visit.show(
        "student/today.html",
        **_shown(visit, home, answers.get("spaces", {})),
        free=free[:_FEW],
        proposals=(home["proposals"] or {}).get("items", []),
        inbox=home["inbox"],
        answers=answers,
        names=home["names"],
    )


@pages.get("/today/live", roles=LEARNER)
async def today_live(visit: Visit) -> Response:
    """Now and next, as they change."""
    spaces = _around(visit).get("spaces")

    async def render() -> str:
        answers = await visit.read(home=required("/v1/home"), **({"spaces": spaces} if spaces else {}))
        return visit.render("student/now_and_next.html", **_shown(visit, answers["home"], answers.get("spaces", {})))

    return live(visit, render, every_seconds=20.0)


def _around(visit: Visit) -> dict[str, Part]:
    """The times of the days ahead, and what the spaces are called; the page works without either.

    The student's week ends on Sunday, and what lies behind it is no question of today.
    """
    school, day = visit.me.school_for(Role.LEARNER), day_of(now(), visit.zone)
    if school is None:
        return {}
    sunday = day + timedelta(days=6 - day.weekday())
    span: dict[str, str | int | bool | None] = {
        "school_id": school,
        "from": day.isoformat(),
        "to": sunday.isoformat(),
        "limit": 50,
    }
    return {
        "blocks": optional("/v1/blocks", span),
        "spaces": optional(f"/v1/schools/{school}/spaces", {"limit": 200}),
    }


def _shown(visit: Visit, home: Mapping[str, Any], spaces: Mapping[str, Any]) -> dict[str, Any]:
    moment = now()
    places = (home["week"] or {}).get("places", [])
    return {
        "home": home,
        "places": now_and_next(places, moment),
        "later": later_today(places, moment, day_of(moment, visit.zone)),
        "step": next_step(home["goals"]["items"]),
        "missing": {part["part"]: part for part in home["missing"]},
        "spaces": {space["space_id"]: space["name"] for space in spaces.get("items", [])},
        "goals": open_goals(home["goals"]["items"]),
        "moment": moment,
    }


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

"""Today: what is now and what comes next, what waits for an answer, and one next step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.looks.times import day_of
from services.web.visiting.forms import Form
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
OPEN_GOALS = frozenset({"proposed", "agreed", "active"})
_FEW = 5
_NO_DATE = "9999-12-31"


@pages.get("/today", roles=LEARNER, nav=(marked("Today"), 10))
async def today(visit: Visit) -> Response:
    """The student's first page: home in one call, and what is unread beside it."""
    answers = await visit.read(home=required("/v1/home"), inbox=optional("/v1/inbox", {"unread": True, "limit": _FEW}))
    home = answers["home"]
    shown = _shown(visit, home)
    inbox = answers.get("inbox", {"items": []})["items"]
    return visit.show("student/today.html", **shown, inbox=inbox, answers=answers, names=home["names"])


@pages.get("/today/live", roles=LEARNER)
async def today_live(visit: Visit) -> Response:
    """Now and next, as they change."""

    async def render() -> str:
        home = (await visit.read(home=required("/v1/home")))["home"]
        return visit.render("student/now_and_next.html", **_shown(visit, home))

    return live(visit, render, every_seconds=20.0)


@pages.post("/today/notices/{notice_id}", roles=LEARNER)
async def read_notice(visit: Visit, form: Form) -> Response:
    """A notice is read."""
    await visit.send("POST", f"/v1/inbox/{visit.path['notice_id']}/read", form=form)
    return visit.go("/today", gettext("Marked as read."))


def _shown(visit: Visit, home: Mapping[str, Any]) -> dict[str, Any]:
    moment = now()
    places = (home["week"] or {}).get("places", [])
    missing = {part["part"]: part for part in home["missing"]}
    return {
        "home": home,
        "places": now_and_next(places, moment),
        "later": later_today(places, moment, day_of(moment, visit.zone)),
        "step": next_step(home["goals"]["items"]),
        "missing": missing,
        "moment": moment,
    }


def now_and_next(places: Sequence[Mapping[str, Any]], moment: datetime) -> dict[str, Mapping[str, Any] | None]:
    """The place that somebody is in at this moment, and the first that begins after it."""
    current = next((each for each in places if _begins(each) <= moment < _ends(each)), None)
    coming = next((each for each in places if _begins(each) > moment), None)
    return {"now": current, "next": coming}


def later_today(places: Sequence[Mapping[str, Any]], moment: datetime, day: date) -> list[Mapping[str, Any]]:
    """What is left of the day after the next place."""
    return [each for each in places if each["day"] == day.isoformat() and _begins(each) > moment][1:]


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


def _begins(place: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(place["starts_at"])


def _ends(place: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(place["ends_at"])

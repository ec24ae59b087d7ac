"""My week: where a student is, hour by hour, and the times that still wait for a choice."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import optional, required
from services.web.looks.languages import marked
from services.web.looks.times import day_of
from services.web.pages.student.choosing import Row, at, open_and_free
from services.web.pages.student.saying import open_goals
from services.web.pages.student.today import LEARNER
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_A_WEEK = timedelta(days=7)


@pages.get("/week", roles=LEARNER, nav=(marked("My week"), 30))
async def week(visit: Visit) -> Response:
    """One week in one round of questions; without a day it is this one."""
    day = asked_day(visit.query.get("of", ""), day_of(now(), visit.zone))
    monday = day - timedelta(days=day.weekday())
    me, school = visit.me.person_id, visit.me.school_for(Role.LEARNER)
    parts = {
        "week": required(f"/v1/people/{me}/week", {"of": day.isoformat()}),
        "goals": optional(f"/v1/people/{me}/goals", {"limit": 50}),
    }
    if school is not None:
        span = {"school_id": school, "from": monday.isoformat(), "to": (monday + timedelta(days=6)).isoformat()}
        parts["blocks"] = optional("/v1/blocks", {**span, "limit": 200})
        parts["spaces"] = optional(f"/v1/schools/{school}/spaces", {"limit": 200})
    answers = await visit.read(**parts)
    found, moment = answers["week"], now()
    blocks = answers.get("blocks", {}).get("items", [])
    return visit.show(
        "student/week.html",
        week=found,
        days=days_of(found["places"], blocks, moment),
        monday=monday,
        before=monday - _A_WEEK,
        after=monday + _A_WEEK,
        is_this_week=monday <= day_of(moment, visit.zone) < monday + _A_WEEK,
        spaces={space["space_id"]: space["name"] for space in answers.get("spaces", {}).get("items", [])},
        goals=open_goals(answers.get("goals", {}).get("items", [])),
        answers=answers,
        moment=moment,
    )


def asked_day(given: str, today: date) -> date:
    """The day in the address; today where it names none, or one that no calendar has room around."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today
    return day if 2000 <= day.year <= 2200 else today


def _may_go(place: Row, moment: datetime) -> bool:
    return at(place["starts_at"]) > moment and not place.get("attendance")


def days_of(places: Sequence[Row], blocks: Iterable[Row], moment: datetime) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each day with what is on it in time order: places, and the times that can still be chosen (`free`).

    A place that has not begun and is on no roll yet may be given back (`open`); whether it may indeed, the API says.
    """
    rows = [{**place, "free": False, "open": _may_go(place, moment)} for place in places]
    rows += [{**block, "free": True, "open": True} for block in open_and_free(blocks, places, moment)]
    rows.sort(key=lambda row: at(row["starts_at"]))
    days: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        days.setdefault(row["day"], []).append(row)
    return list(days.items())

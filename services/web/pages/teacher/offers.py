"""Offers: what a teacher offers and when; publishing one, changing it, and taking it out of what is offered."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.problems import Refused
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.looks.times import day_of
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
AHEAD = timedelta(weeks=2)
AGO = timedelta(weeks=1)
_A_PAGE = 30


@pages.get("/offers", roles=EDUCATOR, nav=(marked("Offers"), 20))
async def offers(visit: Visit) -> Response:
    """The dates of the coming two weeks, and everything this teacher offers."""
    today = day_of(now(), visit.zone)
    span: Query = {
        "from": today.isoformat(),
        "to": (today + AHEAD).isoformat(),
        "limit": _A_PAGE,
        "cursor": visit.query.get("cursor"),
    }
    answers = await visit.read(
        dates=required(f"/v1/people/{visit.me.person_id}/occurrences", span),
        offers=optional(f"/v1/schools/{school_of(visit)}/offers", {"host_id": visit.me.person_id, "limit": 200}),
    )
    mine = answers.get("offers", {"items": []})["items"]
    return visit.show(
        "teacher/offers.html",
        dates=answers["dates"]["items"],
        next_cursor=answers["dates"].get("next_cursor"),
        offers=sorted(mine, key=lambda offer: str(offer["title"]).casefold()),
        answers=answers,
    )


@pages.get("/offers/new", roles=EDUCATOR)
async def new_offer(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for something to offer."""
    classes = optional(f"/v1/schools/{school_of(visit)}/classes", {"limit": 200})
    answers = await visit.read(classes=classes)
    return visit.show("teacher/new_offer.html", form=form, grades=grades_of(answers.get("classes")))


@pages.post("/offers/new", roles=EDUCATOR, again=new_offer)
async def publish_offer(visit: Visit, form: Form) -> Response:
    """Publish it; then its dates are chosen."""
    made = await visit.send("POST", f"/v1/schools/{school_of(visit)}/offers", offer_in(form), form=form)
    return visit.go(f"/offers/{made['offer_id']}/dates", gettext("Published. Now choose when it takes place."))


@pages.get("/offers/{offer_id}", roles=EDUCATOR)
async def offer(visit: Visit, form: Form = EMPTY) -> Response:
    """One offer, with its dates around now, and what can be changed of it."""
    today = day_of(now(), visit.zone)
    # All that a teacher hosts in seven weeks is one page of the API; the offer's own dates are picked out of it here.
    span: Query = {"from": (today - AGO).isoformat(), "to": (today + 3 * AHEAD).isoformat(), "limit": 200}
    answers = await visit.read(
        offer=required(_address(visit)), dates=optional(f"/v1/people/{visit.me.person_id}/occurrences", span)
    )
    hosted = answers.get("dates", {"items": []})["items"]
    dates = [each for each in hosted if each["offer_id"] == visit.path["offer_id"]]
    return visit.show("teacher/offer.html", offer=answers["offer"], dates=dates, answers=answers, form=form)


@pages.post("/offers/{offer_id}", roles=EDUCATOR, again=offer)
async def change_offer(visit: Visit, form: Form) -> Response:
    """Change what it says of itself, and its seats from now on."""
    here = f"/offers/{visit.path['offer_id']}"
    before = (await visit.read(offer=required(_address(visit))))["offer"]
    change = {name: offer_in(form)[name] for name in ("title", "description", "cap")}
    await visit.send("PATCH", _address(visit), change, form=form)
    was = {name: "" if before[name] is None else str(before[name]) for name in change}
    return visit.go(here, gettext("Changed."), undo={"action": here, "label": gettext("Undo"), "fields": was})


@pages.post("/offers/{offer_id}/withdraw", roles=EDUCATOR, again=offer)
async def withdraw_offer(visit: Visit, form: Form) -> Response:
    """Offer it no more, or again. Dates that stand already stay until each is cancelled."""
    withdrawn = form.text("withdrawn", "yes") == "yes"
    await visit.send("PATCH", _address(visit), {"withdrawn": withdrawn}, form=form)
    told = gettext("It gets no new dates now.") if withdrawn else gettext("It is offered again.")
    back = {"action": f"/offers/{visit.path['offer_id']}/withdraw", "label": gettext("Undo")}
    return visit.go(
        f"/offers/{visit.path['offer_id']}", told, undo=back | {"fields": {"withdrawn": "no" if withdrawn else "yes"}}
    )


def offer_in(form: Form) -> dict[str, Any]:
    """The offer that a form describes; what is no number is left for the API to refuse."""
    offered: dict[str, Any] = {
        "title": form.text("title"),
        "description": form.text("description"),
        "cap": form.number("cap"),
        "tags": form.texts("tags"),
        "skills": form.texts("skills"),
        "once_a_day": form.flag("once_a_day"),
        "most_a_week": form.number("most_a_week"),
    }
    grades = form.texts("grades")
    return offered | ({"eligibility": {"grades": grades}} if grades else {})


def grades_of(classes: dict[str, Any] | None) -> list[str]:
    """The grades of a school, as its classes name them."""
    return sorted({grade for each in (classes or {"items": []})["items"] for grade in each["grades"]})


def school_of(visit: Visit) -> str:
    """The school where this teacher teaches. Raises: Refused (404) for one of the district alone."""
    found = visit.me.school_for(Role.EDUCATOR)
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def until(text: str, first: date, longest: timedelta) -> date:
    """The day that a filter names, within reach; else the furthest."""
    try:
        return min(max(date.fromisoformat(text), first), first + longest)
    except ValueError:
        return first + longest


def _address(visit: Visit) -> str:
    return f"/v1/offers/{visit.path['offer_id']}"

"""Booking: a student takes a place, waits for one, leaves a line, or takes a seat for work of their own."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.web.looks.languages import gettext
from services.web.looks.times import when
from services.web.pages.student.choosing import Asked
from services.web.pages.student.openings import openings_again
from services.web.pages.student.today import LEARNER
from services.web.visiting.forms import Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.post("/open/{occurrence_id}/book", roles=LEARNER, again=openings_again)
async def book(visit: Visit, form: Form) -> Response:
    """Take a place; with `instead_of`, change to it from another one in the same act."""
    wanted = {**_for_goal(visit, form), "instead_of": form.text("instead_of") or None}
    place = await visit.send("POST", f"/v1/occurrences/{visit.path['occurrence_id']}/placements", wanted, form=form)
    return _placed(visit, form, place)


@pages.post("/open/spaces/{space_id}/book", roles=LEARNER, again=openings_again)
async def book_space(visit: Visit, form: Form) -> Response:
    """Take a seat for own work in a block."""
    wanted = {**_for_goal(visit, form), "block_id": form.text("block_id")}
    place = await visit.send("POST", f"/v1/spaces/{visit.path['space_id']}/placements", wanted, form=form)
    return _placed(visit, form, place)


@pages.post("/open/{occurrence_id}/wait", roles=LEARNER, again=openings_again)
async def wait(visit: Visit, form: Form) -> Response:
    """Join the line; when a seat comes free, whoever is first has it at once."""
    wanted = {**_for_goal(visit, form), "instead_of": form.text("instead_of") or None}
    entry = await visit.send("POST", f"/v1/occurrences/{visit.path['occurrence_id']}/waitlist", wanted, form=form)
    said = gettext(
        "You wait for %(title)s. You are number %(position)s in the line. When a seat comes free it is yours at once.",
        title=form.text("title"),
        position=entry["position"],
    )
    undo = {
        "action": f"/open/waits/{entry['entry_id']}/leave",
        "label": gettext("Stop waiting"),
        "fields": {"back": Asked.sent(form).address(), "title": form.text("title")},
    }
    return visit.go(Asked.sent(form).address(), said, undo=undo)


@pages.post("/open/waits/{entry_id}/leave", roles=LEARNER)
async def leave(visit: Visit, form: Form) -> Response:
    """Leave the line."""
    await visit.send("DELETE", f"/v1/waitlist-entries/{visit.path['entry_id']}", form=form)
    return visit.go(back_from(form, "/week"), gettext("You do not wait any more: %(title)s.", title=form.text("title")))


def back_from(form: Form, otherwise: str) -> str:
    """Where the form came from, of the pages that a place is chosen or given back on; nowhere else."""
    back = form.text("back")
    path = back.partition("?")[0]
    return back if path in ("/today", "/open", "/week") and back.isascii() and back.isprintable() else otherwise


def _for_goal(visit: Visit, form: Form) -> dict[str, Any]:
    """Who takes the place, and the goal and step that it is for; `for` holds both where a list was chosen from."""
    goal, _, step = form.text("for").partition("/")
    return {
        "student_id": visit.me.person_id,
        "goal_id": goal or None,
        "step_id": step or None,
    }


def _placed(visit: Visit, form: Form, place: Mapping[str, Any]) -> Response:
    moment = when(place["starts_at"], place["ends_at"], visit.zone)
    said = gettext("You have a place: %(title)s, %(when)s.", title=place["title"], when=moment)
    week = f"/week?of={place['day']}"
    return visit.go(back_from(form, week), said, undo=_undo(form, place, week))


def _undo(form: Form, place: Mapping[str, Any], week: str) -> dict[str, Any]:
    """Giving it back; after a change, changing back, where the first place was in something that can be booked."""
    was = form.text("was")
    if form.text("instead_of") and was:
        fields = {"instead_of": place["placement_id"], "for": form.text("was_for"), "back": week, "tried": was}
        return {"action": f"/open/{was}/book", "label": gettext("Change back"), "fields": fields}
    return {
        "action": f"/week/places/{place['placement_id']}/give-back",
        "label": gettext("Undo"),
        "fields": {"back": week, "reason": "changed-mind"},
    }

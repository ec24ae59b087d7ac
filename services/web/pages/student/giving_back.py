"""Giving back: a student gives a place back, knows before what that means, and can undo it while a seat is free."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.looks.times import when
from services.web.pages.student.booking import back_from
from services.web.pages.student.saying import refused_form
from services.web.pages.student.today import LEARNER
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get("/week/places/{placement_id}/give-back", roles=LEARNER)
async def ask_first(visit: Visit, form: Form = EMPTY) -> Response:
    """Which place, and what happens when it is given back."""
    answers = await visit.read(place=required(f"/v1/placements/{visit.path['placement_id']}"))
    place, seats = answers["place"], None
    if place["occurrence_id"]:
        seats = (await visit.read(seats=optional(f"/v1/occurrences/{place['occurrence_id']}"))).get("seats")
    back = Form({"back": [form.text("back") or visit.query.get("back", "")]})
    return visit.show(
        "student/give_back.html",
        place=place,
        seats=seats,
        back=back_from(back, f"/week?of={place['day']}"),
        form=refused_form(form, form.problem, "", visit.zone),
    )


@pages.post("/week/places/{placement_id}/give-back", roles=LEARNER, again=ask_first)
async def give_back(visit: Visit, form: Form) -> Response:
    """Give it back; whoever waits first has it at once."""
    address = f"/v1/placements/{visit.path['placement_id']}/cancel"
    given = await visit.send("POST", address, {"reason": form.text("reason") or None}, form=form)
    place, moment = given["placement"], when(given["placement"]["starts_at"], given["placement"]["ends_at"], visit.zone)
    said = gettext("You gave your place back: %(title)s, %(when)s.", title=place["title"], when=moment)
    if given["promoted"]:
        said += " " + gettext("Somebody who waited has it now.")
    back = back_from(form, f"/week?of={place['day']}")
    return visit.go(back, said, undo=_undo(place, back))


def _undo(place: Mapping[str, Any], back: str) -> dict[str, Any]:
    """Booking it again, for the same goal: it works while a seat is free."""
    fields = {
        "for": f"{place['goal_id'] or ''}/{place['step_id'] or ''}",
        "back": back,
        "page_block": place["block_id"],
    }
    if place["occurrence_id"]:
        fields["tried"], action = place["occurrence_id"], f"/open/{place['occurrence_id']}/book"
    else:
        fields |= {"tried": place["space_id"], "block_id": place["block_id"]}
        action = f"/open/spaces/{place['space_id']}/book"
    return {"action": action, "label": gettext("Undo"), "fields": fields}

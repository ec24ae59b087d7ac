"""Bell schedules of a day pattern: which period rings when, and on which days."""

from typing import Any

from starlette.responses import Response

from services.web.asking.problems import Refused
from services.web.looks.languages import gettext
from services.web.pages.office.one_pattern import ONE, parts_of, path_of_pattern, save, send, show
from services.web.pages.office.pattern_changes import (
    Pattern,
    Wanted,
    with_bell,
    with_entry,
    without_bell,
    without_entry,
)
from services.web.pages.office.school import OFFICE, AtSchool, read_school
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get(f"{ONE}/new-bell", roles=OFFICE)
async def new_bell(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for one more bell schedule."""
    return show(await read_school(visit, **parts_of(visit)), "office/time/bell_facts.html", form=form, place=None)


@pages.post(f"{ONE}/new-bell", roles=OFFICE, again=new_bell, fields={"named-twice": "name"})
async def add_bell(visit: Visit, form: Form) -> Response:
    """One more bell schedule."""
    return await save(visit, form, lambda found: with_bell(found, None, form.text("name"), form.texts("weekdays")))


@pages.get(ONE + "/bells/{place}", roles=OFFICE)
async def bell(visit: Visit, form: Form = EMPTY) -> Response:
    """One bell schedule: its times, and the form for one more."""
    return _show_bell(await read_school(visit, **parts_of(visit)), "office/time/bell.html", form)


@pages.post(ONE + "/bells/{place}", roles=OFFICE, again=bell, fields={"bell-ends-before-start": "ends"})
async def add_entry(visit: Visit, form: Form) -> Response:
    """One more period in it."""
    # Ticked one by one, or put back with one rotation day a line.
    on = [day for text in form.texts("on") for day in text.splitlines()]
    entry = {**{name: form.text(name) for name in ("period_id", "starts", "ends")}, "on": on}
    return await save(visit, form, lambda found: with_entry(found, _place(visit), entry), to=_bell_path(visit))


@pages.post(ONE + "/bells/{place}/take-out/{number}", roles=OFFICE)
async def take_entry_out(visit: Visit, form: Form) -> Response:
    """One period less in it; it can be put back."""
    gone: dict[str, Any] = {}

    def change(found: Pattern) -> Wanted:
        changed, entry = without_entry(found, _place(visit), _number(visit, "number"))
        gone.update(entry)
        return changed

    await send(visit, form, change)
    fields = {**gone, "on": "\n".join(gone["on"])}
    undo = {"action": _bell_path(visit), "label": gettext("Put it back"), "fields": fields}
    return visit.go(_bell_path(visit), gettext("The time is taken out."), undo=undo)


@pages.get(ONE + "/bells/{place}/facts", roles=OFFICE)
async def bell_facts(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for a bell schedule's name and days."""
    return _show_bell(await read_school(visit, **parts_of(visit)), "office/time/bell_facts.html", form)


@pages.post(ONE + "/bells/{place}/facts", roles=OFFICE, again=bell_facts, fields={"named-twice": "name"})
async def change_bell(visit: Visit, form: Form) -> Response:
    """Called otherwise, or used on other days of the week."""
    name, weekdays = form.text("name"), form.texts("weekdays")
    return await save(visit, form, lambda found: with_bell(found, _place(visit), name, weekdays), to=_bell_path(visit))


@pages.post(ONE + "/bells/{place}/remove", roles=OFFICE)
async def remove_bell(visit: Visit, form: Form) -> Response:
    """One bell schedule less."""
    return await save(visit, form, lambda found: without_bell(found, _place(visit)))


def _show_bell(school: AtSchool, template: str, form: Form) -> Response:
    place = _place(school.visit)
    if place >= len(school["pattern"]["bells"]):
        raise Refused(NOT_FOUND)
    return show(school, template, form=form, place=place, bell=school["pattern"]["bells"][place])


def _bell_path(visit: Visit) -> str:
    return f"{path_of_pattern(visit)}/bells/{visit.path['place']}"


def _place(visit: Visit) -> int:
    return _number(visit, "place")


def _number(visit: Visit, name: str) -> int:
    """A place in a list, as the address names it. Raises: Refused (404) for anything else."""
    given = str(visit.path[name])
    if not (given.isdigit() and len(given) <= 3):
        raise Refused(NOT_FOUND)
    return int(given)

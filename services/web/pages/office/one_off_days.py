"""One-off days of a day pattern: holidays, and days that go otherwise."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.web.looks.languages import gettext
from services.web.pages.office.one_pattern import ONE, parts_of, path_of_pattern, save, send, show
from services.web.pages.office.pattern_changes import Pattern, Wanted, with_day, without_day
from services.web.pages.office.school import OFFICE, read_school
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get(f"{ONE}/days", roles=OFFICE)
async def days(visit: Visit, form: Form = EMPTY) -> Response:
    """The one-off days, and the form for one more."""
    return show(await read_school(visit, **parts_of(visit)), "office/time/days.html", form=form)


@pages.post(
    f"{ONE}/days", roles=OFFICE, again=days, fields={"unknown-bell": "bell", "unknown-rotation-day": "rotation_day"}
)
async def add_day(visit: Visit, form: Form) -> Response:
    """One more one-off day."""
    otherwise = form.text("kind", "holiday") != "holiday"
    exception = {
        "day": form.text("day"),
        "holiday": not otherwise,
        "bell": form.text("bell") or None if otherwise else None,
        "rotation_day": form.text("rotation_day") or None if otherwise else None,
        "consumes": form.flag("consumes") and not otherwise,
    }
    return await save(visit, form, lambda found: with_day(found, exception), to=f"{path_of_pattern(visit)}/days")


@pages.post(f"{ONE}/days/take-out", roles=OFFICE)
async def take_day_out(visit: Visit, form: Form) -> Response:
    """That day is as every other again; it can be put back."""
    gone: dict[str, Any] = {}

    def change(found: Pattern) -> Wanted:
        changed, exception = without_day(found, form.text("day"))
        gone.update(exception or {})
        return changed

    await send(visit, form, change)
    to = f"{path_of_pattern(visit)}/days"
    undo = {"action": to, "label": gettext("Put it back"), "fields": day_fields(gone)} if gone else None
    return visit.go(to, gettext("That day is as every other again."), undo=undo)


def day_fields(exception: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form that gives a one-off day as it was."""
    fields = {"day": exception["day"], "kind": "holiday" if exception["holiday"] else "other"}
    kept = {name: exception.get(name) or "" for name in ("bell", "rotation_day")}
    return fields | kept | ({"consumes": "yes"} if exception.get("consumes") else {})

"""A student's hours, before a partner: confirmed as they are, or changed or denied with a reason."""

from typing import Any

from starlette.responses import Response

from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.pages.partner.front import PARTNER
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
CHANGE, DENY = "change", "deny"


@pages.get("/partner/hours/{hours_id}", roles=PARTNER)
async def hours(visit: Visit, form: Form = EMPTY) -> Response:
    """What the student wrote down, and what can be said to it; once it was said, how it stands."""
    found = (await visit.read(hours=required(f"/v1/hours/{visit.path['hours_id']}")))["hours"]
    answers = await visit.read(project=optional(f"/v1/projects/{found['project_id']}"))
    names = await visit.names(found["person_id"])
    return visit.show(
        "partner/hours.html", hours=found, project=answers.get("project"), answers=answers, names=names, form=form
    )


@pages.post("/partner/hours/{hours_id}/confirm", roles=PARTNER)
async def confirm(visit: Visit, form: Form) -> Response:
    """The hours are as the student says."""
    await _settle(visit, form, {"outcome": "confirm"})
    return visit.go("/partner", gettext("The hours are confirmed. The school approves them next."))


@pages.post("/partner/hours/{hours_id}", roles=PARTNER, again=hours, fields={"change-unexplained": "reason"})
async def settle(visit: Visit, form: Form) -> Response:
    """They were otherwise, or not at all; the student reads why."""
    faults = unexplained(form)
    if faults:
        return await hours(visit, form.with_faults(*faults))
    await _settle(visit, form, verdict(form))
    if form.text("outcome") == CHANGE:
        return visit.go("/partner", gettext("The hours are changed. The student reads your reason."))
    return visit.go("/partner", gettext("The hours are denied. The student reads your reason."))


def unexplained(form: Form) -> list[Fault]:
    """What is missing, all of it at once: what to do, how many minutes are right, and why."""
    outcome, faults = form.text("outcome"), []
    if outcome not in (CHANGE, DENY):
        faults.append(Fault(gettext("Choose whether to change or to deny the hours."), "outcome"))
    if outcome == CHANGE and not isinstance(form.number("minutes"), int):
        faults.append(Fault(gettext("Write how many minutes are right, such as 60."), "minutes"))
    if not form.text("reason"):
        faults.append(Fault(gettext("Write why. The student reads it."), "reason"))
    return faults


def verdict(form: Form) -> dict[str, Any]:
    """What the API is told."""
    told = {"outcome": form.text("outcome"), "reason": form.text("reason")}
    return told | ({"minutes": form.number("minutes")} if told["outcome"] == CHANGE else {})


async def _settle(visit: Visit, form: Form, body: dict[str, Any]) -> None:
    await visit.send("POST", f"/v1/hours/{visit.path['hours_id']}/verify", body, form=form)

"""One date of an offer: who is coming and why, who waits; change it, cancel it with a reason, and take that back."""

from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import Answers, optional, required
from services.web.looks.languages import gettext, ngettext
from services.web.pages.teacher.offers import school_of
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
NO_SPACE = "none"
AT_FIELDS = {
    "cap-below-taken": "cap",
    "no-such-space": "space_id",
    "space-elsewhere": "space_id",
    "space-full": "space_id",
}


@pages.get("/offers/dates/{occurrence_id}", roles=EDUCATOR)
async def one_date(visit: Visit) -> Response:
    """Who has a place, for which cause and goal; who waits, in line; and what can be done."""
    answers = await visit.read(
        date=required(_address(visit)),
        roll=required(f"{_address(visit)}/roll"),
        learners=optional(f"/v1/people/{visit.me.person_id}/learners", {"limit": 200}),
        spaces=optional(f"/v1/schools/{school_of(visit)}/spaces", {"limit": 200}),
    )
    roll = answers["roll"]
    names = await visit.names(roll["lines"], roll["waiting"], answers["date"]["host_ids"])
    return visit.show(
        "teacher/date.html",
        date=answers["date"],
        coming=sorted(roll["lines"], key=lambda line: names.get(line["student_id"], "").casefold()),
        waiting=roll["waiting"],
        goals=goals_in(answers),
        space=space_in(answers, roll["space_id"]),
        answers=answers,
        names=names,
    )


@pages.get("/offers/dates/{occurrence_id}/change", roles=EDUCATOR)
async def change_asked(visit: Visit, form: Form = EMPTY) -> Response:
    """A form with this date as it is."""
    spaces = optional(f"/v1/schools/{school_of(visit)}/spaces", {"limit": 200})
    answers = await visit.read(date=required(_address(visit)), spaces=spaces)
    return visit.show("teacher/change_date.html", date=answers["date"], answers=answers, form=form)


@pages.post("/offers/dates/{occurrence_id}/change", roles=EDUCATOR, again=change_asked, fields=AT_FIELDS)
async def change_date(visit: Visit, form: Form) -> Response:
    """Change this date alone; whoever has a place keeps it."""
    before = (await visit.read(date=required(_address(visit))))["date"]
    await visit.send("PATCH", _address(visit), changes_in(form), form=form)
    was = {name: _filled_in(before[name], name) for name in ("title", "cap", "space_id")}
    undo = {"action": f"{_here(visit)}/change", "label": gettext("Undo"), "fields": was}
    return visit.go(_here(visit), gettext("This date is changed. Students hear of a new place."), undo=undo)


@pages.get("/offers/dates/{occurrence_id}/cancel", roles=EDUCATOR)
async def cancel_asked(visit: Visit, form: Form = EMPTY) -> Response:
    """Whether to cancel, and why."""
    answers = await visit.read(date=required(_address(visit)))
    return visit.show("teacher/cancel_date.html", date=answers["date"], form=form)


@pages.post("/offers/dates/{occurrence_id}/cancel", roles=EDUCATOR, again=cancel_asked)
async def cancel_date(visit: Visit, form: Form) -> Response:
    """Call it off. Everybody with a place hears of it."""
    await visit.send("POST", f"{_address(visit)}/cancel", {"reason": form.text("reason")}, form=form)
    undo = {"action": f"{_here(visit)}/restore", "label": gettext("Undo"), "fields": {}}
    return visit.go(_here(visit), gettext("Cancelled. Everybody who had a place is told, with your reason."), undo=undo)


@pages.post("/offers/dates/{occurrence_id}/restore", roles=EDUCATOR)
async def restore_date(visit: Visit, form: Form) -> Response:
    """Let it take place after all; whoever took another place meanwhile keeps that one."""
    restored = await visit.send("POST", f"{_address(visit)}/restore", form=form)
    told = ngettext(
        "It takes place again. %(num)d student has the place back.",
        "It takes place again. %(num)d students have their places back.",
        restored["places"],
    )
    if lost := len(restored["not_restored"]):
        told += " " + ngettext("%(num)d has something else by now.", "%(num)d have something else by now.", lost)
    return visit.go(_here(visit), told)


def changes_in(form: Form) -> dict[str, Any]:
    """What a form changes of one date. What is left empty stays; without a number, seats have no limit."""
    cap = form.number("cap")
    changes: dict[str, Any] = {"cap": "unlimited" if cap is None else cap}
    if form.text("title"):
        changes["title"] = form.text("title")
    if chosen := form.text("space_id"):
        changes["space_id"] = None if chosen == NO_SPACE else chosen
    return changes


def goals_in(answers: Answers) -> dict[str, str]:
    """The words of the open goals of the teacher's own learners, by id."""
    learners = answers.get("learners", {"items": []})["items"]
    return {goal["goal_id"]: goal["words"] for learner in learners for goal in learner["goals"]}


def space_in(answers: Answers, space_id: str | None) -> str:
    """The name of a space; empty where there is none, or nobody says."""
    spaces = answers.get("spaces", {"items": []})["items"]
    return next((str(space["name"]) for space in spaces if space["space_id"] == space_id), "")


def _filled_in(value: Any, name: str) -> str:
    return (NO_SPACE if name == "space_id" else "") if value is None else str(value)


def _here(visit: Visit) -> str:
    return f"/offers/dates/{visit.path['occurrence_id']}"


def _address(visit: Visit) -> str:
    return f"/v1/occurrences/{visit.path['occurrence_id']}"

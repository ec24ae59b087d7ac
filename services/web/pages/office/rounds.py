"""Ranked rounds of a school: opened, watched, closed or called off, published and taken back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.pages.office.blocks import moment_of
from services.web.pages.office.school import A_WEEK, OFFICE, AtSchool, api_of, path_of, read_school
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
ALL = "/office/schools/{school_id}/rounds"
ONE = ALL + "/{round_id}"
AT_WORK = frozenset({"publishing", "undoing"})
WORKING = frozenset({"waiting", "running"})
ACTS = frozenset({"close", "call-off", "undo"})
_LOOK_SECONDS = 1.5
_CLOSES = {
    "closes_at": "closes_on",
    "ranking-ends-before-it-begins": "closes_on",
    "ranking-ends-after-lock": "closes_on",
    "range-out-of-bounds": "to",
    "nothing-to-rank": "from",
    "too-many-blocks": "to",
}


@pages.get(ALL, roles=OFFICE)
async def rounds(visit: Visit) -> Response:
    """The rounds of the school, the newest first."""
    asked: Query = {"limit": 20, "cursor": visit.query.get("cursor")}
    school = await read_school(visit, page=required(f"{api_of(visit)}/rounds", asked))
    return school.show("office/rounds/all.html", page=school["page"])


@pages.get(f"{ALL}/new", roles=OFFICE)
async def new_round(visit: Visit, form: Form = EMPTY) -> Response:
    """The form that opens one."""
    school = await read_school(visit)
    first = school.today + A_WEEK
    days: dict[str, Any] = {"first": first, "last": first + timedelta(days=4), "closes": first - timedelta(days=2)}
    return school.show("office/rounds/new.html", form=form, **days)


@pages.post(f"{ALL}/new", roles=OFFICE, again=new_round, fields=_CLOSES)
async def open_round(visit: Visit, form: Form) -> Response:
    """From now on its seats are ranked, not first come."""
    school = await read_school(visit)
    closes_at = closing(form, school)
    if closes_at is None:
        return await new_round(visit, form.with_faults(Fault(gettext("Write a day and a time of day."), "closes_on")))
    body = {"title": form.text("title"), "from": form.text("from"), "to": form.text("to"), "closes_at": closes_at}
    made = await visit.send("POST", f"{api_of(visit)}/rounds", body, form=form)
    return visit.go(f"{path_of(visit)}/rounds/{made['round_id']}", gettext("The round is open. Students can rank now."))


@pages.get(ONE, roles=OFFICE)
async def one_round(visit: Visit, form: Form = EMPTY) -> Response:
    """One round: where it stands, its previews, and what can be done next."""
    school = await read_school(visit, **_parts(visit))
    return school.show("office/rounds/one.html", form=form, **shown(school["round"], school.get("runs")))


@pages.get(f"{ONE}/live", roles=OFFICE)
async def round_live(visit: Visit) -> Response:
    """How far it is, as it goes on."""
    own = f"{path_of(visit)}/rounds/{visit.path['round_id']}"

    async def render() -> str:
        found = await visit.read(**_parts(visit))
        return visit.render("office/rounds/progress.html", own=own, **shown(found["round"], found.get("runs")))

    return live(visit, render, every_seconds=_LOOK_SECONDS)


@pages.post(f"{ONE}/preview", roles=OFFICE, again=one_round)
async def preview(visit: Visit, form: Form) -> Response:
    """A preview is worked out; nobody is placed by it."""
    await visit.send("POST", f"{_api(visit)}/runs", {}, form=form)
    return visit.go(_path(visit), gettext("The preview is being worked out. You can leave this page."))


@pages.get(ONE + "/ask/{act}", roles=OFFICE)
async def ask(visit: Visit, form: Form = EMPTY) -> Response:
    """Is it to be closed, called off or taken back?"""
    school = await read_school(visit, round=required(_api(visit)))
    act = visit.path["act"] if visit.path["act"] in ACTS else "close"
    return school.show("office/rounds/asked.html", form=form, round=school["round"], act=act)


@pages.post(ONE + "/ask/{act}", roles=OFFICE, again=ask)
async def settle(visit: Visit, form: Form) -> Response:
    """It is."""
    act = visit.path["act"] if visit.path["act"] in ACTS else "close"
    await visit.send("POST", f"{_api(visit)}/{act}", form=form)
    texts = {
        "close": gettext("The ranking is closed. Now work out a preview."),
        "call-off": gettext("The round is called off. Its seats are first come again."),
        "undo": gettext("The result is being taken back. You can leave this page."),
    }
    return visit.go(_path(visit), texts[act])


@pages.get(ONE + "/publish/{run_id}", roles=OFFICE)
async def ask_publish(visit: Visit, form: Form = EMPTY) -> Response:
    """Is this preview to count?"""
    run = required(f"{_api(visit)}/runs/{visit.path['run_id']}")
    school = await read_school(visit, round=required(_api(visit)), run=run)
    outdated = (school["round"]["settling"] or {}).get("refused") == "run-outdated"
    return school.show(
        "office/rounds/publish.html", form=form, round=school["round"], run=school["run"], outdated=outdated
    )


@pages.post(ONE + "/publish/{run_id}", roles=OFFICE, again=ask_publish)
async def publish(visit: Visit, form: Form) -> Response:
    """It counts: students are placed and told."""
    body = {"run_id": visit.path["run_id"], "even_if_changed": form.flag("even_if_changed")}
    await visit.send("POST", f"{_api(visit)}/publish", body, form=form)
    return visit.go(_path(visit), gettext("The result is being published. You can leave this page."))


def shown(found: Mapping[str, Any], runs: Mapping[str, Any] | None) -> dict[str, Any]:
    """What pages show of a round and its previews."""
    items = list((runs or {}).get("items", ()))
    finished = [each for each in items if each["state"] == "finished"]
    return {
        "round": found,
        "runs": items,
        "finished": finished,
        "working": found["state"] in AT_WORK or any(each["state"] in WORKING for each in items),
        "ranking_open": found["state"] == "open" and datetime.fromisoformat(found["closes_at"]) > now(),
    }


def closing(form: Form, school: AtSchool) -> str | None:
    """The moment at which ranking closes, by the school's clock; None for what is no day or no time of day."""
    try:
        return moment_of(form.text("closes_on"), form.text("closes_clock"), school.zone)
    except ValueError:
        return None


def _parts(visit: Visit) -> dict[str, Any]:
    return {"round": required(_api(visit)), "runs": optional(f"{_api(visit)}/runs", {"limit": 20})}


def _api(visit: Visit) -> str:
    return f"/v1/rounds/{visit.path['round_id']}"


def _path(visit: Visit) -> str:
    return f"{path_of(visit)}/rounds/{visit.path['round_id']}"

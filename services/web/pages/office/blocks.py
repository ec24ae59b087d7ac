"""Blocks of a school: a week of them, made from a day pattern, and each moved, cancelled or locked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.reading import required
from services.web.looks.languages import gettext, ngettext
from services.web.looks.times import day_of, local
from services.web.pages.office.calendar import by_day
from services.web.pages.office.school import (
    A_DAY,
    A_WEEK,
    OFFICE,
    api_of,
    asked_day,
    if_match,
    monday_of,
    path_of,
    read_school,
)
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_ALL = {"limit": 200}
_USUAL_SPAN = timedelta(days=27)
ALL = "/office/schools/{school_id}/time/blocks"
ONE = ALL + "/{block_id}"
_TIMES = {"block-ends-before-start": "ends", "block-leaves-its-day": "starts", "block-crosses-week": "ends"}


@pages.get(ALL, roles=OFFICE)
async def week(visit: Visit) -> Response:
    """A week's blocks, day by day."""
    first = monday_of(asked_day(visit.query, day_of(now(), visit.zone)))
    last = first + A_WEEK - A_DAY
    asked: Query = {"school_id": visit.path["school_id"], "from": first.isoformat(), "to": last.isoformat(), **_ALL}
    school = await read_school(visit, blocks=required("/v1/blocks", {**asked, "cursor": visit.query.get("cursor")}))
    return school.show(
        "office/time/blocks.html",
        days=by_day(school["blocks"]["items"]),
        next_cursor=school["blocks"]["next_cursor"],
        first=first,
        earlier=first - A_WEEK,
        later=first + A_WEEK,
    )


@pages.get(f"{ALL}/make", roles=OFFICE)
async def ask_make(visit: Visit, form: Form = EMPTY) -> Response:
    """From which pattern, for which days?"""
    school = await read_school(visit, patterns=required(f"{api_of(visit)}/day-patterns", _ALL))
    first = asked_day(visit.query, school.today)
    choices = [(each["pattern_id"], each["name"]) for each in school["patterns"]["items"]]
    return school.show(
        "office/time/make.html",
        form=form,
        patterns=choices,
        chosen=visit.query.get("pattern", ""),
        first=max(first, school.today),
        last=max(first, school.today) + _USUAL_SPAN,
    )


@pages.post(
    f"{ALL}/make", roles=OFFICE, again=ask_make, fields={"range-out-of-bounds": "to", "no-such-pattern": "pattern_id"}
)
async def make(visit: Visit, form: Form) -> Response:
    """Make them; what is past, locked, in use or set by hand stays."""
    body = {name: form.text(name) for name in ("pattern_id", "from", "to")}
    made = await visit.send("POST", f"{api_of(visit)}/blocks", body, form=form)
    return visit.go(f"{path_of(visit)}/time/blocks?from={body['from']}", told_of(made))


@pages.get(ONE, roles=OFFICE)
async def block(visit: Visit, form: Form = EMPTY) -> Response:
    """One block: when it is, and what can be done with it."""
    school = await read_school(visit, block=required(f"/v1/blocks/{visit.path['block_id']}"))
    found = school["block"]
    return school.show(
        "office/time/block.html",
        form=form,
        block=found,
        starts=wall(found["starts_at"], school.zone),
        ends=wall(found["ends_at"], school.zone),
        begun=datetime.fromisoformat(found["starts_at"]) <= now(),
    )


@pages.post(ONE, roles=OFFICE, again=block, fields=_TIMES)
async def move(visit: Visit, form: Form) -> Response:
    """Other times on the same day."""
    address = f"/v1/blocks/{visit.path['block_id']}"
    school = await read_school(visit, block=required(address))
    found = school["block"]
    times = {name: moment_of(found["day"], form.text(name), school.zone) for name in ("starts", "ends")}
    faults = [Fault(gettext("Write a time of day, such as 09:05."), name) for name in times if times[name] is None]
    if faults:
        return await block(visit, form.with_faults(*faults))
    body = {f"{name}_at": moment for name, moment in times.items()}
    saved = await visit.send("PATCH", address, body, form=form, if_match=if_match(form.text("version")))
    undo = {
        "action": visit.request.url.path,
        "label": gettext("Move it back"),
        "fields": {
            "starts": wall(found["starts_at"], school.zone),
            "ends": wall(found["ends_at"], school.zone),
            "version": str(saved["version"]),
        },
    }
    return visit.go(visit.request.url.path, gettext("The block is moved."), undo=undo)


@pages.get(ONE + "/cancel", roles=OFFICE)
async def ask_cancel(visit: Visit, form: Form = EMPTY) -> Response:
    """Is it to be cancelled?"""
    return await _ask(visit, form, "cancel")


@pages.post(ONE + "/cancel", roles=OFFICE, again=ask_cancel)
async def cancel(visit: Visit, form: Form) -> Response:
    """It does not take place."""
    matching = if_match(form.text("version"))
    await visit.send("PATCH", f"/v1/blocks/{visit.path['block_id']}", {"cancelled": True}, form=form, if_match=matching)
    return visit.go(f"{path_of(visit)}/time/blocks?from={_week(form)}", gettext("The block is cancelled."))


@pages.get(ONE + "/lock", roles=OFFICE)
async def ask_lock(visit: Visit, form: Form = EMPTY) -> Response:
    """Is it to be locked?"""
    return await _ask(visit, form, "lock")


@pages.post(ONE + "/lock", roles=OFFICE, again=ask_lock)
async def lock(visit: Visit, form: Form) -> Response:
    """Places in it change no more, and the roll can be taken."""
    await visit.send("POST", f"/v1/blocks/{visit.path['block_id']}/lock", form=form)
    return visit.go(f"{path_of(visit)}/time/blocks/{visit.path['block_id']}", gettext("The block is locked."))


def told_of(made: Mapping[str, Any]) -> str:
    """What came of making blocks, in one line."""
    parts = [
        ngettext("%(num)d block is new.", "%(num)d blocks are new.", made["added"]),
        ngettext("%(num)d changed.", "%(num)d changed.", made["changed"]) if made["changed"] else "",
        ngettext("%(num)d was taken back.", "%(num)d were taken back.", made["withdrawn"]) if made["withdrawn"] else "",
        _kept(made["kept"]) if made["kept"] else "",
    ]
    return " ".join(part for part in parts if part)


def wall(moment: str, zone: ZoneInfo) -> str:
    """The time of day as a form has it: 09:05."""
    return local(moment, zone).strftime("%H:%M")


def moment_of(day: str, clock: str, zone: ZoneInfo) -> str | None:
    """The moment of a time of day at the school, in UTC; None for what is no time of day."""
    try:
        at = time.fromisoformat(clock)
    except ValueError:
        return None
    if at.tzinfo is not None:
        return None
    return datetime.combine(date.fromisoformat(day), at, zone).astimezone(UTC).isoformat()


def _kept(count: int) -> str:
    return ngettext(
        "%(num)d stays as it is: it is over, locked, in use or set by hand.",
        "%(num)d stay as they are: they are over, locked, in use or set by hand.",
        count,
    )


async def _ask(visit: Visit, form: Form, act: str) -> Response:
    school = await read_school(visit, block=required(f"/v1/blocks/{visit.path['block_id']}"))
    return school.show("office/time/block_asked.html", form=form, block=school["block"], act=act)


def _week(form: Form) -> str:
    given = form.text("day")
    return asked_day({"from": given}, now().date()).isoformat()

"""Scheduling an offer: in which blocks it takes place, in which space, and with how many seats."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.problems import Reason
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, ngettext
from services.web.looks.times import day_of, when
from services.web.pages.teacher.offers import school_of, until
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
USUALLY, LONGEST = timedelta(weeks=2), timedelta(weeks=20)
BUSY = "host-busy"
AT_BLOCKS = dict.fromkeys(("block-closed-to-offers", "no-such-block-here"), "block_ids")
AT_SPACE = dict.fromkeys(("no-such-space", "space-elsewhere", "space-full"), "space_id")


@pages.get("/offers/{offer_id}/dates", roles=EDUCATOR)
async def choose_blocks(visit: Visit, form: Form = EMPTY) -> Response:
    """The blocks to choose from: those of one period and weekday, where the filter says so, and then all are ticked."""
    school_id, today = school_of(visit), day_of(now(), visit.zone)
    asked = {name: visit.query.get(name, "") for name in ("period", "weekday", "until")}
    last = until(asked["until"], today, LONGEST) if asked["until"] else today + USUALLY
    span: Query = {"school_id": school_id, "from": today.isoformat(), "to": last.isoformat(), "limit": 200}
    answers = await visit.read(
        offer=required(f"/v1/offers/{visit.path['offer_id']}"),
        blocks=required("/v1/blocks", span),
        spaces=optional(f"/v1/schools/{school_id}/spaces", {"limit": 200}),
    )
    blocks = [block for block in answers["blocks"]["items"] if is_open(block, now())]
    return visit.show(
        "teacher/dates_of_offer.html",
        offer=answers["offer"],
        periods=sorted({(block["period_id"], block["period_name"]) for block in blocks}, key=lambda found: found[1]),
        blocks=narrowed(blocks, asked["period"], asked["weekday"]),
        more=answers["blocks"].get("next_cursor"),
        spaces=answers.get("spaces", {"items": []})["items"],
        answers=answers,
        asked=asked,
        last=last,
        narrowed=bool(asked["period"] or asked["weekday"]),
        form=form,
    )


async def again(visit: Visit, form: Form) -> Response:
    """The blocks once more; what the teacher hosts at that time already is told by its time, not by its id."""
    reasons = form.problem.reasons if form.problem else ()
    busy = [Fault(clash(each, visit.zone), "block_ids") for each in reasons if each.code == BUSY]
    others = [] if busy else form.faults
    return await choose_blocks(visit, replace(form, faults=(*busy, *others)))


@pages.post("/offers/{offer_id}/dates", roles=EDUCATOR, again=again, fields=AT_BLOCKS | AT_SPACE)
async def schedule(visit: Visit, form: Form) -> Response:
    """Let it take place in the blocks ticked: in all of them, or in none."""
    offer_id = visit.path["offer_id"]
    wanted: dict[str, Any] = {"block_ids": form.texts("block_ids")}
    wanted |= {"space_id": form.text("space_id")} if form.text("space_id") else {}
    cap = form.number("cap")
    wanted |= {"cap": cap} if cap is not None else {}
    made = await visit.send("POST", f"/v1/offers/{offer_id}/occurrences", wanted, form=form)
    told = ngettext("%(num)d date is open to students.", "%(num)d dates are open to students.", len(made))
    return visit.go(f"/offers/{offer_id}", told)


def clash(reason: Reason, zone: ZoneInfo) -> str:
    """That the teacher hosts something else, and when, where the API says so."""
    starts_at, ends_at = reason.details.get("starts_at"), reason.details.get("ends_at")
    if not starts_at or not ends_at:
        return gettext("You host something else at that time. Untick that block.")
    time = when(starts_at, ends_at, zone)
    return gettext("You host something else at that time: %(time)s. Untick that block.", time=time)


def is_open(block: Mapping[str, Any], moment: datetime) -> bool:
    """Whether an offer may still be put there and students can still book it."""
    return not block.get("locked_at") and datetime.fromisoformat(block["closes_at"]) > moment


def narrowed(blocks: Sequence[Mapping[str, Any]], period: str, weekday: str) -> list[Mapping[str, Any]]:
    """The blocks of one period (empty: of all) on one weekday (1 is Monday; empty: on all)."""
    return [
        block
        for block in blocks
        if period in ("", block["period_id"]) and weekday in ("", str(date.fromisoformat(block["day"]).isoweekday()))
    ]

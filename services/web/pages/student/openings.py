"""Open to me: what a student can choose, time by time, with the reason why it fits and what can be done about it."""

import asyncio
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import Answers, Part, optional, required
from services.web.looks.languages import marked
from services.web.looks.times import day_of
from services.web.pages.student.choosing import (
    AHEAD,
    ALL,
    Asked,
    Row,
    at,
    beside,
    by_block,
    can_change,
    cannot_be_had,
    coming,
    first_to_choose,
    goal_for,
    held_at,
    hosts_in,
    instead,
    same_later,
)
from services.web.pages.student.found import Found
from services.web.pages.student.narrowing import lists_for
from services.web.pages.student.saying import open_goals, refused_form, why
from services.web.pages.student.today import LEARNER
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
MOST_BLOCKS, MOST_SHOWN, MOST_OPTIONS = 200, 60, 200


@pages.get("/open", roles=LEARNER, nav=(marked("Open to me"), 20))
async def openings(visit: Visit) -> Response:
    """What can be chosen in one block, or in all of the days ahead."""
    return show(visit, await find(visit, Asked.of(visit.query)))


async def openings_again(visit: Visit, form: Form) -> Response:
    """The same after something was refused: as it stands now, with what would work instead."""
    tried = form.text("tried")
    found = await find(visit, Asked.sent(form))
    return show(visit, found, refused_form(form, form.problem, _card(found, tried), visit.zone), tried)


async def find(visit: Visit, asked: Asked) -> Found:
    """Read what the page shows: two rounds of questions where the block is known, three where it is to be chosen.

    Raises: Refused where the openings themselves cannot be had.
    """
    today = day_of(now(), visit.zone)
    if not asked.block and asked.goal:
        asked = replace(asked, block=ALL)
    parts = _around(visit, today.isoformat(), (today + AHEAD).isoformat())
    wide = replace(asked, block=asked.block or ALL)
    if wide.block == ALL:
        parts["week"] = _week(visit)
    found = _gathered(asked, await visit.read(**parts, **_openings(visit, wide)))
    if not asked.block:
        places, rows = found.week.get("places", []), found.openings["openings"]
        found.asked = replace(asked, block=first_to_choose(found.blocks, places, rows, now()) or ALL)
        found.ahead = rows
        if found.block is not None:
            _add(found, await visit.read(**_openings(visit, found.asked)))
    await _add_names_and_week(visit, found)
    return found


def show(visit: Visit, found: Found, form: Form = EMPTY, tried: str = "") -> Response:
    """The page of what was found. `tried`: what was just refused."""
    moment, rows = now(), found.openings["openings"]
    places = found.week.get("places", [])
    before, after = beside(coming(found.blocks, moment), found.asked.block)
    return visit.show(
        "student/open.html",
        found=found,
        asked=found.asked,
        block=found.block,
        groups=by_block(rows, found.blocks),
        cards={each["occurrence_id"]: _about(each, found) for each in rows},
        held=held_at(places, found.block) if found.block else None,
        can_change=found.block is not None and can_change(found.block, moment),
        opens_later=found.block is not None and at(found.block["opens_at"]) > moment,
        before=before,
        after=after,
        coming=coming(found.blocks, moment),
        lists=lists_for(found, coming(found.blocks, moment), visit),
        narrowed=Form({name: [value] for name, value in found.asked.kept().items()}),
        why=why,
        instead=instead(rows, found.ahead, tried) if tried else None,
        tried=tried,
        form=form,
        moment=moment,
        names=found.names,
    )


def _around(visit: Visit, first: str, last: str) -> dict[str, Part]:
    """What stands around the openings; the page works without any of it."""
    me, school = visit.me.person_id, visit.me.school_for(Role.LEARNER)
    parts = {"goals": optional(f"/v1/people/{me}/goals", {"limit": 50})}
    if school is not None:
        span: dict[str, str | int | bool | None] = {
            "school_id": school,
            "from": first,
            "to": last,
            "limit": MOST_BLOCKS,
        }
        parts["blocks"] = optional("/v1/blocks", span)
        parts["spaces"] = optional(f"/v1/schools/{school}/spaces", {"limit": 200})
    return parts


def _openings(visit: Visit, asked: Asked) -> dict[str, Part]:
    """The openings, and where they are narrowed also all of them, from which the lists to choose from are made."""
    address, today = f"/v1/people/{visit.me.person_id}/openings", day_of(now(), visit.zone)
    parts = {"openings": required(address, {**asked.query(today), "limit": MOST_SHOWN})}
    if asked.is_narrowed or asked.cursor:
        everything = Asked(block=asked.block).query(today)
        parts["options"] = optional(address, {**everything, "limit": MOST_OPTIONS})
    return parts


def ahead(visit: Visit) -> Part:
    """What is open on all the days ahead."""
    query = Asked(block=ALL).query(day_of(now(), visit.zone))
    return optional(f"/v1/people/{visit.me.person_id}/openings", {**query, "limit": MOST_OPTIONS})


def _week(visit: Visit, day: str | None = None) -> Part:
    return optional(f"/v1/people/{visit.me.person_id}/week", {"of": day})


def _gathered(asked: Asked, answers: Answers) -> Found:
    found = Found(asked)
    found.blocks = answers.get("blocks", {}).get("items", [])
    found.spaces = {space["space_id"]: space for space in answers.get("spaces", {}).get("items", [])}
    found.goals = open_goals(answers.get("goals", {}).get("items", []))
    _add(found, answers)
    return found


def _add(found: Found, answers: Answers) -> None:
    found.openings = answers.get("openings", found.openings)
    found.options = answers.get("options", found.openings)
    found.week = answers.get("week", found.week)
    found.ahead = answers.get("ahead", {}).get("openings", found.ahead)
    found.gone.update(answers.gone)


async def _add_names_and_week(visit: Visit, found: Found) -> None:
    """The names of hosts, and the student's own week of the block: who may be asked, and what stands in the way."""
    hosts = hosts_in([*found.openings["openings"], *found.options["openings"]])
    parts = {"week": _week(visit, found.block["day"])} if found.block else {}
    if found.block and not found.ahead and cannot_be_had(found.openings["openings"]):
        parts["ahead"] = ahead(visit)
    found.names, answers = await asyncio.gather(visit.names(hosts), visit.read(**parts))
    _add(found, answers)


def _about(opening: Row, found: Found) -> dict[str, Any]:
    """What a card says beside the opening itself."""
    goal, step = goal_for(opening, found.asked, found.goals)
    waits = {each["occurrence_id"]: each for each in found.week.get("waiting", [])}
    places = found.week.get("places", [])
    mine = next((each for each in places if each["occurrence_id"] == opening["occurrence_id"]), None)
    return {
        "goal": goal,
        "step": step,
        "wait": waits.get(opening["occurrence_id"]),
        "mine": mine,
        "others": [] if opening["state"] in ("open", "yours") else same_later(opening, found.ahead),
        "in_the_way": held_at(places, opening) if opening["state"] == "overlaps" else None,
    }


def _card(found: Found, tried: str) -> str:
    """The anchor of what was tried, where it stands on the page."""
    shown = {each["occurrence_id"] for each in found.openings["openings"]}
    shown |= {each["space_id"] for each in found.openings["own_work"]}
    return tried if tried in shown else ""

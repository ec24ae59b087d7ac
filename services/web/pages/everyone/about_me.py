"""What we know about you: all that Trellis holds of a person, part by part, to read and to keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.visiting.pages import EVERYONE, Pages
from services.web.visiting.visit import Visit

pages = Pages()
GUARDIAN = (Role.GUARDIAN,)
PARTS: Mapping[str, tuple[str, str, str]] = {
    "profile": (marked("Interests, strengths, needs"), marked("What you and your teachers wrote about you."), "/me"),
    "profile_history": (marked("How that changed"), marked("Every change, who made it and when."), "/me/history"),
    "goals": (marked("Goals"), marked("Your goals with all their steps."), "/goals"),
    "target_proposals": (marked("Targets proposed to you"), marked("With your answers."), "/goals"),
    "evidence": (marked("Work you handed in"), marked("With what teachers said to it."), ""),
    "assessments": (marked("How far you are"), marked("Your own view, and your teachers' beside it."), ""),
    "growth": (marked("Your story"), marked("What shows how you grew, skill by skill."), ""),
    "weeks": (marked("Your weeks"), marked("Where you were and will be, and why."), "/week"),
    "projects": (marked("Projects"), marked("Those you are or were in."), "/projects"),
    "hours": (marked("Hours"), marked("What you did for projects, and who confirmed it."), "/projects/hours"),
    "reflections": (marked("Your own words on skills"), marked("Each with who may read it."), "/projects"),
    "notices": (marked("Notices"), marked("What Trellis told you."), "/inbox"),
}
"""Each part of a record: its name, what it holds, and where a student finds it."""


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part: what it is, how much there is, and where it can be seen. `away`: it cannot be had just now."""

    name: str
    says: str
    href: str
    count: int = 0
    complete: bool = True
    away: bool = False


@pages.get("/about-me", roles=EVERYONE)
async def about_me(visit: Visit) -> Response:
    """Who I am to the district, and all that is held of me."""
    answers = await visit.read(
        me=required("/v1/me"),
        schools=optional("/v1/schools", {"limit": 200}),
        record=optional(f"/v1/people/{visit.me.person_id}/record"),
    )
    is_learner = Role.LEARNER in visit.me.role_names
    return visit.show(
        "everyone/about_me.html",
        me=answers["me"],
        schools={each["school_id"]: each["name"] for each in answers.get("schools", {"items": []})["items"]},
        record_shown=parts_of(answers.get("record"), linked=is_learner),
        answers=answers,
    )


@pages.get("/about-me/record", roles=EVERYONE)
async def download(visit: Visit) -> Response:
    """The whole record as a file."""
    return await _as_file(visit, visit.me.person_id)


@pages.get("/family/{person_id}/about", roles=GUARDIAN)
async def about_child(visit: Visit) -> Response:
    """All that is held of a child, as far as the family may see it."""
    person_id = visit.path["person_id"]
    answers = await visit.read(record=required(f"/v1/people/{person_id}/record"))
    record = answers["record"]
    return visit.show(
        "everyone/about_child.html",
        person=record["parts"]["person"],
        record_shown=parts_of(record, linked=False),
        person_id=person_id,
    )


@pages.get("/family/{person_id}/record", roles=GUARDIAN)
async def download_of_child(visit: Visit) -> Response:
    """A child's record as a file."""
    return await _as_file(visit, visit.path["person_id"])


def parts_of(record: Mapping[str, Any] | None, *, linked: bool) -> list[PartShown]:
    """The parts that are kept of this person, and those that are away; what is not for the reader is left out."""
    if record is None:
        return []
    away = {each["part"] for each in record["missing"] if each["retry_after"] is not None}
    found = []
    for part, (name, says, href) in PARTS.items():
        shown = PartShown(gettext(name), gettext(says), href if linked else "", away=part in away)
        if part in record["parts"]:
            found.append(_counted(shown, record["parts"][part]))
        elif shown.away:
            found.append(shown)
    return found


def _counted(shown: PartShown, content: Mapping[str, Any]) -> PartShown:
    lists = [value for value in content.values() if isinstance(value, list)]
    count = sum(len(each) for each in lists)
    return PartShown(shown.name, shown.says, shown.href, count, bool(content.get("complete", True)))


async def _as_file(visit: Visit, person_id: str) -> Response:
    answers = await visit.read(record=required(f"/v1/people/{person_id}/record"))
    content = orjson.dumps(answers["record"], option=orjson.OPT_INDENT_2)
    headers = {"content-disposition": 'attachment; filename="record.json"', "cache-control": "no-store"}
    return Response(content, headers=headers, media_type="application/json")

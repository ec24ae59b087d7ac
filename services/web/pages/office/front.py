"""The office's front: the district's own work, and the schools that somebody looks after."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from contracts.people import Role
from services.web.asking.reading import required
from services.web.looks.languages import gettext, marked
from services.web.pages.office.school import OFFICE, is_district_office, path_of, read_school
from services.web.visiting.forms import Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_MANY = 50


@pages.get("/office", roles=OFFICE, nav=(marked("School office"), 10))
async def front(visit: Visit) -> Response:
    """On to the one school somebody looks after; whoever looks after several chooses."""
    mine = my_schools(visit)
    if not is_district_office(visit) and len(mine) == 1:
        return RedirectResponse(f"/office/schools/{mine[0]}", 303)
    asked = {"limit": _MANY, "cursor": visit.query.get("cursor")}
    schools = (await visit.read(schools=required("/v1/schools", asked)))["schools"]
    items = [each for each in schools["items"] if is_district_office(visit) or each["school_id"] in mine]
    return visit.show(
        "office/front.html", schools=items, next_cursor=schools["next_cursor"], district=is_district_office(visit)
    )


@pages.get("/office/schools/{school_id}", roles=OFFICE)
async def overview(visit: Visit) -> Response:
    """What waits for the office of one school, and what its day is."""
    asked = {"school_id": visit.path["school_id"]}
    school = await read_school(visit, home=required("/v1/home/office", asked))
    home = school["home"]
    missing = {part["part"]: part for part in home["missing"]}
    return school.show(
        "office/overview.html",
        home=home,
        missing=missing,
        step=one_next_step(school.path, home.get("approvals"), blocks_of(home)),
        blocks=blocks_of(home),
        today=school.today,
        district=is_district_office(visit),
    )


@pages.post("/office/schools/{school_id}/notices", roles=OFFICE)
async def read_notices(visit: Visit, form: Form) -> Response:
    """All notices up to the newest one shown are read."""
    await visit.send("POST", "/v1/inbox/read", {"newest_id": form.text("newest_id")}, form=form)
    return visit.go(path_of(visit), gettext("Marked as read."))


def my_schools(visit: Visit) -> list[str]:
    """The schools that somebody administers, each once."""
    held = [role.organisation_id for role in visit.me.roles if role.role == Role.ADMINISTRATOR]
    return [each for each in dict.fromkeys(held) if each != visit.me.district_id]


def blocks_of(home: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Today's blocks; none where that part is away."""
    return list((home.get("blocks") or {}).get("items", ()))


def one_next_step(
    path: str, approvals: Mapping[str, Any] | None, blocks: Sequence[Mapping[str, Any]]
) -> dict[str, str] | None:
    """The one thing to do first: what keeps others waiting, then today's blocks; None where nothing waits."""
    waiting = approvals or {}
    if waiting.get("projects_proposed"):
        return {"text": gettext("Look at the projects that wait for you"), "href": f"{path}/approvals"}
    if waiting.get("hours_verified"):
        return {"text": gettext("Look at the hours that wait for you"), "href": f"{path}/approvals/hours"}
    if blocks:
        return {"text": gettext("See who has no place today"), "href": f"{path}/no-place"}
    return None

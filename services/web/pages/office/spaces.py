"""Spaces and equipment of a school: what there is, and how many seats or pieces."""

from typing import Any

from starlette.responses import Response

from services.web.asking.gateway import Query
from services.web.asking.problems import Refused
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.pages.office.pattern_changes import listed
from services.web.pages.office.school import OFFICE, AtSchool, api_of, if_match, path_of, read_school
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
ALL = "/office/schools/{school_id}/spaces"
POOLS = "/office/schools/{school_id}/equipment"
_SEATS = ("legal_limit", "target", "accessible", "own_work_seats")
_FAULTS = {"seats-do-not-fit": "target", "limit-below-use": "legal_limit"}
_MOST = 200


@pages.get(ALL, roles=OFFICE)
async def spaces(visit: Visit) -> Response:
    """All spaces, and all equipment."""
    asked: Query = {"limit": 50, "cursor": visit.query.get("cursor")}
    pools = optional(f"{api_of(visit)}/equipment-pools", {"limit": _MOST})
    school = await read_school(visit, spaces=optional(f"{api_of(visit)}/spaces", asked), pools=pools)
    return school.show("office/spaces/all.html", page=school.get("spaces"), pools=school.get("pools"))


@pages.get(f"{ALL}/new", roles=OFFICE)
async def new_space(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for one more space."""
    school = await read_school(visit)
    return school.show("office/spaces/space.html", form=form, space=None)


@pages.post(f"{ALL}/new", roles=OFFICE, again=new_space, fields=_FAULTS)
async def add_space(visit: Visit, form: Form) -> Response:
    """One more space."""
    await visit.send("POST", f"{api_of(visit)}/spaces", space_of(form), form=form)
    return visit.go(f"{path_of(visit)}/spaces", gettext("The space is added."))


@pages.get(ALL + "/{space_id}", roles=OFFICE)
async def space(visit: Visit, form: Form = EMPTY) -> Response:
    """One space, to be changed."""
    school = await read_school(visit, spaces=required(f"{api_of(visit)}/spaces", {"limit": _MOST}))
    return school.show("office/spaces/space.html", form=form, space=_one(school, "spaces", "space_id"))


@pages.post(ALL + "/{space_id}", roles=OFFICE, again=space, fields=_FAULTS)
async def change_space(visit: Visit, form: Form) -> Response:
    """Another name, other features or seats."""
    address = f"{api_of(visit)}/spaces/{visit.path['space_id']}"
    await visit.send("PATCH", address, space_of(form), form=form, if_match=if_match(form.text("version")))
    return visit.go(f"{path_of(visit)}/spaces", gettext("The space is changed."))


@pages.get(f"{POOLS}/new", roles=OFFICE)
async def new_pool(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for more equipment."""
    school = await read_school(visit)
    return school.show("office/spaces/pool.html", form=form, pool=None)


@pages.post(f"{POOLS}/new", roles=OFFICE, again=new_pool)
async def add_pool(visit: Visit, form: Form) -> Response:
    """More equipment."""
    await visit.send("POST", f"{api_of(visit)}/equipment-pools", pool_of(form), form=form)
    return visit.go(f"{path_of(visit)}/spaces", gettext("The equipment is added."))


@pages.get(POOLS + "/{pool_id}", roles=OFFICE)
async def pool(visit: Visit, form: Form = EMPTY) -> Response:
    """Equipment of one kind, to be changed."""
    school = await read_school(visit, pools=required(f"{api_of(visit)}/equipment-pools", {"limit": _MOST}))
    return school.show("office/spaces/pool.html", form=form, pool=_one(school, "pools", "pool_id"))


@pages.post(POOLS + "/{pool_id}", roles=OFFICE, again=pool, fields={"limit-below-use": "count"})
async def change_pool(visit: Visit, form: Form) -> Response:
    """Another name, or another number of pieces."""
    address = f"{api_of(visit)}/equipment-pools/{visit.path['pool_id']}"
    await visit.send("PATCH", address, pool_of(form), form=form, if_match=if_match(form.text("version")))
    return visit.go(f"{path_of(visit)}/spaces", gettext("The equipment is changed."))


def space_of(form: Form) -> dict[str, Any]:
    """A space as the API takes it; seats that were left empty are none, but for the two that have to be said."""
    seats = {name: form.number(name) for name in _SEATS}
    return {
        "name": form.text("name"),
        "features": listed(form.text("features")),
        "own_work": form.flag("own_work"),
        **{name: count for name, count in seats.items() if count is not None},
    }


def pool_of(form: Form) -> dict[str, Any]:
    """Equipment as the API takes it."""
    count = form.number("count")
    given = {"name": form.text("name"), "kind": form.text("kind")}
    return given if count is None else {**given, "count": count}


def _one(school: AtSchool, part: str, name: str) -> dict[str, Any]:
    """The one that the address names. Raises: Refused (404) where there is none."""
    wanted = school.visit.path[name]
    found: dict[str, Any] | None = next((each for each in school[part]["items"] if each[name] == wanted), None)
    if found is None:
        raise Refused(NOT_FOUND)
    return found

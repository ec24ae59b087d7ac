"""Family: a guardian's children, with the week and the goals of each, to read."""

from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import Answers, optional, required
from services.web.looks.languages import marked
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
GUARDIAN = (Role.GUARDIAN,)


@pages.get("/family", roles=GUARDIAN, nav=(marked("My children"), 10))
async def family(visit: Visit) -> Response:
    """All children, each with the next place of the week. One call a child: a family has few."""
    me = (await visit.read(me=required("/v1/me")))["me"]
    wards = list(me["ward_ids"])
    answers = await visit.read(
        **{f"week_{place}": optional(f"/v1/people/{ward}/week") for place, ward in enumerate(wards)}
    )
    names = await visit.names(wards)
    children = [_child(ward, place, answers) for place, ward in enumerate(wards)]
    return visit.show("everyone/family.html", children=children, names=names)


@pages.get("/family/{person_id}", roles=GUARDIAN)
async def child(visit: Visit) -> Response:
    """One child's week and goals."""
    person_id = visit.path["person_id"]
    answers = await visit.read(home=required("/v1/home", {"person_id": person_id}))
    home = answers["home"]
    missing = {part["part"]: part for part in home["missing"]}
    return visit.show("everyone/child.html", home=home, names=home["names"], missing=missing, person_id=person_id)


def _child(person_id: str, place: int, answers: Answers) -> dict[str, Any]:
    name = f"week_{place}"
    return {"person_id": person_id, "week": answers.get(name), "gone": answers.gone.get(name)}

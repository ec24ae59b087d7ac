"""A partner's first page: the hours that wait for their word, and their projects."""

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import optional
from services.web.looks.languages import marked
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
PARTNER = (Role.PARTNER,)
_MANY = 20


@pages.get("/partner", roles=PARTNER, nav=(marked("Hours and projects"), 10))
async def partner(visit: Visit) -> Response:
    """Both lists at once; the names of the students in one call."""
    own = f"/v1/people/{visit.me.person_id}"
    answers = await visit.read(
        hours=optional(f"{own}/hours-waiting", {"limit": _MANY, "cursor": visit.query.get("cursor")}),
        projects=optional(f"{own}/projects"),
    )
    hours = answers.get("hours", {"items": [], "next_cursor": None})
    projects = answers.get("projects", {"items": []})["items"]
    names = await visit.names([each["person_id"] for each in hours["items"]])
    return visit.show("partner/front.html", hours=hours, projects=projects, names=names, answers=answers)

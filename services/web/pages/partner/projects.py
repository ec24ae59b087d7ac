"""One project, as its partner sees it: the question, how far it is, and the team by first names."""

from starlette.responses import Response

from services.web.asking.reading import required
from services.web.pages.partner.front import PARTNER
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get("/partner/projects/{project_id}", roles=PARTNER)
async def project(visit: Visit) -> Response:
    """The project itself, and one call for the names of its team."""
    found = (await visit.read(project=required(f"/v1/projects/{visit.path['project_id']}")))["project"]
    names = await visit.names(found["member_ids"])
    return visit.show("partner/project.html", project=found, names=names)

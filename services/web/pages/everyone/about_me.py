"""About me: what Trellis knows of the person who looks, from their own record."""

from starlette.responses import Response

from services.web.asking.reading import optional, required
from services.web.visiting.pages import EVERYONE, Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get("/about-me", roles=EVERYONE)
async def about_me(visit: Visit) -> Response:
    """Who I am to the district, in full."""
    answers = await visit.read(me=required("/v1/me"), schools=optional("/v1/schools", {"limit": 200}))
    schools = {each["school_id"]: each["name"] for each in answers.get("schools", {"items": []})["items"]}
    return visit.show("everyone/about_me.html", me=answers["me"], schools=schools, answers=answers)

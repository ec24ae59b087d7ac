"""The front: whoever comes to the address alone is led to the page they begin with."""

from starlette.responses import RedirectResponse, Response

from contracts.people import Role
from services.web.visiting.pages import EVERYONE, Pages
from services.web.visiting.visit import Visit

pages = Pages()
HOMES = {
    Role.LEARNER: "/today",
    Role.EDUCATOR: "/rolls",
    Role.ADMINISTRATOR: "/office",
    Role.PARTNER: "/partner",
    Role.GUARDIAN: "/family",
}
"""Where each role begins; whoever has several begins with the first of them."""


@pages.get("/", roles=EVERYONE)
async def front(visit: Visit) -> Response:
    """On to the person's own first page."""
    return RedirectResponse(home_of(visit.me.role_names), 303)


def home_of(roles: frozenset[str]) -> str:
    """The page that somebody with these roles begins with."""
    return next((home for role, home in HOMES.items() if role in roles), "/about-me")

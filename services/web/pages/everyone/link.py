"""The link that a partner got: a page with a button, since programs that check mail open links as well."""

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from services.web.asking.gateway import CLIENT
from services.web.asking.problems import Refused
from services.web.looks.languages import gettext
from services.web.visiting import cookies
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
GRANT = "urn:trellis:sign-in-link"
_SPENT = frozenset({400, 401, 422})


@pages.get("/sign-in/link", roles=None)
async def link(visit: Visit, form: Form = EMPTY) -> Response:
    """A button; opening the page changes nothing."""
    token = form.text("token") or visit.query.get("token", "")
    return visit.show("everyone/link.html", token=token, form=form)


@pages.post("/sign-in/link", roles=None, again=link)
async def come_in(visit: Visit, form: Form) -> Response:
    """Signed in, once. A link that was used, ran out or never was is answered alike."""
    try:
        told = await visit.desk.gateway.token(redeeming(form.text("token")))
    except Refused as refused:
        if refused.problem.status not in _SPENT:
            raise
        return await _spent(visit)
    _, cookie = visit.desk.sessions.begin(told)
    response = RedirectResponse("/", 303)
    cookies.put(response, cookies.SESSION, cookie)
    return response


def redeeming(token: str) -> str:
    """What the gateway is asked for a link's token."""
    return urlencode({"grant_type": GRANT, "client_id": CLIENT, "link_token": token})


async def _spent(visit: Visit) -> Response:
    text = gettext("This link does not sign you in. It may have been used, or have run out.")
    response = await link(visit, EMPTY.with_faults(Fault(text)))
    response.status_code = 400
    return response

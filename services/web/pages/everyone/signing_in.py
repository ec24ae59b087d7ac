"""Signing in and out: through the district's own sign-in, with a code that this server alone can redeem."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from typing import Any
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
FLOW_SECONDS = 600
_FLOW = "flow"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCAL = re.compile(r"/(?![/\\])[!-~]*")
"""An address of ours: one slash, and then neither a second one nor a backslash, which browsers take for one."""


@pages.get("/sign-in", roles=None, forms_leave=True)
async def sign_in(visit: Visit, form: Form = EMPTY) -> Response:
    """Which district?"""
    remembered = cookies.read(visit.request.cookies, cookies.DISTRICT)
    back = form.text("back") or visit.query.get("back", "")
    values = {"district": [form.text("district") or visit.query.get("district", "") or remembered], "back": [back]}
    ended = "ended" in visit.query and visit.session is None
    return visit.show("everyone/sign_in.html", form=Form(values, form.faults, form.once), ended=ended)


@pages.post("/sign-in", roles=None, again=sign_in)
async def begin(visit: Visit, form: Form) -> Response:
    """On to the district's sign-in."""
    district = form.text("district").lower()
    if not _SLUG.fullmatch(district):
        fault = Fault(gettext("Write the short name of your district, such as green-valley."), "district")
        return await sign_in(visit, form.with_faults(fault))
    flow = {
        "state": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "district": district,
        "back": local(form.text("back")),
    }
    response = RedirectResponse(_authorize(visit, flow), 303)
    cookies.put(response, cookies.FLOW, visit.desk.seal.close(_FLOW, flow), FLOW_SECONDS)
    return response


@pages.get("/signed-in", roles=None)
async def signed_in(visit: Visit) -> Response:
    """Back from there, with a code."""
    flow = visit.desk.seal.open(_FLOW, cookies.read(visit.request.cookies, cookies.FLOW), FLOW_SECONDS)
    given = visit.query
    if flow is None or not secrets.compare_digest(flow["state"].encode(), given.get("state", "").encode()):
        return await _once_more(visit, {}, gettext("This sign-in was open for too long. Begin again."))
    if "code" not in given:
        return await _once_more(visit, flow, _refusal(given.get("error", "")))
    try:
        told = await visit.desk.gateway.token(_redeeming(visit, flow, given["code"]))
    except Refused as refused:
        if refused.problem.passes:
            raise
        return await _once_more(visit, flow, gettext("This sign-in was used before. Begin again."))
    _, cookie = visit.desk.sessions.begin(told)
    response = RedirectResponse(flow["back"], 303)
    cookies.put(response, cookies.SESSION, cookie)
    cookies.put(response, cookies.DISTRICT, flow["district"], cookies.A_YEAR)
    cookies.take(response, cookies.FLOW)
    return response


@pages.post("/sign-out", roles=None)
async def sign_out(visit: Visit, _form: Form) -> Response:
    """End it here, in the browser and at the gateway."""
    session = visit.session or visit.desk.sessions.find(cookies.read(visit.request.cookies, cookies.SESSION))
    if session is not None:
        await visit.desk.sessions.end(session)
    response = visit.go("/sign-in", gettext("You are signed out."))
    cookies.take(response, cookies.SESSION)
    # Not "cookies": the language and the district stay on this machine.
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def local(address: str) -> str:
    """An address of ours to come back to; the front for anything else."""
    return address if _LOCAL.fullmatch(address) else "/"


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _back(visit: Visit) -> str:
    return f"{visit.desk.settings.public_url}/signed-in"


def _authorize(visit: Visit, flow: dict[str, Any]) -> str:
    asked = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": _back(visit),
        "state": flow["state"],
        "code_challenge": challenge_of(flow["verifier"]),
        "code_challenge_method": "S256",
        "district": flow["district"],
    }
    return f"{visit.desk.settings.public_url}/oauth/authorize?{urlencode(asked)}"


def _redeeming(visit: Visit, flow: dict[str, Any], code: str) -> str:
    return urlencode(
        {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "redirect_uri": _back(visit),
            "code": code,
            "code_verifier": flow["verifier"],
        }
    )


async def _once_more(visit: Visit, flow: dict[str, Any], text: str) -> Response:
    values = {"district": [flow.get("district", "")], "back": [flow.get("back", "")]}
    response = await sign_in(visit, Form(values).with_faults(Fault(text)))
    response.status_code = 400
    cookies.take(response, cookies.FLOW)
    return response


def _refusal(error: str) -> str:
    if error == "temporarily_unavailable":
        return gettext("Signing in is away just now. Try again in a moment.")
    if error == "access_denied":
        return gettext("Your district did not let you in. Ask your school office whether you are on its roster.")
    return gettext("There is no district with this short name, or it cannot sign you in. Check how it is written.")

"""Partners of a school: who they are, their papers, and the links that their contacts sign in with."""

import asyncio
from typing import Any

from starlette.responses import Response

from services.web.asking.gateway import Query
from services.web.asking.problems import Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.office.pattern_changes import listed
from services.web.pages.office.school import OFFICE, path_of, read_school
from services.web.pages.office.tags import tag_of
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
ALL = "/office/schools/{school_id}/partners"
ONE = ALL + "/{partner_id}"
_UNKNOWN, _ATTEMPTS, _WAIT_SECONDS = "contact-unknown", 8, 0.4
"""A contact is known to the community a moment after they are added: that fact travels."""


@pages.get(ALL, roles=OFFICE)
async def partners(visit: Visit) -> Response:
    """All partners, and until when each is vetted."""
    asked: Query = {"school_id": visit.path["school_id"], "limit": 50, "cursor": visit.query.get("cursor")}
    school = await read_school(visit, page=required("/v1/partners", asked))
    return school.show("office/partners/all.html", page=school["page"], today=school.today)


@pages.get(f"{ALL}/new", roles=OFFICE)
async def new_partner(visit: Visit, form: Form = EMPTY) -> Response:
    """The form for one more partner and its contact."""
    school = await read_school(visit)
    return school.show("office/partners/new.html", form=form)


@pages.post(f"{ALL}/new", roles=OFFICE, again=new_partner, fields={"email-taken": "email"})
async def add_partner(visit: Visit, form: Form) -> Response:
    """The contact first, then the partner that they speak for."""
    school_id = visit.path["school_id"]
    contact = {name: form.text(name) for name in ("given_name", "family_name", "email")}
    added = await visit.send("POST", "/v1/people/partner-contacts", {"school_id": school_id, **contact}, form=form)
    themes = [tag for tag in map(tag_of, listed(form.text("themes"))) if tag]
    body: dict[str, Any] = {"name": form.text("name"), "themes": themes, "school_ids": [school_id]}
    body |= {"contact_ids": [added["person_id"]]} | ({"offers": form.text("offers")} if form.text("offers") else {})
    made = await _once_known(visit, body, form)
    return visit.go(
        f"{path_of(visit)}/partners/{made['partner_id']}", gettext("The partner is added. Now add its papers.")
    )


@pages.get(ONE, roles=OFFICE)
async def partner(visit: Visit, form: Form = EMPTY) -> Response:
    """One partner: its papers and its contacts."""
    school = await read_school(visit, partner=required(f"/v1/partners/{visit.path['partner_id']}"))
    found = school["partner"]
    return school.show(
        "office/partners/one.html",
        form=form,
        partner=found,
        names=await visit.names(found["contact_ids"]),
        today=school.today,
    )


@pages.post(f"{ONE}/papers", roles=OFFICE, again=partner, fields={"paper-expired": "expires_on"})
async def add_paper(visit: Visit, form: Form) -> Response:
    """One more paper."""
    body = {name: form.text(name) for name in ("kind", "expires_on")}
    await visit.send("POST", f"/v1/partners/{visit.path['partner_id']}/papers", body, form=form)
    return visit.go(_path(visit), gettext("The paper is entered. Say so once you have seen it."))


@pages.post(ONE + "/papers/{paper_id}/seen", roles=OFFICE, again=partner)
async def verify_paper(visit: Visit, form: Form) -> Response:
    """Somebody at the school saw the paper."""
    address = f"/v1/partners/{visit.path['partner_id']}/papers/{visit.path['paper_id']}/verify"
    await visit.send("POST", address, form=form)
    return visit.go(_path(visit), gettext("The paper is marked as seen."))


@pages.post(ONE + "/contacts/{person_id}/link", roles=OFFICE, again=partner)
async def make_link(visit: Visit, form: Form) -> Response:
    """A fresh sign-in link, shown this once: no other page and no notice ever has it."""
    address = f"/v1/people/{visit.path['person_id']}/sign-in-links"
    made = await visit.send("POST", address, {}, form=form)
    school = await read_school(visit)
    names = await visit.names(made["person_id"])
    return school.show("office/partners/link.html", made=made, names=names, partner_path=_path(visit))


async def _once_known(visit: Visit, body: dict[str, Any], form: Form) -> Any:
    """Add the partner as soon as the community knows its contact. Raises: Refused."""
    for _ in range(_ATTEMPTS):
        try:
            return await visit.send("POST", "/v1/partners", body, form=form)
        except Refused as refused:
            if refused.problem.code != _UNKNOWN:
                raise
            await asyncio.sleep(_WAIT_SECONDS)
    return await visit.send("POST", "/v1/partners", body, form=form)


def _path(visit: Visit) -> str:
    return f"{path_of(visit)}/partners/{visit.path['partner_id']}"

"""Filling in: a form as its page has it now, with what somebody types into it; also one that no page has."""

import re
from collections.abc import Mapping
from dataclasses import replace

import httpx

from deploy.local.town import Town
from services.web.sessions.remembering import PURPOSE
from services.web.sessions.sealing import Seal
from services.web.visiting.forms import ONCE, TOKEN, fresh_key
from services.web.visiting.same_site import token_for
from tests.browser.crawling import Filled, read_page
from tests.browser.signing_in import SESSION, Visitor

_HIDDEN = (TOKEN, ONCE)


def as_it_is_now(visitor: Visitor, form: Filled) -> Filled | None:
    """The form as its page has it now; None where it is not there any more."""
    status, media, text = visitor.glance(form.page)
    if status != 200 or media != "text/html":
        return None
    same = [each for each in read_page(form.page, text) if _route(each.action) == _route(form.action)]
    return same[0] if same else None


def send(
    visitor: Visitor, form: Filled, fields: Mapping[str, str], files: dict[str, tuple[str, bytes]] | None = None
) -> httpx.Response:
    """Send these fields with the hidden ones that the form came with."""
    hidden = {name: form.fields[name] for name in _HIDDEN if name in form.fields}
    return visitor.send(form.action, {**fields, **hidden}, files)


def next_one(visitor: Visitor, form: Filled, answer: httpx.Response) -> Filled | None:
    """The form to send after this answer: the one that came back in it, else as its page has it now."""
    same = [each for each in read_page(form.page, answer.text) if _route(each.action) == _route(form.action)]
    return same[0] if same and answer.status_code != 303 else as_it_is_now(visitor, form)


def typed_with(form: Filled, text: str) -> dict[str, str]:
    """This text in every field that somebody fills in; the others as they came."""
    return {**form.fields, **dict.fromkeys(form.typed, text)}


def made_up(town: Town, visitor: Visitor, form: Filled) -> Filled:
    """This form with the token that a page of this visitor's would give it, whether or not a page has it now."""
    seal = Seal((town.folder / "secrets" / "web-session-key").read_text().strip())
    kept = seal.open(PURPOSE, visitor.kept.get(SESSION, ""), 3600)
    token = token_for(seal, kept["grant"] if kept else "", form.action)
    return replace(form, fields={**form.fields, TOKEN: token, ONCE: fresh_key()})


def _route(action: str) -> str:
    return re.sub(r"[a-z]+_[0-9a-f]{32}", "{}", action.partition("?")[0])

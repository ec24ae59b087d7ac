"""Every form, filled in by somebody who means no good: no fault of ours, nothing executed, words that help."""

import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.async_api import Browser

from deploy.local.town import Town
from tests.browser import lived
from tests.browser.crawling import Filled, Found, forms, read_page
from tests.browser.looking import look
from tests.browser.signing_in import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
MARK = "hostile-markup"
HOSTILE = {
    "script": f"\"'><script>document.title='{MARK}'</script><b id={MARK}>",
    "handler": f"<img src=x id={MARK} onerror=\"document.title='{MARK}'\">",
    "template": "{{ 7 * 7 }}{% include 'page.html' %}${7*7}",
    "control": "a\x00\x07\x1b[31m\u202e\u2066b",
    "very long": "٣" * 20_000,
    "address": "../../v1/me?x=1#\\\\evil.example/%00",
}
FILES = {
    "no archive": b"PK\x03\x04 and no more",
    "script": f"<script>document.title='{MARK}'</script>".encode(),
    "nothing": b"",
}
_TOO_LARGE = 10 * 2**20
_HIDDEN = ("_token", "_once")
SPARED = frozenset({"/office/roster/{roster_id}/apply"})
"""Whatever is ticked there means yes, and then everybody has left who would fill in the other forms."""


@pytest.fixture(scope="module")
def villains(town: Town, played: lived.Lived) -> Iterator[dict[str, Visitor]]:
    """The same people once more, since signing out is a form as well."""
    visitors = {part: Visitor(town.base_url) for part in lived.PARTS}
    for part, visitor in visitors.items():
        visitor.sign_in(lived.SLUG, played.person(part).person_id)
    yield visitors
    for each in visitors.values():
        each.close()


@pytest.mark.parametrize("path", [path for path in forms() if path not in SPARED])
def test_a_form_answers_hostile_input_with_words(villains: dict[str, Visitor], found: Found, path: str) -> None:
    part, form = found.forms[path]
    visitor = villains[part]
    for name, text in HOSTILE.items():
        fresh = _again(visitor, path, form)
        if fresh is None:  # done with what was sent before: the form is gone
            return
        answer = visitor.send(fresh.action, _filled(fresh, text), _files(fresh, FILES["no archive"]))
        _holds(visitor, answer.status_code, answer.headers, answer.text, f"{path} with {name}")


@pytest.mark.parametrize("path", [path for path in forms() if path not in SPARED])
def test_a_form_refuses_ten_megabytes_and_a_stray_file(villains: dict[str, Visitor], found: Found, path: str) -> None:
    part, form = found.forms[path]
    visitor = villains[part]
    fresh = _again(visitor, path, form)
    if fresh is None:
        return
    large = {**fresh.fields, **dict.fromkeys(fresh.typed, ""), "more": "x" * _TOO_LARGE}
    field = next(iter(fresh.files), "stray")
    files = [{field: (f"{name}.zip", content)} for name, content in FILES.items()]
    for fields, sent in [(large, None), *((dict(fresh.fields), one) for one in (files if fresh.files else files[:1]))]:
        answer = visitor.send(fresh.action, fields, sent)
        _holds(visitor, answer.status_code, answer.headers, answer.text, path)


async def test_nothing_of_it_runs_or_becomes_markup_where_it_is_shown(
    town: Town, browser: Browser, inhabitants: dict[str, Visitor], found: Found
) -> None:
    for part, visitor in inhabitants.items():
        seen = await look(browser, town.base_url, visitor)
        for address in [each for who, each in found.looked_at() if who == part]:
            page = await seen.at(address)
            assert await page.title() != MARK, address
            assert await page.locator(f"#{MARK}").count() == 0, address
        await seen.close()
        assert [fault for fault in seen.faults if "404" not in fault] == []


def _again(visitor: Visitor, path: str, form: Filled) -> Filled | None:
    """The form as its page has it now; None where it is not there any more."""
    status, media, text = visitor.glance(form.page)
    if status != 200 or media != "text/html":
        return None
    same = [each for each in read_page(form.page, text) if _route(each.action) == _route(form.action)]
    return same[0] if same else None


def _route(action: str) -> str:
    return re.sub(r"[a-z]+_[0-9a-f]{32}", "{}", action.partition("?")[0])


def _filled(form: Filled, text: str) -> dict[str, str]:
    return {
        name: value if name in _HIDDEN else text
        for name, value in {**dict.fromkeys(form.typed, ""), **form.fields}.items()
    }


def _files(form: Filled, content: bytes) -> dict[str, tuple[str, bytes]] | None:
    return dict.fromkeys(form.files, ("roster.zip", content)) or None


def _holds(visitor: Visitor, status: int, headers: Mapping[str, str], text: str, what: str) -> None:
    assert status < 500, what
    if status == 303:
        assert headers["location"].startswith("/"), what
        assert not headers["location"].startswith("//"), what
        text = visitor.glance(headers["location"])[2]
    elif status != 204:
        assert headers["content-type"].startswith("text/html"), f"{what}: {status} {text[:200]}"
        assert "<h1" in text, what
    assert f"<b id={MARK}" not in text, what
    assert f"<img src=x id={MARK}" not in text, what
    assert f"<script>document.title='{MARK}'" not in text, what

"""Every form, filled in by somebody who means no good: no fault of ours, nothing executed, words that help."""

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

import httpx
import pytest
from playwright.async_api import Browser

from contracts.people import Role
from deploy.local.town import Town
from services.web.pages import PAGES
from tests.browser import lived
from tests.browser.crawling import AFTER_AN_ACT, Filled, Found, address_for, crawl, forms
from tests.browser.filling_in import as_it_is_now, made_up, next_one, send
from tests.browser.looking import look
from tests.browser.signing_in import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
MARK = "hostile-markup"
SCRIPT = f"\"'><script>document.title='{MARK}'</script><b id={MARK}>"
HOSTILE = {
    "script": SCRIPT,
    "handler": f"<img src=x id={MARK} onerror=\"document.title='{MARK}'\">",
    "template": "{{ 7 * 7 }}{% include 'page.html' %}${7*7}",
    "control": "a\x00\x07\x1b[31m\u202e\u2066b",
    "very long": "٣" * 20_000,
    "address": "../../v1/me?x=1#\\\\evil.example/%00",
}
FILES = {
    "no archive": b"PK\x03\x04 and no more",
    "script": SCRIPT.encode(),
    "nothing": b"",
    "ten megabytes": b"PK\x03\x04" + bytes(10 * 2**20),
}
TEN_MEGABYTES = "x" * 10 * 2**20
LAST = "/office/roster/{roster_id}/apply"
"""Whatever is ticked there means yes, and then everybody has left who would fill in the other forms."""
PARTS = {Role.LEARNER: "maya", Role.EDUCATOR: "teacher", Role.ADMINISTRATOR: "principal"}
SAYS_WHY = ("govuk-error-summary", 'class="tr-code"', "<code>corr_")
"""A form that comes back says what is wrong with it; a failure's page, of the pages or of the gateway, has a code."""
Sent = tuple[str, dict[str, str], dict[str, tuple[str, bytes]] | None]


class Markup(HTMLParser):
    """What of a page would run or stand there because somebody wrote it: nothing, on ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = (tag == "script" and "src" not in given) or any(name.startswith("on") for name in given)
        if runs or given.get("id") == MARK:
            self.found.append(self.get_starttag_text() or tag)


class Watchful(Visitor):
    """One who remembers where the mark stands on a page."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.marked: list[str] = []

    def glance(self, address: str) -> tuple[int, str, str]:
        seen = super().glance(address)
        if MARK in seen[2]:
            self.marked.append(address)
        return seen


@pytest.fixture(scope="module")
def villains(town: Town, played: lived.Lived, found: Found) -> Iterator[dict[str, Watchful]]:
    """The same people once more, since signing out is a form as well."""
    visitors = {part: Watchful(town.base_url) for part in lived.PARTS}
    for part in visitors:
        _be_signed_in(visitors, played, part)
    yield visitors
    for each in visitors.values():
        each.close()


@pytest.mark.parametrize("path", sorted(set(forms()) - {LAST}))
def test_a_form_answers_hostile_input_with_words(
    town: Town, villains: dict[str, Watchful], found: Found, played: lived.Lived, path: str
) -> None:
    part, form = found.forms[path]
    _be_signed_in(villains, played, part)
    # Another form may have ended what this one is about; who had its page open sends it all the same.
    _send_all(villains[part], as_it_is_now(villains[part], form) or made_up(town, villains[part], form))


@pytest.mark.parametrize("path", AFTER_AN_ACT)
def test_a_form_that_stands_nowhere_now_answers_hostile_input_with_words(
    town: Town, villains: dict[str, Watchful], found: Found, played: lived.Lived, path: str
) -> None:
    roles = next(page.roles for page in PAGES.pages if (page.path, page.method) == (path, "POST"))
    part = next(part for role, part in PARTS.items() if roles is None or role in roles)
    _be_signed_in(villains, played, part)
    form = Filled("/", address_for(found, part, path), dict.fromkeys(AFTER_AN_ACT[path], ""))
    _send_all(villains[part], made_up(town, villains[part], form))


async def test_nothing_of_it_runs_or_becomes_markup_where_it_is_shown(
    town: Town, browser: Browser, villains: dict[str, Watchful], played: lived.Lived
) -> None:
    for part in villains:
        _be_signed_in(villains, played, part)
    assert crawl(villains, played.left.first).broken == []
    assert sum(len(villain.marked) for villain in villains.values()) > 10
    for villain in villains.values():
        seen = await look(browser, town.base_url, villain)
        for address in dict.fromkeys(villain.marked):
            page = await seen.at(address)
            assert await page.title() != MARK, address
            assert await page.locator(f"#{MARK}").count() == 0, address
        await seen.close()
        assert seen.faults == []


def test_the_form_by_which_everybody_leaves_answers_hostile_input_with_words(
    town: Town, villains: dict[str, Watchful], found: Found, played: lived.Lived
) -> None:
    part, form = found.forms[LAST]
    _be_signed_in(villains, played, part)
    _send_all(villains[part], as_it_is_now(villains[part], form) or made_up(town, villains[part], form))


def _be_signed_in(villains: dict[str, Watchful], played: lived.Lived, part: str) -> None:
    if villains[part].get("/about-me").status_code != 200:
        assert villains[part].sign_in(lived.SLUG, played.person(part).person_id).status_code == 303


def _send_all(visitor: Watchful, form: Filled) -> None:
    """Everything that is hostile, one after the other, as long as the form is there."""
    turn: Filled | None = form
    for name, fields, files in _hostile(form):
        if turn is None:  # an act that was done
            return
        answer = send(visitor, turn, fields, files)
        _holds(visitor, answer, f"{form.action} with {name}")
        if name == "ten megabytes" and not form.files:  # a roster may be as large
            assert answer.status_code == 413
        if name == "script" and "govuk-error-summary" in answer.text and form.written:
            assert escape(SCRIPT, quote=False) in answer.text.replace("&#34;", '"').replace("&#39;", "'"), "kept"
        turn = next_one(visitor, turn, answer)


def _hostile(form: Filled) -> Iterator[Sent]:
    first = next(iter(sorted(form.typed)), "more")
    yield "ten megabytes", {**form.fields, first: TEN_MEGABYTES}, None
    for name, text in HOSTILE.items():
        everywhere = dict.fromkeys([*form.fields, *form.typed], text)
        yield name, everywhere, dict.fromkeys(form.files, ("roster.zip", FILES["no archive"])) or None
    for name, content in FILES.items() if form.files else [("a stray file", FILES["script"])]:
        yield name, dict(form.fields), {next(iter(form.files), "stray"): ("<script>.zip", content)}


def _holds(visitor: Watchful, answer: httpx.Response, what: str) -> None:
    text = answer.text
    assert answer.status_code < 500, what
    if answer.status_code == 303:
        location = answer.headers["location"].removeprefix(visitor.base_url)
        assert location.startswith("/"), what
        assert not location.startswith("//"), what
        text = visitor.glance(location)[2]
    elif answer.status_code != 204:
        assert answer.headers["content-type"].startswith("text/html"), f"{what}: {answer.status_code} {text[:200]}"
        assert "<h1" in text, what
    if answer.status_code >= 400:
        assert any(words in text for words in SAYS_WHY), f"{what}: nothing says what is wrong"
    assert Markup(text).found == [], what

"""Every page of the route table, in every state: a link leads to it, it answers, and it has no barrier in any look."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser

from deploy.local.town import Town
from services.web.visiting.cookies import LANGUAGE
from tests.browser import lived
from tests.browser.barriers import LANGUAGES, SCREENS, State, look_at_all
from tests.browser.crawling import Found, crawl, forms, pages
from tests.browser.filling_in import as_it_is_now, send, typed_with
from tests.browser.signing_in import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]
LOST = ("/no-such-page", "/office/words")
"""What a learner finds nothing at, and what is not open to her."""


@pytest.fixture(scope="module")
def newcomers(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Visitor]]:
    """People of a district that has a roster and nothing else: to them every page is empty."""
    day = lived.begin_only(town, tmp_path_factory.mktemp("new"))
    visitors = {f"new {part}": Visitor(town.base_url) for part in lived.PARTS if part in day.cast}
    for name, visitor in visitors.items():
        assert visitor.sign_in(day.slug, day[name.removeprefix("new ")].person_id).status_code == 303
    yield visitors
    for visitor in visitors.values():
        visitor.close()
    for somebody in day.cast.values():
        somebody.api.close()


@pytest.fixture(scope="module")
def everybody(inhabitants: dict[str, Visitor], newcomers: dict[str, Visitor]) -> dict[str, Visitor]:
    return {**inhabitants, **newcomers}


@pytest.fixture(scope="module")
def everything(found: Found, newcomers: dict[str, Visitor], played: lived.Lived) -> Found:
    """What was found, and what those find who have nothing yet."""
    whole = crawl(newcomers, (), found)
    link = "/" + played.sign_in_link().partition("://")[2].partition("/")[2]
    whole.states += [("maya", address) for address in (*LOST, link)]
    return whole


def test_a_link_leads_to_every_page_and_each_answers(everything: Found) -> None:
    assert everything.broken == []
    assert [path for path in pages() if path not in everything.addresses] == []


def test_every_form_stands_on_a_page(everything: Found) -> None:
    assert [path for path in forms() if path not in everything.forms] == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_page_has_a_barrier(
    town: Town, browser: Browser, everybody: dict[str, Visitor], everything: Found, language: str
) -> None:
    states = [State(part, address) for part, address in everything.states]
    faults = await look_at_all(browser, town.base_url, everybody, states, LANGUAGES[language], SCREENS[language])
    assert faults == []


@pytest.mark.parametrize("away", ["scheduler.api", "community.api", "profile.api"])
async def test_no_page_has_a_barrier_while_a_part_is_away(
    town: Town, browser: Browser, everybody: dict[str, Visitor], everything: Found, away: str
) -> None:
    town.stop_service(away)
    try:
        states = list(_other_states(everybody, everything))
        assert states
        for language in ("en", "rtl"):
            code, screens = LANGUAGES[language], SCREENS[language]
            assert await look_at_all(browser, town.base_url, everybody, states, code, screens) == []
    finally:
        town.start_service(away)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_form_that_comes_back_has_a_barrier(
    town: Town, browser: Browser, everybody: dict[str, Visitor], everything: Found, language: str
) -> None:
    states = list(_refused(everybody, everything, LANGUAGES[language]))
    assert len(states) > len(forms()) / 3
    faults = await look_at_all(browser, town.base_url, everybody, states, LANGUAGES[language], SCREENS[language])
    assert faults == []


def _other_states(everybody: dict[str, Visitor], everything: Found) -> Iterator[State]:
    """Pages that look as they did not before, now that a part is away; one of those that are away as a whole."""
    for route, parts in everything.addresses.items():
        for part, addresses in parts.items():
            for address in addresses[:1]:
                status, _, text = everybody[part].glance(address)
                if everything.is_new(route if status == 200 else "away", address, text):
                    yield State(part, address)


def _refused(everybody: dict[str, Visitor], everything: Found, language: str) -> Iterator[State]:
    """Each form as it comes back, where nothing was filled in."""
    for part, form in everything.forms.values():
        fresh = as_it_is_now(everybody[part], form) if form.typed else None
        if fresh is None:
            continue
        everybody[part].kept[LANGUAGE] = language
        answer = send(everybody[part], fresh, typed_with(fresh, ""))
        del everybody[part].kept[LANGUAGE]
        if answer.status_code != 303:
            yield State(part, fresh.page, answer.text)

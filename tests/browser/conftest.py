"""A whole town with its pages, a district a file, a browser, and people of every role who are signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from cli.sample import write_sample
from deploy.local.town import Town, start_town
from tests.browser import chromium, lived
from tests.browser.barriers import in_every_look
from tests.browser.crawling import Found, crawl
from tests.browser.looking import Look, look
from tests.browser.signing_in import Visitor
from tests.e2e.district import District, open_for

GENEROUS = {
    "GATEWAY_ANONYMOUS_A_MINUTE": "1000000",
    "GATEWAY_PERSON_A_MINUTE": "1000000",
    "WEB_DEVELOPMENT": "1",
    # A browser and a town share the machine's cores: what is slow then is not away.
    **{f"{each}_DEADLINE_SECONDS": "25" for each in ("PROFILE", "SCHEDULER", "COMMUNITY", "GATEWAY", "WEB")},
}
PATIENCE_MS = 30_000.0
"""How long something may take to be on a page: as long as Playwright waits for what is pressed."""
Window = Callable[..., Awaitable[Look]]
Barriers = Callable[[str, Sequence[str]], Awaitable[list[str]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hostile forms come last: they use up what others need of the district that has lived its day."""
    items.sort(key=lambda item: item.path.name == "test_hostile_forms.py")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with start_town(tmp_path_factory.mktemp("town"), extra_env=GENEROUS) as running:
        yield running


@pytest.fixture(scope="session")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample district: one school, 60 learners."""
    path = tmp_path_factory.mktemp("roster") / "sample.zip"
    write_sample(path, schools=1, learners=60, seed=7)
    return path


@pytest.fixture(scope="module")
def district(town: Town, roster: Path, request: pytest.FixtureRequest) -> Iterator[District]:
    """A small district of each file's own in the one town, so that no file uses up the blocks or hosts of another;
    its time is drawn and its spaces are furnished, and tests add what they need through the API."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_").replace("_", "-")
    opened = open_for(town, roster, f"{name}-valley")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def played(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[lived.Lived]:
    """Another district of the town, which has lived the first school day and has something left to do."""
    day = lived.live(town, tmp_path_factory.mktemp("lived"))
    yield day
    for somebody in day.day.cast.values():
        somebody.api.close()


@pytest.fixture(scope="session")
def inhabitants(town: Town, played: lived.Lived) -> Iterator[dict[str, Visitor]]:
    """One visitor of every role of that district, by their part in its story."""
    visitors = {}
    for part in lived.PARTS:
        visitors[part] = Visitor(town.base_url)
        assert visitors[part].sign_in(lived.SLUG, played.person(part).person_id).status_code == 303
    yield visitors
    for each in visitors.values():
        each.close()


@pytest.fixture(scope="session")
def found(inhabitants: dict[str, Visitor], played: lived.Lived) -> Found:
    """Every page that a link leads to, from the first page of each of them."""
    return crawl(inhabitants, played.left.first)


@pytest.fixture(scope="module")
def signed_in(town: Town, district: District) -> Iterator[Callable[[str], Visitor]]:
    """A visitor signed in as this person; the same one for the same person."""
    known: dict[str, Visitor] = {}

    def visitor(person_id: str) -> Visitor:
        if person_id not in known:
            known[person_id] = Visitor(town.base_url)
            last = known[person_id].sign_in(district.day.slug, person_id)
            assert last.status_code == 303, last.text
        return known[person_id]

    yield visitor
    for each in known.values():
        each.close()


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture
async def barriers(town: Town, browser: Browser, signed_in: Callable[[str], Visitor]) -> Barriers:
    """What is wrong with these pages as this person of the file's district sees them, in every look."""

    async def found(person_id: str, addresses: Sequence[str]) -> list[str]:
        return await in_every_look(browser, town.base_url, signed_in(person_id), addresses)

    return found


@pytest_asyncio.fixture
async def window(town: Town, browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Window]:
    """Opens a window, signed in as a person of the file's district where one is named; each is closed after the test,
    and checked. Files that look at nobody of it open no district."""
    opened: list[Look] = []

    async def opens(person_id: str | None = None, **options: Any) -> Look:
        visitor = request.getfixturevalue("signed_in")(person_id) if person_id else None
        opened.append(await look(browser, town.base_url, visitor, **options))
        return opened[-1]

    yield opens
    for each in opened:
        await each.close()
        host = Path(town.base_url).name
        assert each.asked <= {host, ""}, "a page asked another host"
        assert each.faults == [], "a page's script or policy failed"

"""Every page of the route table: a link leads to it, it answers, and it has no barrier in any look."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from deploy.local.town import Town
from tests.browser.crawling import Found, forms, pages
from tests.browser.looking import Look, focus_unseen, look, overflows, small_targets, violations
from tests.browser.signing_in import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}},
    # 200 % zoom of a window of 1,280 by 900 shows what fits into half of it.
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    "es": {"locale": "es-US"},
    "rtl": {},
    "rtl on a phone": {"viewport": {"width": 320, "height": 640}},
}
_AT_ONCE = 3


def test_a_link_leads_to_every_page_and_each_answers(found: Found) -> None:
    assert found.broken == []
    assert [path for path in pages() if path not in found.addresses] == []


def test_every_form_stands_on_a_page(found: Found) -> None:
    assert [path for path in forms() if path not in found.forms] == []


@pytest.mark.parametrize("name", LOOKS)
async def test_no_page_has_a_barrier(
    town: Town, browser: Browser, inhabitants: dict[str, Visitor], found: Found, name: str
) -> None:
    faults: list[str] = []
    for part, visitor in inhabitants.items():
        addresses = [address for who, address in found.looked_at() if who == part]
        seen = await look(browser, town.base_url, visitor, **LOOKS[name])
        if name.startswith("rtl"):
            await (await seen.at("/parts")).get_by_role("button", name="Mirrored").click()
        faults += await _look_at_all(seen, addresses)
        await seen.close()
        assert seen.asked <= {town.base_url.partition("//")[2], ""}, "a page asked another host"
        assert seen.faults == [], "a page's script or policy failed"
    assert faults == []


async def _look_at_all(seen: Look, addresses: list[str]) -> list[str]:
    """A few windows side by side, each taking the next address."""
    waiting, faults = list(addresses), list[str]()

    async def take(page: Page) -> None:
        while waiting:
            address = waiting.pop()
            await page.goto(seen.base_url + address)
            faults.extend(f"{address}: {fault}" for fault in await _faults_of(page))

    await asyncio.gather(*[take(await seen.window()) for _ in range(_AT_ONCE)])
    return faults


async def _faults_of(page: Page) -> list[str]:
    found = await violations(page) + [f"small: {each}" for each in await small_targets(page)]
    found += [f"focus unseen: {each}" for each in await focus_unseen(page)]
    return found + (["wider than its window"] if await overflows(page) else [])

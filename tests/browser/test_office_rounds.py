"""A ranked round in the office's browser: opened, previewed twice, compared, published and taken back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from cli.demo.day import TIME_ZONE
from tests.browser.conftest import Window
from tests.browser.looking import PHONE, overflows, small_targets, violations
from tests.browser.office_days import Office
from tests.browser.signing_in import Visitor
from tests.e2e.district import District
from tests.support.eventually import eventually

# The engine compiles itself when it runs for the first time after installing.
PATIENCE = 400.0
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def office(district: District, signed_in: Callable[[str], Visitor]) -> Office:
    return Office(district, signed_in)


def _on_one_day(office: Office) -> dict[str, Any]:
    """A block that nobody uses, with two offers to rank."""
    block = dict(office.district.block())
    office.district.occurrence(1, block, "Robotics")
    host = office.district.day["other teacher"].api
    made = host.post(f"/v1/schools/{office.district.school_id}/offers", {"title": "Clay"})
    host.post(f"/v1/offers/{made['offer_id']}/occurrences", {"block_ids": [block["block_id"]], "cap": 5})
    return block


def _rank(office: Office, round_id: str, block: dict[str, Any]) -> None:
    """Three students want the one seat first, and the other thing second."""
    day = {"from": block["day"], "to": block["day"]}
    listed = office.api("/occurrences", **day)["items"]
    here = {each["title"]: each["occurrence_id"] for each in listed if each["block_id"] == block["block_id"]}
    wanted = [{"occurrence_id": here[title]} for title in ("Robotics", "Clay")]
    for number in (30, 31, 32):
        who = office.district.learner(number)
        ranking = {"blocks": [{"block_id": block["block_id"], "ranked": wanted}]}
        who.api.put(f"/v1/people/{who.person_id}/rounds/{round_id}/ranking", ranking)


async def _looks_well(page: Page) -> None:
    assert await violations(page) + await small_targets(page) == [], page.url
    assert not await overflows(page), page.url


async def _finished(page: Page, address: str, words: str, count: int = 1) -> None:
    async def there() -> bool:
        await page.goto(address)
        return await page.get_by_text(words, exact=True).count() == count

    await eventually(there, seconds=PATIENCE)


async def test_a_round_is_opened_previewed_compared_published_and_taken_back(window: Window, office: Office) -> None:
    block = _on_one_day(office)
    closes = datetime.fromisoformat(block["locks_at"]).astimezone(ZoneInfo(TIME_ZONE)) - timedelta(minutes=5)
    seen = await window(office.principal, viewport=PHONE)
    page = await seen.at(f"{office.path}/rounds")
    await _looks_well(page)
    await page.get_by_role("button", name="Open a round").click()
    await _looks_well(page)
    for label, value in (
        ("Name", "Winter choices"),
        ("First day of its blocks", block["day"]),
        ("Last day of its blocks", block["day"]),
        ("Ranking closes on", closes.date().isoformat()),
        ("Ranking closes at", closes.strftime("%H:%M")),
    ):
        await page.get_by_label(label).fill(value)
    await page.get_by_role("button", name="Open it").click()
    await page.wait_for_url(re.compile(r"/rounds/round_"))
    address = page.url
    await _looks_well(page)
    _rank(office, address.rpartition("/")[2], block)
    await page.get_by_role("button", name="Close the ranking now").click()
    await _looks_well(page)
    await page.get_by_role("button", name="Yes, close it").click()
    for number in (1, 2):
        await page.get_by_role("button", name="Work out a preview").click()
        await _finished(page, address, "Worked out", number)
    await _looks_well(page)
    await page.get_by_role("link", name=re.compile("Compare with the first")).click()
    await expect(page.get_by_text("Both give everybody the same.")).to_be_visible()
    await _looks_well(page)
    await page.goto(address)
    await page.locator(".tr-card h3 a").first.click()
    await expect(page.get_by_text("Robotics (choice 1)")).to_have_count(1)
    await expect(page.get_by_text("Clay (choice 2)")).to_have_count(2)
    await _looks_well(page)
    await page.goto(address)
    await page.get_by_role("link", name=re.compile("Publish this one")).first.click()
    await _looks_well(page)
    await page.get_by_role("button", name="Yes, publish it").click()
    await _finished(page, address, "3 places were given.")
    await _looks_well(page)
    await page.get_by_role("button", name="Take the result back").click()
    await page.get_by_role("button", name="Yes, take it back").click()
    await _finished(page, address, "Open")


def test_a_round_whose_ranking_closes_too_late_says_so_beside_the_field(office: Office) -> None:
    rounds, block = f"{office.path}/rounds", office.district.block()
    office.district.occurrence(3, block, "Weaving")
    late = {"closes_on": block["day"], "closes_clock": "23:50", "from": block["day"], "to": block["day"]}
    page = office.visitor.get(f"{rounds}/new")
    refused = office.visitor.fill_in(page, f"{rounds}/new", title="Late", **late)
    assert refused.status_code == 422
    assert 'href="#closes_on"' in refused.text
    odd = office.visitor.fill_in(page, f"{rounds}/new", title="Odd", **{**late, "closes_clock": "never"})
    assert "Write a day and a time of day." in odd.text
    assert 'value="Odd"' in odd.text

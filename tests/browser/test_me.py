"""Me, in a browser: what a student says of themselves, who sees it, its history, and all that is kept of them."""

import json
import re

import pytest

from tests.browser.conftest import Barriers, Window
from tests.e2e.district import District

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lee(district: District) -> str:
    """A student with an entry of each kind."""
    learner = district.learner(7)
    people = f"/v1/people/{learner.person_id}"
    learner.api.put(f"{people}/interests", {"tags": ["robotics", "music"], "own_words": "Old radios"})
    learner.api.put(f"{people}/ways-of-learning", {"ways": ["alone"]})
    learner.api.post(f"{people}/strengths", {"text": "I explain things well."})
    learner.api.post(f"{people}/needs", {"text": "A quiet seat.", "visible_to": [district.teacher.person_id]})
    return learner.person_id


@pytest.mark.quick
async def test_a_student_says_what_they_are_and_chooses_who_sees_it(window: Window, district: District) -> None:
    page = await (await window(district.learner(8).person_id)).at("/me")
    await page.get_by_role("link", name="Say it").first.click()
    await page.get_by_label("Chess").check()
    await page.get_by_label("In your own words").fill("Old maps")
    await page.get_by_role("button", name="Keep it so").click()
    await page.get_by_text("Old maps").wait_for()
    await page.get_by_role("button", name="Add a need").click()
    await page.get_by_label("What do you need?").fill("More time to read")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_text("Only you see it so far").wait_for()
    await page.get_by_label("My family").check()
    await page.get_by_role("button", name="Keep it so").click()
    need = page.locator(".tr-card", has_text="More time to read")
    assert "me, My family" in await need.inner_text()
    await page.get_by_role("button", name="As before").click()
    assert "only me" in await need.inner_text()
    await need.get_by_role("link", name="Take it out").click()
    await page.get_by_role("button", name="Yes, take it out").click()
    await page.get_by_text("Taken out.").wait_for()
    await page.get_by_role("link", name="How this changed, and who changed it").click()
    assert await page.locator(".tr-card").count() == 5, "interests, the need, who sees it twice, and taken out"


async def test_interests_said_anew_are_still_seen_by_whom_they_were(window: Window, lee: str) -> None:
    page = await (await window(lee, java_script_enabled=False)).at("/me")
    card = page.locator(".tr-card", has_text="Old radios")
    await card.get_by_role("link", name="Choose who sees it").click()
    await page.get_by_label("All staff of my school").uncheck()
    await page.get_by_label("My family").uncheck()
    await page.get_by_role("button", name="Keep it so").click()
    await page.get_by_role("link", name=re.compile("Change.*What I am drawn to")).click()
    assert await page.get_by_label("Robotics").is_checked()
    await page.get_by_label("Baking").check()
    await page.get_by_role("button", name="Keep it so").click()
    said = await card.inner_text()
    assert "Baking" in said
    assert "me, My advisor, My teachers" in said
    assert "family" not in said


async def test_an_adult_by_name_is_kept_when_others_are_chosen(window: Window, lee: str, district: District) -> None:
    page = await (await window(lee)).at("/me")
    need = page.locator(".tr-card", has_text="A quiet seat.")
    assert "1 adult by name" in await need.inner_text()
    await need.get_by_role("link", name="Choose who sees it").click()
    assert await page.get_by_role("group", name="Adults by name").get_by_role("checkbox").first.is_checked()
    await page.get_by_label("My advisor").check()
    await page.get_by_role("button", name="Keep it so").click()
    assert "My advisor, 1 adult by name" in await need.inner_text()


async def test_me_and_my_record_have_no_barrier(window: Window, barriers: Barriers, lee: str) -> None:
    page = await (await window(lee)).at("/me")
    who = str(await page.locator("a[href^='/me/who/']").first.get_attribute("href"))
    out = str(await page.locator("a[href$='/remove']").first.get_attribute("href"))
    pages = ["/me", "/me/history", "/me/change/interests", "/me/change/ways-of-learning", "/me/new/needs", who, out]
    assert await barriers(lee, [*pages, "/about-me"]) == []


async def test_what_is_known_is_shown_part_by_part_and_can_be_kept(window: Window, lee: str) -> None:
    page = await (await window(lee)).at("/me")
    await page.get_by_role("link", name="What we know about you").last.click()
    entry = page.locator(".govuk-summary-list__row", has_text="Interests, strengths, needs")
    assert "4 entries" in await entry.inner_text()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download all of it").click()
    path = await (await coming.value).path()
    record = json.loads(path.read_text())
    assert record["person_id"] == lee
    assert "Old radios" in json.dumps(record["parts"]["profile"])


async def test_an_address_of_no_kind_or_of_anothers_entry_leads_nowhere(window: Window, lee: str) -> None:
    seen = await window(lee, java_script_enabled=False)
    for path in ("/me/change/needs", "/me/new/interests", "/me/who/need_00000000000000000000000000000000"):
        answer = await seen.page.request.get(seen.base_url + path)
        assert answer.status in (303, 404) or "There is nothing here" in await answer.text()

"""Today, in a browser: a student signs in, sees what is now and next, and every state of the page is accessible."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Window
from tests.browser.looking import PHONE, overflows, small_targets, violations
from tests.browser.signing_in import SESSION, Visitor
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = [pytest.mark.browser, pytest.mark.quick]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE},
    # 200 % zoom of a window of 1,280 by 900 shows what fits into half of it.
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    "es": {"locale": "es-US"},
    "without script": {"java_script_enabled": False},
}


@pytest.fixture(scope="module")
def maya(district: District) -> str:
    """A student with a place in the next block."""
    learner = district.learner(0)
    occurrence = district.occurrence(5, district.block(), "Robotics club")
    learner.api.post(f"/v1/occurrences/{occurrence}/placements", {"student_id": learner.person_id})
    return learner.person_id


async def test_a_student_signs_in_through_the_district_and_comes_back_to_the_page_asked_for(
    window: Window, district: District
) -> None:
    seen = await window()
    page = await seen.at("/today")
    assert page.url.endswith("/sign-in?back=%2Ftoday")
    await page.get_by_label("Your district").fill(district.day.slug)
    await page.get_by_role("button", name="Continue").click()
    await page.locator("h2:has-text('learner') + p button").click()
    await page.wait_for_url("**/today")
    assert await page.get_by_role("heading", level=1).inner_text() != ""
    kept = {each["name"]: each for each in await seen.context.cookies()}
    assert kept[SESSION]["httpOnly"]
    assert kept[SESSION]["secure"]
    assert "." not in kept[SESSION]["value"], "no token is in the cookie as it is"
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_text("You are signed out.").wait_for()
    assert (await seen.at("/today")).url.endswith("/sign-in?back=%2Ftoday")


async def test_today_shows_the_next_place_with_its_cause_in_the_schools_time(window: Window, maya: str) -> None:
    page = await (await window(maya)).at("/today")
    card = page.locator(".tr-card", has_text="Robotics club").first
    if await card.count():
        assert "You chose this" in await card.inner_text()
    assert await page.get_by_role("link", name="Today").get_attribute("aria-current") == "page"


@pytest.mark.parametrize("name", LOOKS)
async def test_today_has_no_barrier_however_it_is_looked_at(window: Window, maya: str, name: str) -> None:
    seen = await window(maya, **LOOKS[name])
    page = await seen.at("/today")
    assert page.url.endswith("/today")
    await page.locator("h1").wait_for()
    if name != "without script":
        assert await violations(page) == []
        assert await small_targets(page) == []
        assert not await overflows(page)


@pytest.mark.parametrize("name", [each for each in LOOKS if each != "without script"])
async def test_the_parts_have_no_barrier_in_any_state(window: Window, name: str) -> None:
    page = await (await window(**LOOKS[name])).at("/parts")
    assert await violations(page) == []
    assert await small_targets(page) == []
    assert not await overflows(page)


async def test_a_page_mirrors_itself_for_languages_written_from_right_to_left(window: Window, maya: str) -> None:
    page = await (await window(maya, viewport=PHONE)).at("/today")
    await page.get_by_role("button", name="Mirrored").click()
    assert await page.locator("html").get_attribute("dir") == "rtl"
    assert await violations(page) == []
    assert not await overflows(page)


async def test_a_guardians_page_and_what_we_know_about_you_have_no_barrier(window: Window, district: District) -> None:
    guardian = district.day["guardian"].person_id
    seen = await window(guardian)
    for path in ("/family", "/about-me"):
        page = await seen.at(path)
        assert await violations(page) == []
    await seen.at("/family")
    await seen.page.locator(".tr-card a").first.click()
    assert await violations(seen.page) == []


async def test_the_rest_of_today_stands_while_the_scheduler_is_away(
    window: Window, district: District, maya: str
) -> None:
    district.town.stop_service("scheduler.api")
    try:
        page = await (await window(maya)).at("/today")
        assert await page.get_by_text("This part is away just now").count() >= 1
        assert await page.get_by_role("heading", name="One next step").count() == 1
        assert await violations(page) == []
    finally:
        district.town.start_service("scheduler.api")

    async def is_back() -> bool:
        again = await (await window(maya)).at("/today")
        return await again.get_by_text("This part is away just now").count() == 0

    await eventually(is_back)


def test_many_requests_of_one_browser_at_once_do_not_end_its_session(
    signed_in: Callable[[str], Visitor], maya: str
) -> None:
    visitor = signed_in(maya)
    answers = [visitor.get("/today").status_code for _ in range(20)]
    assert set(answers) == {200}

"""A student's places in a browser: booked in three clicks, given back in two, waited for, changed; refusals help."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import Locator, Page

from tests.browser.conftest import Window
from tests.browser.looking import PHONE, overflows, small_targets, violations
from tests.browser.offering import again, book, offer_of, put_on
from tests.e2e.district import District

pytestmark = pytest.mark.browser
WAYS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": {"viewport": PHONE},
    "without script": {"java_script_enabled": False},
}


class Clicks:
    """Presses what it is told to, and counts."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, what: Locator) -> None:
        await what.click()
        self.count += 1


@pytest.fixture(scope="module")
def block(district: District) -> Mapping[str, Any]:
    return district.block()


@pytest.fixture(scope="module")
def robotics(district: District, block: Mapping[str, Any]) -> str:
    return put_on(district, block, "Robot arms", cap=20, tags=["robotics"])


@pytest.fixture(scope="module")
def pottery(district: District, block: Mapping[str, Any]) -> str:
    """Full from the beginning, and with seats in the next block."""
    occurrence = put_on(district, block, "Pottery wheel", cap=1, host=1)
    again(district, district.block(), offer_of(district, occurrence))
    book(district, 30, occurrence)
    return occurrence


def card(page: Page, title: str) -> Locator:
    return page.locator(".tr-card", has=page.get_by_role("link", name=title, exact=True))


async def has_no_barrier(page: Page) -> None:
    assert await violations(page) == []
    assert await small_targets(page) == []
    assert not await overflows(page)


@pytest.mark.quick
@pytest.mark.parametrize(("way", "number"), [(way, number) for number, way in enumerate(WAYS, start=10)])
async def test_from_today_a_booking_takes_three_clicks_at_most_and_giving_it_back_two(
    window: Window, district: District, robotics: str, way: str, number: int
) -> None:
    seen = await window(district.learner(number).person_id, **WAYS[way])
    page, booking, giving = await seen.at("/today"), Clicks(), Clicks()
    await booking(page.get_by_role("link", name="See what is open to me").first)
    title = (
        await page.locator(".tr-card", has=page.get_by_role("button", name="Book"))
        .first.get_by_role("link")
        .inner_text()
    )
    await booking(card(page, title).get_by_role("button", name="Book"))
    await page.get_by_text(f"You have a place: {title}").wait_for()
    assert booking.count <= 3
    await page.goto(f"{seen.base_url}/today")
    await giving(page.locator(".tr-card", has_text=title).get_by_role("link", name="Give it back"))
    await giving(page.get_by_role("button", name="Give it back"))
    await page.get_by_text(f"You gave your place back: {title}").wait_for()
    assert giving.count <= 2
    print(f"{way}: a booking {booking.count} clicks, giving it back {giving.count}")
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text(f"You have a place: {title}").wait_for()


async def test_a_place_is_booked_by_keyboard_alone(
    window: Window, district: District, block: Mapping[str, Any], robotics: str
) -> None:
    page = await (await window(district.learner(13).person_id)).at(f"/open?block={block['block_id']}")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if (
            "Robot arms" in await page.evaluate("document.activeElement.innerText")
            and await page.evaluate("document.activeElement.tagName") == "BUTTON"
        ):
            break
    await page.keyboard.press("Enter")
    await page.get_by_text("You have a place: Robot arms").wait_for()


async def test_a_student_waits_with_a_position_and_gets_the_seat_that_comes_free(
    window: Window, district: District, block: Mapping[str, Any]
) -> None:
    occurrence = put_on(district, district.block(), "Film club", cap=1)
    held = book(district, 31, occurrence)
    waiting = district.learner(14)
    page = await (await window(waiting.person_id)).at(f"/open/{occurrence}")
    await page.get_by_role("button", name="Wait for a seat").click()
    await page.get_by_text("You are number 1 in the line").wait_for()
    await has_no_barrier(page)
    await page.get_by_role("heading", name="Film club").wait_for()
    district.learner(31).api.post(f"/v1/placements/{held}/cancel", {"reason": "illness"})
    await page.goto(page.url)
    await card(page, "Film club").get_by_text("You have a place").wait_for()


@pytest.mark.quick
async def test_a_seat_lost_meanwhile_is_explained_with_what_works_instead(
    window: Window, district: District, block: Mapping[str, Any], robotics: str, pottery: str
) -> None:
    last = put_on(district, district.block(), "Silk printing", cap=1)
    asked = district.learner(15)
    seen = await window(asked.person_id)
    page = await seen.at(f"/open/{last}")
    book(district, 32, last)
    await page.get_by_role("button", name="Book").click()
    summary = page.locator(".govuk-error-summary")
    assert "Every seat is taken" in await summary.inner_text()
    assert await card(page, "Silk printing").get_by_role("button", name="Wait for a seat").count() == 1
    await has_no_barrier(page)
    await summary.get_by_role("link").first.click()
    assert page.url.endswith(f"#{last}")
    assert ["409 (Conflict)" in fault for fault in seen.faults] == [True]
    seen.faults.clear()


async def test_what_is_full_says_when_the_same_is_open_and_a_student_elsewhere_changes_in_one_step(
    window: Window, district: District, block: Mapping[str, Any], robotics: str, pottery: str
) -> None:
    student = district.learner(16)
    seen = await window(student.person_id)
    page = await seen.at(f"/open?block={block['block_id']}")
    full = card(page, "Pottery wheel")
    assert "Open to you at another time" in await full.inner_text()
    await page.get_by_role("button", name="Work here").first.click()
    await page.get_by_text("You have a place: Quiet room").wait_for()
    page = await seen.at(f"/open?block={block['block_id']}")
    assert "You have Quiet room at that time" in await card(page, "Robot arms").inner_text()
    await has_no_barrier(page)
    await card(page, "Robot arms").get_by_role("button", name="Change to this").click()
    await page.get_by_text("You have a place: Robot arms").wait_for()
    week = student.api.get(f"/v1/people/{student.person_id}/week", of=block["day"])
    assert [place["title"] for place in week["places"]] == ["Robot arms"]


async def test_the_list_is_narrowed_by_interest_adult_space_and_goal(
    window: Window, district: District, block: Mapping[str, Any], robotics: str, pottery: str
) -> None:
    page = await (await window(district.learner(17).person_id)).at(f"/open?block={block['block_id']}")
    await page.get_by_text("Another time, or only some things").click()
    await page.get_by_label("About").select_option("robotics")
    await page.get_by_role("button", name="Show", exact=True).click()
    assert await card(page, "Robot arms").count() == 1
    assert await card(page, "Pottery wheel").count() == 0
    await has_no_barrier(page)
    await page.get_by_role("link", name="Show everything").click()
    assert await card(page, "Pottery wheel").count() == 1
    nothing = await page.goto(f"{page.url.partition('?')[0]}?block={block['block_id']}&tag=nothing-of-that-kind")
    assert nothing is not None
    assert nothing.status == 200
    assert await page.get_by_text("Nothing fits all of that").count() == 1
    await has_no_barrier(page)

"""Offers, in a browser: published, repeated, changed for one date, cancelled with a reason and brought back."""

from typing import Any

import pytest

from tests.browser.conftest import Barriers, Window
from tests.browser.looking import PHONE, violations
from tests.browser.teaching import Lesson, lesson
from tests.browser.test_teacher_rolls import forgive
from tests.e2e.district import District

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def coming(district: District) -> Lesson:
    """A date that students have places on."""
    return lesson(district, "Pottery", 3, locked=False)


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "java_script_enabled": False}], ids=["script", "none"])
async def test_an_offer_is_published_and_repeated_over_all_blocks_of_a_weekday(
    window: Window, district: District, options: dict[str, Any]
) -> None:
    title = f"Clay {len(options)}"
    page = await (await window(district.teacher.person_id, **options)).at("/offers")
    await page.get_by_role("button", name="Offer something new").click()
    await page.get_by_label("What is it called?").fill(title)
    await page.get_by_label("How many seats?").fill("8")
    await page.get_by_role("button", name="Publish it").click()
    await page.get_by_text("Published. Now choose when it takes place.").wait_for()
    # Each run of this test has a weekday of its own, and of that the last two blocks, where nobody hosts anything yet.
    weekday = str(1 + len(options))
    await page.get_by_label("Weekday").select_option(weekday)
    await page.get_by_role("button", name="Show these").click()
    boxes = page.get_by_role("checkbox")
    assert await boxes.count() == await page.get_by_role("checkbox", checked=True).count() > 0
    for _ in range(await boxes.count() - 2):
        await page.get_by_role("checkbox", checked=True).first.uncheck()
    await page.get_by_role("button", name="Open these dates to students").click()
    await page.get_by_text("dates are open to students.").wait_for()
    hosted = await page.locator(".tr-dates__one").count()
    assert hosted == 2


async def test_blocks_stay_ticked_when_the_api_refuses_them(window: Window, district: District) -> None:
    offer = district.teacher.api.post(f"/v1/schools/{district.school_id}/offers", {"title": "Drums"})
    seen = await window(district.teacher.person_id)
    page = await seen.at(f"/offers/{offer['offer_id']}/dates")
    await page.get_by_role("checkbox").first.check()
    await page.get_by_label("Seats, if other than usual").fill("many")
    await page.get_by_role("button", name="Open these dates to students").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    assert await page.get_by_role("checkbox").first.is_checked()
    assert await violations(page) == []
    forgive(seen, "422")


async def test_a_date_is_changed_and_that_is_undone(window: Window, district: District, coming: Lesson) -> None:
    page = await (await window(district.teacher.person_id)).at(f"/offers/dates/{coming.occurrence_id}")
    assert await page.locator(".tr-dates__one").count() == 3
    assert await page.get_by_text("Assigned").count() == 3
    await page.get_by_role("button", name="Change this date").click()
    await page.get_by_label("What is it called this time?").fill("Glazing")
    await page.get_by_role("button", name="Change this date").click()
    await page.get_by_role("heading", name="Glazing", level=1).wait_for()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("heading", name="Pottery", level=1).wait_for()


async def test_fewer_seats_than_are_taken_is_said_at_the_field(
    window: Window, district: District, coming: Lesson
) -> None:
    seen = await window(district.teacher.person_id)
    page = await seen.at(f"/offers/dates/{coming.occurrence_id}/change")
    await page.get_by_label("How many seats?").fill("1")
    await page.get_by_role("button", name="Change this date").click()
    await page.locator("#cap-error").wait_for()
    assert await page.get_by_label("How many seats?").input_value() == "1"
    assert await violations(page) == []
    forgive(seen, "409")


async def test_a_date_is_cancelled_with_a_reason_and_brought_back_with_everybody(
    window: Window, district: District
) -> None:
    given = lesson(district, "Canoeing", 2, locked=False)
    seen = await window(district.teacher.person_id, viewport=PHONE)
    page = await seen.at(f"/offers/dates/{given.occurrence_id}")
    await page.get_by_role("link", name="Cancel this date").click()
    await page.get_by_role("button", name="Yes, cancel it").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    await page.get_by_label("Why?").fill("The lake is frozen")
    await page.get_by_role("button", name="Yes, cancel it").click()
    await page.get_by_text("Cancelled. Everybody who had a place is told").wait_for()
    assert await page.get_by_text("The lake is frozen").count() == 1
    assert await violations(page) == []
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("2 students have their places back.").wait_for()
    forgive(seen, "422")


async def test_an_offer_is_changed_and_taken_out_and_each_is_undone(window: Window, district: District) -> None:
    offer = district.teacher.api.post(f"/v1/schools/{district.school_id}/offers", {"title": "Knots", "cap": 5})
    address = f"/v1/offers/{offer['offer_id']}"
    page = await (await window(district.teacher.person_id)).at(f"/offers/{offer['offer_id']}")
    await page.get_by_label("How many seats?").fill("")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Changed.").wait_for()
    assert district.teacher.api.get(address)["cap"] is None
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("Changed.").wait_for()
    assert district.teacher.api.get(address)["cap"] == 5
    await page.get_by_role("button", name="Offer this no more").click()
    await page.get_by_text("Not offered any more").wait_for()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("It is offered again.").wait_for()
    assert not district.teacher.api.get(address)["withdrawn"]


async def test_offers_have_no_barrier(barriers: Barriers, district: District, coming: Lesson) -> None:
    offer_id = district.teacher.api.get(f"/v1/occurrences/{coming.occurrence_id}")["offer_id"]
    date = f"/offers/dates/{coming.occurrence_id}"
    offer = f"/offers/{offer_id}"
    pages = ["/offers", "/offers/new", offer, f"{offer}/dates", date, f"{date}/change", f"{date}/cancel"]
    assert await barriers(district.teacher.person_id, pages) == []

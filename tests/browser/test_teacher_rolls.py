"""Rolls, in a browser: a class of 24 by keyboard, exceptions on a phone, and a roll that outlives a lost connection."""

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Barriers, Window
from tests.browser.looking import PHONE, Look, violations
from tests.browser.teaching import CLASS, Lesson, lesson, marks
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = pytest.mark.browser
MOST_PRESSES = 26
KEYS = {"present": "p", "absent": "a", "late": "l"}


@pytest.fixture(scope="module")
def shown(district: District) -> dict[str, Lesson]:
    """A roll in each state."""
    return {
        "open": lesson(district, "Robotics club", 6),
        "not open": lesson(district, "Choir", 2, locked=False),
        "nobody": lesson(district, "Chess", 0),
    }


async def test_a_roll_of_24_with_an_exception_each_takes_at_most_26_key_presses(
    window: Window, district: District
) -> None:
    given = lesson(district, "Painting")
    page = await (await window(district.teacher.person_id)).at(f"/rolls/{given.occurrence_id}#roll")
    wanted = [("present", "absent", "late")[number % 3] for number in range(CLASS)]
    presses = ["Tab", *(KEYS[each] for each in wanted), "Enter"]
    for key in presses:
        await page.keyboard.press(key)
    await page.get_by_text("The roll of Painting is sent: 8 present, 8 absent, 8 late.").wait_for()
    assert sorted(marks(district, given).values()) == sorted(wanted)
    assert len(presses) <= MOST_PRESSES
    print(f"a roll of {CLASS} with {CLASS} marks said one by one: {len(presses)} key presses")


async def test_everyone_present_is_two_key_presses(window: Window, district: District) -> None:
    given = lesson(district, "Poetry", 5)
    page = await (await window(district.teacher.person_id)).at(f"/rolls/{given.occurrence_id}#roll")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_text("5 present, 0 absent, 0 late").wait_for()
    assert set(marks(district, given).values()) == {"present"}


async def test_without_a_script_one_arrow_is_one_exception(window: Window, district: District) -> None:
    given = lesson(district, "Cooking", 6)
    seen = await window(district.teacher.person_id, java_script_enabled=False)
    page = await seen.at(f"/rolls/{given.occurrence_id}#roll")
    for key in ("Tab", "Tab", "ArrowRight", "Tab", "ArrowLeft", "Enter"):
        await page.keyboard.press(key)
    await page.get_by_text("4 present, 1 absent, 1 late").wait_for()
    assert sorted(marks(district, given).values()) == ["absent", "late", *["present"] * 4]


async def test_a_roll_kept_through_a_lost_connection_is_sent_by_itself_and_holds_no_name(
    window: Window, district: District
) -> None:
    given = lesson(district, "Gardening", 4)
    seen = await window(district.teacher.person_id, viewport=PHONE)
    page = await seen.at(f"/rolls/{given.occurrence_id}")
    name = await page.locator("legend").first.inner_text()
    await page.locator("fieldset").first.get_by_text("Absent").click()
    await seen.context.set_offline(True)
    await page.get_by_role("button", name="Send the roll").click()
    await page.get_by_text("The roll is kept on this device").wait_for()
    kept = await page.evaluate("() => JSON.stringify(localStorage)")
    assert "absent" in kept
    assert name not in kept
    assert set(marks(district, given).values()) == {None}
    await seen.context.set_offline(False)
    await page.get_by_text("3 present, 1 absent, 0 late").wait_for()
    assert sorted(marks(district, given).values()) == ["absent", "present", "present", "present"]
    assert await kept_rolls(page) == 0
    forgive(seen, "ERR_INTERNET_DISCONNECTED")


async def test_a_roll_kept_on_a_page_that_was_closed_is_sent_from_the_first_page(
    window: Window, district: District
) -> None:
    given = lesson(district, "Drama", 3)
    seen = await window(district.teacher.person_id)
    page = await seen.at(f"/rolls/{given.occurrence_id}")
    await page.locator("fieldset").last.get_by_text("Late").click()
    await seen.context.set_offline(True)
    await page.get_by_role("button", name="Send the roll").click()
    await page.get_by_text("The roll is kept on this device").wait_for()
    await page.close()
    await seen.context.set_offline(False)
    again = await seen.context.new_page()
    await again.goto(f"{seen.base_url}/rolls")

    async def is_sent() -> bool:
        return sorted(str(each) for each in marks(district, given).values()) == ["late", "present", "present"]

    await eventually(is_sent)
    await again.get_by_text("2 present, 0 absent, 1 late").wait_for()
    assert await kept_rolls(again) == 0
    forgive(seen, "ERR_INTERNET_DISCONNECTED")


async def test_marks_that_were_not_sent_are_there_again_after_a_reload(window: Window, district: District) -> None:
    given = lesson(district, "Juggling", 3)
    page = await (await window(district.teacher.person_id)).at(f"/rolls/{given.occurrence_id}")
    await page.locator("fieldset").first.get_by_text("Absent").click()
    await page.reload()
    await page.get_by_text("Your marks from before are here again.").wait_for()
    assert await page.locator("fieldset").first.get_by_label("Absent").is_checked()
    assert set(marks(district, given).values()) == {None}


async def test_a_roll_that_somebody_changed_meanwhile_comes_back_with_the_marks_kept(
    window: Window, district: District
) -> None:
    given = lesson(district, "Weaving", 2)
    seen = await window(district.teacher.person_id)
    page = await seen.at(f"/rolls/{given.occurrence_id}")
    await page.locator("fieldset").first.get_by_text("Late").click()
    lines = district.teacher.api.get(given.roll)["lines"]
    entries = [{"placement_id": each["placement_id"], "attendance": "absent"} for each in lines]
    district.teacher.api.call("PUT", given.roll, {"entries": entries})
    await page.get_by_role("button", name="Send the roll").click()
    await page.get_by_text("Somebody changed this roll").first.wait_for()
    assert set(marks(district, given).values()) == {"absent"}
    assert await page.locator("fieldset").first.get_by_label("Late").is_checked()
    assert await violations(page) == []
    await page.get_by_role("button", name="Send the roll").click()
    await page.get_by_text("1 present, 0 absent, 1 late").wait_for()
    forgive(seen, "409")


async def test_a_correction_is_undone_with_one_press(window: Window, district: District) -> None:
    given = lesson(district, "Origami", 2)
    page = await (await window(district.teacher.person_id)).at(f"/rolls/{given.occurrence_id}")
    await page.get_by_role("button", name="Send the roll").click()
    await page.get_by_text("2 present, 0 absent, 0 late").wait_for()
    await page.goto(page.url.replace("/rolls", f"/rolls/{given.occurrence_id}"))
    await page.locator("fieldset").first.get_by_text("Absent").click()
    await page.get_by_role("button", name="Send the roll").click()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("1 present, 0 absent, 0 late").wait_for()
    assert set(marks(district, given).values()) == {"present"}


async def test_rolls_have_no_barrier_in_any_state(
    barriers: Barriers, district: District, shown: dict[str, Lesson]
) -> None:
    day = shown["open"].block["day"]
    pages = ["/rolls", f"/rolls/on/{day}", "/rolls/on/2020-01-01"]
    pages += [f"/rolls/{each.occurrence_id}" for each in shown.values()]
    assert await barriers(district.teacher.person_id, pages) == []


async def test_a_printed_roll_is_a_table_of_names_with_room_for_a_mark(
    window: Window, district: District, shown: dict[str, Lesson]
) -> None:
    page = await (await window(district.teacher.person_id)).at(f"/rolls/{shown['open'].occurrence_id}")
    await page.emulate_media(media="print")
    assert await page.locator("table tbody tr").count() == 6
    assert await page.locator("table").is_visible()
    assert not await page.locator("form[data-roll]").is_visible()


async def test_nobody_but_the_host_sees_a_roll(window: Window, district: District, shown: dict[str, Lesson]) -> None:
    learner = district.learners[0]["person_id"]
    seen = await window(learner)
    page = await seen.at(f"/rolls/{shown['open'].occurrence_id}")
    await page.get_by_role("heading", name="This is not open to you").wait_for()
    forgive(seen, "403")


async def kept_rolls(page: Page) -> int:
    """How many rolls are kept on this device."""
    count: int = await page.evaluate("() => Object.keys(localStorage).length")
    return count


def forgive(seen: Look, expected: str) -> None:
    """A browser tells of every request that failed; these were meant to."""
    seen.faults[:] = [fault for fault in seen.faults if expected not in fault]

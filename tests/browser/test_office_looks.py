"""The school office's pages: what they ask for, what they say while a part is away, and how they print."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Window
from tests.browser.looking import PHONE, violations
from tests.browser.office_days import Office
from tests.browser.signing_in import Visitor
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(district: District, signed_in: Callable[[str], Visitor]) -> Office:
    return Office(district, signed_in)


def test_a_pages_calls_do_not_grow_with_its_rows(office: Office) -> None:
    people = office.visitor.get(f"{office.path}/people")
    asked = [part.partition(";")[0].strip() for part in people.headers["server-timing"].split(",")]
    assert set(asked) <= {"session", "school", "calendar", "page", "names", "render", "total"}
    assert people.text.count("<tr") == 51


async def test_the_rest_of_a_schools_overview_stands_while_the_scheduler_is_away(
    window: Window, office: Office, district: District
) -> None:
    district.town.stop_service("scheduler.api")
    try:
        page = await (await window(office.principal)).at(office.path)
        assert await page.get_by_text("This part is away just now").count() == 1
        assert await page.get_by_role("heading", name="What waits for you").count() == 1
        assert await violations(page) == []
        time = await (await window(office.principal)).at(f"{office.path}/time")
        assert await time.get_by_text("This part is away just now").count() == 3
    finally:
        district.town.start_service("scheduler.api")

    async def is_back() -> bool:
        again = await (await window(office.principal)).at(office.path)
        return await again.get_by_text("This part is away just now").count() == 0

    await eventually(is_back)


async def test_the_week_by_space_is_printed_as_a_table(window: Window, office: Office) -> None:
    used = office.district.block()
    office.district.occurrence(5, used, "Pottery", description="Clay")
    seen = await window(office.principal, viewport=PHONE)
    page = await seen.at(f"{office.path}/spaces/week?from={used['day']}")
    assert not await page.locator("table.tr-week").is_visible()
    await page.emulate_media(media="print")
    assert await page.locator("table.tr-week").is_visible()

"""The school office's pages: no barrier on any of them in the hardest look, and what they say while a part is away."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Window
from tests.browser.looking import HARDEST, PHONE, overflows, small_targets, violations
from tests.browser.office_days import Office, hours_verified, propose_project
from tests.browser.signing_in import Visitor
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = pytest.mark.browser
PARTS = 3
"""In so many pieces all pages are looked at, so that each has its time on a busy machine."""


@pytest.fixture(scope="module")
def office(district: District, signed_in: Callable[[str], Visitor]) -> Office:
    return Office(district, signed_in)


@pytest.fixture(scope="module")
def places(office: Office) -> list[str]:
    """Every page of a school, with something on it where something can be."""
    at, day = office.path, office.district.day
    block, used = office.district.blocks[1]["block_id"], office.district.block()
    office.district.occurrence(5, used, "Pottery", description="Clay")
    pattern = f"{at}/time/patterns/{office.pattern('A and B')['pattern_id']}"
    project, hours = propose_project(office.district, "Bird houses"), hours_verified(office.district, 60)
    partner = day["principal"].api.get("/v1/partners", school_id=office.district.school_id)["items"][0]["partner_id"]
    blocks = [f"{at}/time/blocks/{block}{more}" for more in ("", "/cancel", "/lock")]
    bells = [f"{pattern}{more}" for more in ("", "/facts", "/days", "/new-bell", "/bells/0", "/bells/1/facts")]
    listed = [
        "",
        "/time",
        "/time/clock",
        "/time/periods/new",
        "/time/patterns/new",
        "/time/blocks",
        "/time/blocks/make",
    ]
    listed += ["/spaces", "/spaces/new", f"/spaces/{day.ids['maker space']}", f"/spaces/week?from={used['day']}"]
    listed += ["/equipment/new", "/no-place", f"/no-place/{block}", "/approvals", f"/approvals/projects/{project}"]
    listed += ["/approvals/hours", f"/approvals/hours/{hours}", "/partners", "/partners/new", f"/partners/{partner}"]
    return [*(at + more for more in [*listed, "/people", "/people?role=partner"]), *blocks, *bells]


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_page_of_a_school_has_a_barrier(window: Window, office: Office, places: list[str], part: int) -> None:
    seen = await window(office.principal, **HARDEST)
    found: dict[str, Any] = {}
    for place in places[part::PARTS]:
        page = await seen.at(place)
        faults = await violations(page) + await small_targets(page) + (["too wide"] if await overflows(page) else [])
        assert await page.locator("h1").count() == 1, place
        if faults:
            found[place] = faults
    assert found == {}


async def test_no_page_of_the_district_office_has_a_barrier(window: Window, office: Office) -> None:
    seen = await window(office.district_office, **HARDEST)
    roster = await (await seen.at("/office/roster")).locator(".tr-card a").first.get_attribute("href")
    for place in ("/office", "/office/roster", f"{roster}", "/office/words", "/office/words/levels"):
        page = await seen.at(place)
        assert await violations(page) + await small_targets(page) == [], place
        assert not await overflows(page), place


def test_a_pages_calls_do_not_grow_with_its_rows(office: Office, places: list[str]) -> None:
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


async def test_the_week_by_space_is_printed_as_a_table(window: Window, office: Office, places: list[str]) -> None:
    seen = await window(office.principal, viewport=PHONE)
    page = await seen.at(next(each for each in places if "/spaces/week" in each))
    assert not await page.locator("table.tr-week").is_visible()
    await page.emulate_media(media="print")
    assert await page.locator("table.tr-week").is_visible()

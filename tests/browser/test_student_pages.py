"""A student's pages however they are looked at: week, inbox, rounds and openings; away, empty, asked for nonsense."""

from typing import Any

import pytest

from tests.browser.conftest import Barriers, Window
from tests.browser.looking import PHONE, violations
from tests.browser.offering import book, put_on
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = pytest.mark.browser
NONSENSE = ("<script>alert(1)</script>", "x" * 3_000, "\x00\x07", "block_nobody", "..%2f..%2fetc")


@pytest.fixture(scope="module")
def pages(district: District) -> list[str]:
    """Addresses of a student who has a place, waits for another, was given a seat, and can rank."""
    first, second, ranked = district.block(), district.block(), district.block()
    mine, full = put_on(district, first, "Choir"), put_on(district, first, "Drama", cap=1, host=1)
    won = put_on(district, second, "Chess", cap=1)
    placement = book(district, 18, mine)
    book(district, 33, full)
    held = book(district, 33, won)
    me = district.learner(18)
    me.api.post(f"/v1/occurrences/{full}/waitlist", {"student_id": me.person_id, "instead_of": placement})
    me.api.post(f"/v1/occurrences/{won}/waitlist", {"student_id": me.person_id})
    district.learner(33).api.post(f"/v1/placements/{held}/cancel", {})
    put_on(district, ranked, "Film", cap=1)
    put_on(district, ranked, "Cooking", cap=1, host=1)
    made = district.day["principal"].api.post(
        f"/v1/schools/{district.school_id}/rounds",
        {"title": "Friday studio", "block_ids": [ranked["block_id"]], "closes_at": ranked["locks_at"]},
    )
    return [
        "/today",
        f"/open?block={first['block_id']}",
        f"/open?block={ranked['block_id']}",
        "/open?block=all",
        f"/open/{full}",
        f"/week?of={first['day']}",
        "/week?of=2030-01-01",
        f"/week/places/{placement}/give-back",
        "/inbox",
        "/inbox?show=unread",
        "/rounds",
        f"/rounds/{made['round_id']}",
    ]


async def test_no_page_of_a_student_has_a_barrier(barriers: Barriers, district: District, pages: list[str]) -> None:
    assert await barriers(district.learner(18).person_id, pages) == []


async def test_a_week_is_a_table_on_paper_without_what_only_a_screen_needs(
    window: Window, district: District, pages: list[str]
) -> None:
    page = await (await window(district.learner(18).person_id, viewport=PHONE)).at(pages[5])
    assert not await page.locator("table.tr-week").is_visible()
    await page.emulate_media(media="print")
    assert await page.locator("table.tr-week").is_visible()
    assert "Choir" in await page.locator("table.tr-week").inner_text()
    assert not await page.get_by_role("link", name="Choose").first.is_visible()
    assert not await page.get_by_role("button", name="Stop waiting").first.is_visible()


async def test_the_inbox_tells_what_came_leads_to_it_and_is_read_once(
    window: Window, district: District, pages: list[str]
) -> None:
    me = district.learner(18)

    async def told() -> bool:
        return bool(me.api.get("/v1/inbox")["items"])

    await eventually(told)
    page = await (await window(me.person_id)).at("/inbox")
    notice = page.locator(".tr-card", has_text="A seat came free").first
    await notice.get_by_role("link").click()
    assert "/week?of=" in page.url
    await page.get_by_text("You waited for this").first.wait_for()
    await page.goto(page.url.partition("/week")[0] + "/inbox?show=unread")
    await page.get_by_role("button", name="Mark all as read").click()
    await page.get_by_text("You have read everything.").wait_for()
    assert await violations(page) == []


async def test_choices_are_ranked_without_dragging_saved_and_refused_with_a_reason(
    window: Window, district: District, pages: list[str]
) -> None:
    seen = await window(district.learner(19).person_id, java_script_enabled=False)
    page = await seen.at(pages[-1])
    await page.get_by_label("Choice number 1").select_option(label="Cooking (With " + await host(page, "Cooking") + ")")
    await page.get_by_label("Give me a calm space").check()
    await page.get_by_role("button", name="Save my choices").click()
    await page.get_by_text("Your choices are saved").wait_for()
    assert "Cooking" in await page.get_by_label("Choice number 1").locator("option[selected]").inner_text()
    assert await page.get_by_label("Give me a calm space").is_checked()
    await page.get_by_label("Choice number 2").select_option(
        value=await page.get_by_label("Choice number 1").input_value()
    )
    await page.get_by_role("button", name="Save my choices").click()
    assert "ranked more than once" in await page.locator(".govuk-error-summary").inner_text()
    assert await page.get_by_label("Choice number 2").input_value() != "", "what was filled in is kept"
    seen.faults.clear()


async def host(page: Any, title: str) -> str:
    """Who hosts this, as the list to choose from says."""
    options = await page.get_by_label("Choice number 1").locator("option").all_inner_texts()
    said: str = next(text for text in options if text.startswith(title))
    return said.removeprefix(f"{title} (With ").removesuffix(")")


async def test_nonsense_in_an_address_never_breaks_a_page(signed_in: Any, district: District) -> None:
    visitor = signed_in(district.learner(18).person_id)
    for text in NONSENSE:
        for path in (
            "/open?block=",
            "/open?tag=",
            "/open?goal=",
            "/open?host=",
            "/open?cursor=",
            "/week?of=",
            "/inbox?cursor=",
        ):
            answer = visitor.http.build_request(
                "GET", path.partition("?")[0], params={path.partition("?")[2][:-1]: text}
            )
            got = visitor.get(answer.url.raw_path.decode())
            assert got.status_code < 500, (path, text)
            assert "<script>alert" not in got.text


async def test_the_inbox_and_today_stand_while_the_scheduler_is_away_and_the_week_says_so(
    window: Window, district: District, pages: list[str]
) -> None:
    seen = await window(district.learner(18).person_id)
    district.town.stop_service("scheduler.api")
    try:
        for path, status in (("/today", 200), ("/inbox", 200), ("/week", 503), ("/open", 503)):
            got = await seen.page.goto(seen.base_url + path)
            assert got is not None
            assert (path, got.status) == (path, status)
            assert await seen.page.get_by_text("away just now").count() > 0 or path == "/inbox"
            assert await violations(seen.page) == []
    finally:
        district.town.start_service("scheduler.api")
    seen.faults.clear()

    async def is_back() -> bool:
        got = await seen.page.goto(f"{seen.base_url}/week")
        return got is not None and got.status == 200

    await eventually(is_back)
    seen.faults.clear()

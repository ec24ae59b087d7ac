"""A partner in a browser: in by a link, and then three ways to settle hours; nothing else is open to them."""

import pytest

from deploy.local.town import Town
from tests.browser.conftest import Window
from tests.browser.lived import Lived
from tests.browser.looking import PHONE, overflows, violations
from tests.browser.signing_in import SESSION, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.quick, pytest.mark.timeout(600)]


def path_of(link: str) -> str:
    return "/" + link.partition("://")[2].partition("/")[2]


def test_opening_the_link_changes_nothing_and_its_button_works_once(town: Town, played: Lived) -> None:
    visitor, second = Visitor(town.base_url), Visitor(town.base_url)
    link = path_of(played.sign_in_link())
    for _ in range(3):
        assert visitor.get(link).status_code == 200
    assert SESSION not in visitor.kept
    answer = visitor.fill_in(visitor.get(link), "/sign-in/link")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.get("/").headers["location"] == "/partner"
    again = second.fill_in(second.get(link), "/sign-in/link")
    forged = second.fill_in(second.get(link), "/sign-in/link", token="x" * 200)
    empty = second.get("/sign-in/link")
    assert (again.status_code, forged.status_code, empty.status_code) == (400, 400, 200)
    for page in (again, forged):
        assert "This link does not sign you in" in page.text
    assert 'action="/sign-in/link"' not in empty.text
    assert SESSION not in second.kept
    for each in (visitor, second):
        each.close()


async def test_a_partner_confirms_changes_and_denies_and_sees_first_names_alone(window: Window, played: Lived) -> None:
    seen = await window(viewport=PHONE)
    page = await seen.at(path_of(played.sign_in_link()))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("heading", name="Hours to confirm").wait_for()
    waiting = await page.get_by_role("button", name="Confirm").count()
    maya = played.person("maya").known
    text = await page.locator("main").inner_text()
    assert maya["called"] or maya["given_name"] in text
    assert maya["family_name"] not in text
    await page.get_by_role("button", name="Confirm").first.click()
    await page.get_by_text("The hours are confirmed.").wait_for()
    assert await page.get_by_role("button", name="Confirm").count() == waiting - 1

    await page.get_by_role("link", name="Change or deny").first.click()
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text("There is a problem").wait_for()
    assert await violations(page) == []
    await page.get_by_label("Change the time").check()
    await page.get_by_label("How many minutes are right?").fill("30")
    await page.get_by_label("Why?").fill("We closed early.")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text("The hours are changed.").wait_for()

    await page.get_by_role("link", name="Change or deny").first.click()
    await page.get_by_label("Deny the hours").check()
    await page.get_by_label("Why?").fill("Nobody was here.")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text("The hours are denied.").wait_for()
    assert await page.get_by_role("button", name="Confirm").count() == waiting - 3
    assert not await overflows(page)


async def test_hours_that_are_settled_say_so(window: Window, played: Lived, inhabitants: dict[str, Visitor]) -> None:
    partner = inhabitants["partner"]
    addresses = [f"/partner/hours/{hours_id}" for hours_id in played.left.hours]
    waiting = {path: page for path in addresses if f'action="{path}"' in (page := partner.get(path)).text}
    hours, first = next(iter(waiting.items()))
    second = partner.get(hours)
    assert partner.fill_in(first, hours, outcome="deny", reason="No").status_code == 303
    late = partner.fill_in(second, hours, outcome="change", minutes="10", reason="Yes")
    assert late.status_code == 409
    assert "no longer change" in late.text
    assert "These hours are settled" in partner.get(hours).text


def test_a_partner_has_no_other_pages(inhabitants: dict[str, Visitor]) -> None:
    for path in ("/today", "/office", "/family"):
        assert inhabitants["partner"].get(path).status_code == 403


def test_whoever_was_signed_in_hears_that_it_ended(town: Town) -> None:
    visitor = Visitor(town.base_url)
    visitor.kept[SESSION] = "gone"
    answer = visitor.get("/partner")
    assert answer.headers["location"] == "/sign-in?back=%2Fpartner&ended=1"
    assert "Your sign-in has ended" in visitor.get(answer.headers["location"]).text
    visitor.close()

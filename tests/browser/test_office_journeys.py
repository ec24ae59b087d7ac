"""The school office, in a browser and without one: what it does there is so in the API afterwards."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from cli.sample import write_sample
from tests.browser.conftest import Window
from tests.browser.looking import violations
from tests.browser.office_days import Office, hours_verified, propose_project
from tests.browser.signing_in import FROM_HERE, Visitor, hidden_fields
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(district: District, signed_in: Callable[[str], Visitor]) -> Office:
    return Office(district, signed_in)


@pytest.mark.quick
def test_a_principal_begins_at_their_own_school_and_the_district_office_chooses(office: Office) -> None:
    assert office.visitor.get("/office").headers["location"] == office.path
    chosen = office.signed_in(office.district_office).get("/office").text
    assert office.path in chosen
    assert "/office/roster" in chosen


@pytest.mark.quick
def test_rosters_and_another_role_stay_closed_to_whoever_may_not(office: Office) -> None:
    assert office.visitor.get("/office/roster").status_code == 403
    assert office.signed_in(office.district.teacher.person_id).get(office.path).status_code == 403


def test_a_period_and_a_day_pattern_are_written_down_and_seen_in_the_calendar(office: Office) -> None:
    time = f"{office.path}/time"
    office.fill_in(f"{time}/periods/new", f"{time}/periods/new", name="Atelier", from_on="2031-03-03")
    period = next(each for each in office.api("/periods")["items"] if each["terms"][0]["name"] == "Atelier")
    asked = {"name": "Spring", "rotation": "cycle", "rotation_days": "Red\nBlue", "starts_on": "2031-03-03"}
    begun = office.fill_in(f"{time}/patterns/new", f"{time}/patterns/new", **asked, regular="Usual")
    own = f"{time}/patterns/{office.pattern('Spring')['pattern_id']}"
    assert "Add the first below" in begun.text
    entry = {"period_id": period["period_id"], "starts": "09:05", "ends": "09:50"}
    office.fill_in(f"{own}/bells/0", f"{own}/bells/0", **entry, on="Blue")
    office.fill_in(f"{own}/days", f"{own}/days", day="2031-03-05", kind="holiday")
    calendar = office.visitor.get(f"{own}?from=2031-03-03").text
    assert calendar.count("9:05") >= 2
    assert "Holiday" in calendar
    saved = office.pattern("Spring")
    assert saved["bells"][0]["entries"][0]["on"] == ["Blue"]
    assert saved["exceptions"][0]["holiday"]


def test_what_is_taken_out_of_a_pattern_can_be_put_back(office: Office) -> None:
    pattern = office.pattern("A and B")
    own = f"{office.path}/time/patterns/{pattern['pattern_id']}"
    taken = office.fill_in(f"{own}/bells/0", f"{own}/bells/0/take-out/1")
    assert len(office.pattern("A and B")["bells"][0]["entries"]) == 2
    assert "Put it back" in taken.text
    undo = re.search(r'<form method="post" action="[^"]+" class="tr-undo".*?</form>', taken.text, re.DOTALL)
    assert undo is not None
    put_back = office.visitor.post(f"{own}/bells/0", hidden_fields(undo[0], f"{own}/bells/0"))
    assert put_back.status_code == 303
    before = {(each["starts"], tuple(each["on"])) for each in pattern["bells"][0]["entries"]}
    assert {(each["starts"], tuple(each["on"])) for each in office.pattern("A and B")["bells"][0]["entries"]} == before


def test_two_who_change_one_pattern_do_not_overwrite_each_other(office: Office) -> None:
    own = f"{office.path}/time/patterns/{office.pattern('A and B')['pattern_id']}"
    stale = office.visitor.get(f"{own}/days")
    office.fill_in(f"{own}/days", f"{own}/days", day="2031-04-07", kind="holiday")
    refused = office.visitor.fill_in(stale, f"{own}/days", day="2031-04-08", kind="holiday")
    assert refused.status_code == 412
    assert "There is a problem" in refused.text
    assert "2031-04-08" in refused.text, "what was filled in stays"
    assert "2031-04-08" not in {each["day"] for each in office.pattern("A and B")["exceptions"]}


def test_blocks_are_made_moved_back_and_locked(office: Office) -> None:
    blocks = f"{office.path}/time/blocks"
    pattern, first = office.pattern("A and B")["pattern_id"], date.fromisoformat(office.district.blocks[-1]["day"])
    span = {"from": (first + timedelta(days=1)).isoformat(), "to": (first + timedelta(days=7)).isoformat()}
    made = office.fill_in(f"{blocks}/make", f"{blocks}/make", pattern_id=pattern, **span)
    assert "blocks are new" in made.text
    block = office.district.block()
    own = f"{blocks}/{block['block_id']}"
    moved = office.fill_in(own, own, starts="06:05", ends="06:40")
    assert "The block is moved." in moved.text
    assert "6:05" in moved.text
    undo = hidden_fields(moved.text, own)
    assert office.visitor.post(own, undo).status_code == 303
    locked = office.fill_in(f"{own}/lock", f"{own}/lock")
    assert "Lock it now" not in locked.text


def test_a_time_that_is_none_is_said_beside_its_field(office: Office) -> None:
    own = f"{office.path}/time/blocks/{office.district.blocks[0]['block_id']}"
    answer = office.visitor.fill_in(office.visitor.get(own), own, starts="soon", ends="10:40")
    assert 'href="#starts"' in answer.text
    assert 'value="soon"' in answer.text


def test_a_space_and_equipment_are_added_and_changed(office: Office) -> None:
    spaces, equipment = f"{office.path}/spaces", f"{office.path}/equipment"
    given = {"name": "Garden", "features": "calm, outdoors", "legal_limit": "20", "target": "15", "accessible": "2"}
    office.fill_in(f"{spaces}/new", f"{spaces}/new", **given, own_work="yes", own_work_seats="5")
    garden = next(each for each in office.api("/spaces")["items"] if each["name"] == "Garden")
    assert garden["features"] == ["calm", "outdoors"]
    assert garden["own_work"]
    own = f"{spaces}/{garden['space_id']}"
    refused = office.visitor.fill_in(office.visitor.get(own), own, **{**given, "target": "200"})
    assert refused.status_code == 422
    assert 'href="#target"' in refused.text
    office.fill_in(f"{equipment}/new", f"{equipment}/new", name="Blue cart", kind="laptop", count="12")
    assert "Blue cart" in office.visitor.get(spaces).text


async def test_three_students_get_a_place_in_few_presses_and_it_is_taken_back(office: Office, window: Window) -> None:
    block = office.district.block()
    occurrence = office.district.occurrence(2, block, "Choir")
    page = await (await window(office.principal)).at(f"{office.path}/no-place/{block['block_id']}")
    for number in range(3):
        await page.get_by_role("checkbox").nth(number).check()
    await page.get_by_role("radio", name="Choir").check()
    await page.get_by_role("button", name="Give them this place").click()
    await expect(page.get_by_text("There is a problem")).to_be_visible()
    await expect(page.get_by_text("2 students have a place now.")).to_be_visible()
    assert await violations(page) == []
    taken = office.district.teacher.api.get(f"/v1/occurrences/{occurrence}")
    assert taken["taken"] == 2
    quiet = page.get_by_role("radio", name="Own work: Quiet room")
    await page.get_by_role("checkbox").nth(3).check()
    await quiet.check()
    await page.get_by_role("button", name="Give them this place").click()
    await page.get_by_role("button", name="Take that back").click()
    await expect(page.get_by_text(re.compile(r"place.? (is|are) given back"))).to_be_visible()


def test_a_project_is_approved_in_one_press_and_another_sent_back_with_what_it_misses(office: Office) -> None:
    good, thin = propose_project(office.district, "Green yard"), propose_project(office.district, "Thin plan")
    approvals = f"{office.path}/approvals"
    approved = office.fill_in(approvals, f"{approvals}/projects/{good}/approve")
    assert "“Green yard” is approved." in approved.text
    own = f"{approvals}/projects/{thin}"
    empty = office.visitor.fill_in(office.visitor.get(own), f"{own}/send-back", comment="")
    assert empty.status_code == 422
    assert 'href="#comment"' in empty.text
    office.fill_in(own, f"{own}/send-back", comment="Say who brings the tools.")
    found = office.district.day["principal"].api.get(f"/v1/projects/{thin}")
    assert found["turns"][-1]["comment"] == "Say who brings the tools."


def test_hours_are_approved_together_and_one_is_refused_with_a_reason(office: Office) -> None:
    first, second = (hours_verified(office.district, ago) for ago in (30, 40))
    hours = f"{office.path}/approvals/hours"
    refused = office.visitor.fill_in(office.visitor.get(f"{hours}/{second}"), f"{hours}/{second}/refuse", reason="")
    assert 'href="#reason"' in refused.text
    office.fill_in(f"{hours}/{second}", f"{hours}/{second}/refuse", reason="That was in class.")
    approved = office.fill_in(hours, hours, hours=first)
    assert "1 entry is approved." in approved.text
    api = office.district.day["principal"].api
    assert api.get(f"/v1/hours/{first}")["state"] == "approved"
    assert api.get(f"/v1/hours/{second}")["approved_reason"] == "That was in class."


def test_a_partner_is_added_with_papers_and_a_link_that_is_shown_once(office: Office) -> None:
    partners = f"{office.path}/partners"
    contact = {"given_name": "Amal", "family_name": "Haddad", "email": "amal@orchard.example.org"}
    added = office.fill_in(f"{partners}/new", f"{partners}/new", name="Orchard", themes="Growing things", **contact)
    own = re.search(rf'action="({partners}/[^"/]+)/papers"', added.text)
    assert own is not None
    expires = (date.today() + timedelta(days=300)).isoformat()  # noqa: DTZ011 - far enough for any zone
    with_paper = office.fill_in(own[1], f"{own[1]}/papers", kind="insurance", expires_on=expires)
    seen = re.search(r'action="([^"]+/seen)"', with_paper.text)
    assert seen is not None
    assert "The paper is marked as seen." in office.fill_in(own[1], seen[1]).text
    link = re.search(r'action="([^"]+/link)"', office.visitor.get(own[1]).text)
    assert link is not None
    fields = hidden_fields(office.visitor.get(own[1]).text, link[1])
    shown = office.visitor.post(link[1], fields)
    assert shown.status_code == 200
    assert "/sign-in/link?token=" in shown.text
    assert "/sign-in/link?token=" not in office.visitor.post(link[1], fields).text, "sent twice, it is not shown twice"
    assert "/sign-in/link?token=" not in office.visitor.get(own[1]).text


def test_the_districts_words_are_changed_as_a_list(office: Office) -> None:
    visitor = office.signed_in(office.district_office)
    page = visitor.get("/office/words/skills")
    faulty = visitor.fill_in(page, "/office/words/skills", words="Courage\n= nothing")
    assert "Line 2" in faulty.text
    before = page.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert visitor.fill_in(page, "/office/words/skills", words=before + "\nCourage to ask").status_code == 303
    assert "Courage to ask" in visitor.get("/office/words").text
    assert office.visitor.fill_in(page, "/office/words/skills", words="Courage").status_code == 403


def test_what_the_district_calls_things_stands_on_everybodys_pages(office: Office) -> None:
    visitor, own = office.signed_in(office.district_office), "/office/words/names"
    page, stale = visitor.get(own), visitor.get(own)
    half = visitor.fill_in(page, own, **{"label.goal": "<b>quest</b>"})
    assert 'href="#plural.goal"' in half.text
    assert visitor.fill_in(page, own, **{"label.goal": "adventure", "plural.goal": "adventures"}).status_code == 303
    assert "Instead of “goal”" in visitor.get(own).text, "ours stands beside it"
    student = office.signed_in(office.district.learner(40).person_id)
    assert "Write an adventure" in student.get("/goals").text
    student.fill_in(student.get("/goals"), "/appearance", language="es", back="/goals")
    assert "Metas" in student.get("/goals").text, "a word holds for its language"
    assert visitor.fill_in(stale, own, **{"label.goal": "quest", "plural.goal": "quests"}).status_code == 412
    again = visitor.fill_in(visitor.get(own), own, **{"label.goal": "", "plural.goal": ""})
    assert again.status_code == 303
    assert "Everything is called as Trellis calls it." in visitor.get("/office/words").text
    assert office.visitor.fill_in(visitor.get(own), own, **{"label.goal": "x", "plural.goal": "x"}).status_code == 403


@pytest.mark.quick
async def test_a_roster_is_sent_looked_at_and_applied_in_a_browser(
    office: Office, window: Window, tmp_path: Path
) -> None:
    write_sample(tmp_path / "again.zip", schools=1, learners=60, seed=7)
    seen = await window(office.district_office)
    page = await seen.at("/office/roster")
    await page.set_input_files("#file", tmp_path / "again.zip")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_url(re.compile(r"/office/roster/roster_"))
    address = page.url

    async def is_read() -> bool:
        await page.goto(address)  # a reload loses nothing: the work goes on without the page
        return await page.get_by_role("button", name="Apply this roster").count() == 1

    await eventually(is_read)
    assert await violations(page) == []
    assert await page.get_by_text("0 added, 0 changed, 0 leaving").count() == 1
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await page.get_by_role("button", name="Apply this roster").click()

    async def is_applied() -> bool:
        await page.goto(address)
        return await page.get_by_text("Applied", exact=True).count() == 1

    await eventually(is_applied)


async def test_a_wrong_file_is_refused_with_what_to_do_and_can_be_discarded(
    office: Office, window: Window, tmp_path: Path
) -> None:
    (tmp_path / "letter.zip").write_text("Dear office, here is no roster.")
    seen = await window(office.district_office)
    page = await seen.at("/office/roster")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("There is a problem")).to_be_visible()
    assert [each for each in seen.faults if "422" not in each] == []
    seen.faults.clear()  # the browser itself tells of the refused form
    await page.set_input_files("#file", tmp_path / "letter.zip")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_url(re.compile(r"/office/roster/roster_"))
    address = page.url

    async def is_refused() -> bool:
        await page.goto(address)
        # The live piece may say so first, on a page from before.
        return await page.get_by_role("link", name="See the rows at fault").count() == 1

    await eventually(is_refused)
    assert await page.get_by_text("Cannot be applied").count() == 1
    assert await violations(page) == []
    await page.get_by_role("link", name="See the rows at fault").click()
    await expect(page.get_by_text("not-a-zip").or_(page.get_by_text("cannot be opened as a ZIP"))).to_be_visible()
    await page.goto(address)
    await page.get_by_role("link", name="Discard it").click()
    await page.get_by_role("button", name="Yes, discard it").click()
    await expect(page.get_by_text("The roster is discarded.")).to_be_visible()


def test_a_form_from_elsewhere_uploads_nothing(office: Office) -> None:
    visitor = office.signed_in(office.district_office)
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.kept.items())
    sent = visitor.http.post(
        "/office/roster?_token=forged", files={"file": b"PK"}, headers={"cookie": cookie, **FROM_HERE}
    )
    assert sent.status_code == 403

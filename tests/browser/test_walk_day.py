"""The first school day in a browser: at a desk, on a phone, by keyboard alone, without a script."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from cli.sample import write_sample
from deploy.local.town import Town
from tests.browser.conftest import Window
from tests.browser.hands import Hands
from tests.browser.looking import DESKTOP, PHONE
from tests.browser.office_days import run_project
from tests.browser.teaching import CLASS, lesson, marks
from tests.browser.test_partner import path_of
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
WAYS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE},
    "keyboard": {"viewport": DESKTOP},
    "without script": {"viewport": DESKTOP, "java_script_enabled": False},
}
BOOK, GIVE_BACK, ROLL = 3, 2, 26
"""How many presses each may take: a booking and giving back from Today, a roll of 24 in keys."""


@dataclass
class Walk:
    """One way to walk the day, with a student of its own for each part."""

    name: str
    window: Window
    district: District
    presses: dict[str, int] = field(default_factory=dict)

    async def hands_of(self, person_id: str | None, path: str) -> Hands:
        """Somebody at a page."""
        hands = Hands(await self.window(person_id, **WAYS[self.name]), by_keyboard=self.name == "keyboard")
        await hands.go(path)
        return hands

    def student(self, part: int) -> str:
        """A student whom no other part of any walk has."""
        number = CLASS + part * len(WAYS) + list(WAYS).index(self.name)
        return str(self.district.learners[number]["person_id"])

    @property
    def school(self) -> str:
        return f"/office/schools/{self.district.school_id}"


def named(*words: str) -> re.Pattern[str]:
    """A name with these words in it, in this order; what is said to screen readers alone may stand between."""
    return re.compile(".*".join(map(re.escape, words)))


@pytest.fixture(params=WAYS)
def walk(request: pytest.FixtureRequest, window: Window, district: District) -> Walk:
    return Walk(request.param, window, district)


async def test_step_1_the_office_sends_the_roster_and_sees_what_it_would_change(walk: Walk, tmp_path: Path) -> None:
    write_sample(tmp_path / "again.zip", schools=1, learners=60, seed=7)
    hands = await walk.hands_of(walk.district.day["office"].person_id, "/office/roster")
    await hands.page.set_input_files("#file", tmp_path / "again.zip")  # the machine's own dialog is no page
    await hands.press("button", "Send", exact=True)
    await hands.page.wait_for_url("**/office/roster/roster_*")
    address = hands.page.url

    async def is_read() -> bool:
        await hands.page.goto(address)
        return await hands.page.get_by_text("0 added, 0 changed, 0 leaving").count() == 1

    await eventually(is_read)
    await hands.press("link", "Discard it")
    await hands.press("button", "Yes, discard it")
    await expect(hands.page.get_by_text("The roster is discarded.")).to_be_visible()


async def test_step_2_the_principal_adds_a_space(walk: Walk) -> None:
    hands = await walk.hands_of(walk.district.day["principal"].person_id, f"{walk.school}/spaces/new")
    for label, text in {"Name": f"Loft {walk.name}", "Seats at most": "12", "Seats aimed at": "10"}.items():
        await hands.write(label, text)
    await hands.write("Accessible seats", "1")
    await hands.press("button", "Save")
    await expect(hands.page.get_by_text("The space is added.")).to_be_visible()
    assert f"Loft {walk.name}" in await hands.page.locator("main").inner_text()


async def test_step_3_a_student_sets_out_and_plans_a_step(walk: Walk) -> None:
    hands = await walk.hands_of(walk.student(5), "/goals")
    await hands.press("button", "Write a goal")
    await hands.write("What do you set out to do?", "Build a kite that carries a camera")
    await hands.write("Why does it matter to you?", "I want to see our roof.")
    await hands.press("button", "Write it down")
    await expect(hands.page.get_by_text("Your goal is written down.")).to_be_visible()
    await expect(hands.page.get_by_role("heading", name="Build a kite that carries a camera")).to_be_visible()


async def test_steps_4_and_5_a_student_books_from_today_and_gives_the_seat_back(
    walk: Walk, capsys: pytest.CaptureFixture[str]
) -> None:
    hands = await walk.hands_of(walk.student(0), "/today")
    await hands.press("button", "Choose", exact=True)
    await hands.press("button", re.compile("^(Book|Work here)"))
    await expect(hands.page.get_by_text("You have a place: ")).to_be_visible()
    book = hands.presses
    await hands.go("/today")
    await hands.press("link", named("Give it back"))
    await hands.press("button", "Give it back", exact=True)
    await expect(hands.page.get_by_text("You gave your place back")).to_be_visible()
    give_back = hands.presses - book
    with capsys.disabled():
        print(f"\n{walk.name}: booking from Today takes {book} presses, giving back {give_back}")
    assert book <= BOOK
    assert give_back <= GIVE_BACK


async def test_step_5_a_seat_that_comes_free_is_the_first_in_lines(walk: Walk) -> None:
    occurrence = walk.district.occurrence(1, walk.district.block(), f"Pottery {walk.name}")
    first = await walk.hands_of(walk.student(1), f"/open/{occurrence}")
    await first.press("button", named("Book"))
    second = await walk.hands_of(walk.student(2), f"/open/{occurrence}")
    await second.press("button", named("Wait for a seat"))
    await expect(second.page.get_by_text("number 1 in the line").first).to_be_visible()
    await first.go(f"/open/{occurrence}")
    await first.press("link", named("Give it back"))
    await first.press("button", "Give it back", exact=True)

    async def is_told() -> bool:
        await second.go("/inbox")
        return await second.page.get_by_text("A seat came free").count() > 0

    await eventually(is_told)


async def test_step_6_the_roll_of_a_class_takes_few_presses(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    held = lesson(walk.district, f"Weaving {walk.name}")
    hands = await walk.hands_of(walk.district.teacher.person_id, f"/rolls/{held.occurrence_id}")
    if walk.name == "keyboard":
        await hands.reach(hands.page.get_by_role("radio").first)
        keys = ["p", "a", *["p"] * (CLASS - 2), "Enter"]
        for key in keys:
            await hands.page.keyboard.press(key)
        hands.presses += len(keys)
    else:
        await hands.page.get_by_role("group").nth(1).get_by_text("Absent").click()
        hands.presses += 1
        await hands.press("button", "Send the roll")
    await hands.page.wait_for_url("**/rolls")

    def is_taken() -> bool:
        return sorted(marks(walk.district, held).values()) == ["absent", *["present"] * (CLASS - 1)]

    await eventually(is_taken)
    with capsys.disabled():
        print(f"\n{walk.name}: a roll of {CLASS} takes {hands.presses} presses")
    assert hands.presses <= ROLL


async def test_step_7_a_project_is_approved_and_hours_are_logged_confirmed_and_approved(walk: Walk) -> None:
    student = await walk.hands_of(walk.district.day["maya"].person_id, "/projects/new")
    await student.write("What is it called?", f"Pond {walk.name}")
    await student.write("What question or need is it about?", "What lives here?")
    await student.tick(student.page.get_by_role("checkbox").first)
    await student.press("button", "Propose it")
    await expect(student.page.get_by_role("heading", name=f"Pond {walk.name}")).to_be_visible()
    principal = walk.district.day["principal"]
    office = await walk.hands_of(principal.person_id, f"{walk.school}/approvals")
    await office.press("button", named("Approve", f"Pond {walk.name}"))
    await expect(office.page.get_by_text(f"“Pond {walk.name}” is approved.")).to_be_visible()

    run_project(walk.district)
    await student.go(f"/projects/{walk.district.day.ids['project']}/hours")
    days_ago = 2 + list(WAYS).index(walk.name)
    await student.set_to("On which day?", (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat())
    await student.set_to("From when?", "10:00")
    await student.set_to("Until when?", "11:00")
    await student.write("What did you do?", f"Dug the pond {walk.name}")
    await student.write("Where?", "Behind the gym")
    await student.press("button", "Send it")
    await expect(student.page.get_by_text(f"Dug the pond {walk.name}")).to_be_visible()

    contact = walk.district.day["partner"].person_id
    link = principal.api.post(f"/v1/people/{contact}/sign-in-links", {})["link"]
    partner = await walk.hands_of(None, path_of(link))
    await partner.press("button", "Sign in", exact=True)
    await partner.press("button", named("Confirm"))
    await expect(partner.page.get_by_text("The hours are confirmed.")).to_be_visible()

    await office.go(f"{walk.school}/approvals/hours")
    await office.tick(office.page.get_by_role("checkbox").first)
    await office.press("button", "Approve those ticked")
    await expect(office.page.get_by_text("1 entry is approved.")).to_be_visible()


async def test_step_8_the_office_forgets_a_learner_who_then_stands_on_no_page_and_is_signed_out(walk: Walk) -> None:
    office, person_id = walk.district.day["office"], walk.student(3)
    student = await walk.hands_of(person_id, "/today")
    assert student.page.url.endswith("/today")
    known = office.api.get(f"/v1/people/{person_id}")
    hands = await walk.hands_of(office.person_id, f"{walk.school}/people/{person_id}/forget")
    await hands.tick(hands.page.get_by_label("The family asked for it"))
    await hands.press("button", "Forget this person for good")
    await expect(hands.page.get_by_text("Write the name as it stands above").first).to_be_visible()
    await hands.write("To be sure, write their name", f"{known['given_name']} {known['family_name']}")
    await hands.press("button", "Forget this person for good")
    await hands.page.wait_for_url("**/office/erasures/erasure_*")
    certificate = hands.page.url

    async def is_complete() -> bool:
        await hands.page.goto(certificate)
        return await hands.page.get_by_text("Every part of Trellis has removed what it held").count() == 1

    await eventually(is_complete)

    async def is_out() -> bool:
        await student.go("/today")
        return await student.page.get_by_role("heading", name="Hello").count() == 0

    await eventually(is_out)
    student.look.faults.clear()  # the browser itself tells of the page that is refused
    await hands.go(f"{walk.school}/people?role=learner")
    assert known["username"] not in await hands.page.content()
    await hands.go("/office/erasures")
    assert await hands.page.locator(f"a[href='{certificate[certificate.index('/office') :]}']").count() == 1


async def test_step_9_pages_stand_while_community_is_away(walk: Walk, town: Town) -> None:
    student = await walk.hands_of(walk.student(4), "/today")
    partner = await walk.hands_of(walk.district.day["partner"].person_id, "/about-me")
    town.stop_service("community.api")
    try:
        await student.go("/today")
        await expect(student.page.get_by_role("heading", name="Hello")).to_be_visible()
        await partner.go("/partner")
        await expect(partner.page.get_by_text("This part is away just now").first).to_be_visible()
    finally:
        town.start_service("community.api")

    async def is_back() -> bool:
        await partner.go("/partner")
        return await partner.page.get_by_text("This part is away just now").count() == 0

    await eventually(is_back)

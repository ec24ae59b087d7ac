"""Goals, in a browser: written, worked at step by step, moved on with a reason, and read without any barrier."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Barriers, Window
from tests.browser.looking import PHONE, overflows, violations
from tests.browser.refused_forms import tells_of
from tests.browser.signing_in import Visitor
from tests.e2e.district import District

pytestmark = pytest.mark.browser
HOSTILE = ["<script>alert(1)</script>", "\x00\x07", "\u202e", "{{ 7 * 7 }}", "x" * 9_000]


@pytest.fixture(scope="module")
def maya(district: District) -> str:
    """A student with a goal: one step done, one late, one to come, and a target that a teacher proposes."""
    learner, today = district.learner(3), datetime.now(UTC).date()
    steps = [
        {"words": "Draw the robot", "due_on": (today + timedelta(days=2)).isoformat(), "effort_minutes": 45},
        {"words": "Find a motor", "due_on": (today - timedelta(days=3)).isoformat()},
        {"words": "Let it walk"},
    ]
    asked = {"words": "Build a robot that walks", "why": "My brother would laugh.", "steps": steps}
    goal = learner.api.post(f"/v1/people/{learner.person_id}/goals", asked)
    learner.api.post(f"/v1/goals/{goal['goal_id']}/steps/{goal['steps'][0]['step_id']}/done")
    target = district.day["office"].api.post("/v1/targets", {"code": "ENG.1", "text": "Plan and build a machine"})
    proposed = {"target_id": target["target_id"], "reason": "Your robot shows it."}
    district.teacher.api.post(f"/v1/goals/{goal['goal_id']}/target-proposals", proposed)
    return learner.person_id


async def heading(page: Page) -> str:
    return await page.get_by_role("heading", level=1).inner_text()


@pytest.mark.quick
async def test_a_student_writes_a_goal_does_a_step_and_sets_it_aside_and_takes_it_up_again(
    window: Window, district: District
) -> None:
    seen = await window(district.learner(4).person_id)
    page = await seen.at("/goals")
    await page.get_by_text("No goal is under way").wait_for()
    await page.get_by_role("button", name="Write a goal").click()
    await page.get_by_role("button", name="Write it down").click()
    assert await page.get_by_text("There is a problem").count() == 1
    await page.get_by_label("What do you set out to do?").fill("Play a song by heart")
    await page.get_by_label("Why does it matter to you?").fill("My grandmother sang it.")
    await page.get_by_label("What will you do?").first.fill("Learn the first verse")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_text("Your goal is written down.").wait_for()
    plan = page.get_by_role("link", name="Plan time for it")
    assert "goal=goal_" in str(await plan.get_attribute("href"))
    assert "step=step_" in str(await plan.get_attribute("href"))
    await page.get_by_label("What will you do?").fill("Learn the second verse")
    await page.get_by_role("button", name="Add it").click()
    await page.get_by_role("button", name=re.compile("Done.*Learn the first verse")).click()
    await page.get_by_text("Done. Next: Learn the second verse").wait_for()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("This step is to do again.").wait_for()
    await page.get_by_role("button", name=re.compile("Done.*Learn the first verse")).click()
    await page.get_by_role("button", name=re.compile("Not done yet.*first verse")).click()
    await page.get_by_text("This step is to do again.").wait_for()
    assert await page.get_by_role("button", name=re.compile("^Done.*verse")).count() == 2
    await page.get_by_role("link", name="Set it aside").click()
    await page.get_by_role("button", name="Set it aside").click()
    assert await page.get_by_text("Fill this in.").count() == 2, "at the top, and at the field"
    tells_of(seen, 422)
    await page.get_by_label("Why do you set it aside?").fill("I have no piano now.")
    await page.get_by_role("button", name="Set it aside").click()
    await page.get_by_role("button", name="Take it up again").first.click()
    await page.get_by_text("Your goal is under way.").wait_for()
    await page.get_by_text("How it came to this").click()
    assert await page.get_by_text("I have no piano now.").is_visible()


async def test_the_same_works_without_a_script_and_a_step_and_the_goal_are_changed(
    window: Window, district: District
) -> None:
    seen = await window(district.learner(5).person_id, java_script_enabled=False)
    page = await seen.at("/goals/new")
    await page.get_by_label("What do you set out to do?").fill("Swim a mile")
    await page.get_by_label("Why does it matter to you?").fill("To feel strong.")
    await page.get_by_label("What will you do?").first.fill("Swim ten laps")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_role("link", name=re.compile("Change.*Swim ten laps")).click()
    await page.get_by_label("How many minutes may it take?").fill("a lot")
    await page.get_by_role("button", name="Keep it so").click()
    assert await page.get_by_text("Write a whole number.").count() == 2
    tells_of(seen, 422)
    assert await page.get_by_label("How many minutes may it take?").input_value() == "a lot"
    await page.get_by_label("How many minutes may it take?").fill("40")
    await page.get_by_label("Until when?").fill("2031-03-03")
    await page.get_by_role("button", name="Keep it so").click()
    await page.get_by_text("Takes about 40 minutes").wait_for()
    await page.get_by_role("button", name="Say it in other words").click()
    await page.get_by_label("What do you set out to do?").fill("Swim two miles")
    await page.get_by_role("button", name="Keep it so").click()
    assert await heading(page) == "Swim two miles"
    await page.get_by_role("button", name="I reached it").click()
    await page.get_by_label("What shows that you reached it?").fill("I swam it on Friday.")
    await page.get_by_role("button", name="Yes, I reached it").click()
    await page.get_by_text("You reached your goal. Well done.").wait_for()
    assert await page.get_by_role("button", name="Add it").count() == 0
    await page.get_by_role("button", name="Take it up again").last.click()
    await page.get_by_text("Your goal is under way.").wait_for()
    await page.get_by_role("button", name="Add it").wait_for()
    await page.get_by_text("How it came to this").click()
    assert await page.get_by_text("I swam it on Friday.").is_visible(), "what was written is kept"


async def test_progress_is_a_picture_with_words_beside_its_table(window: Window, maya: str) -> None:
    page = await (await window(maya)).at("/goals")
    await page.get_by_role("link", name="Build a robot that walks").click()
    chart = page.get_by_role("img", name="My steps and my dates")
    assert await chart.count() == 1
    assert await chart.locator("circle").count() == 1, "one step is done"
    rows = page.locator("figcaption tbody tr")
    assert await rows.count() == 3
    assert "not yet" in await rows.nth(1).inner_text()
    assert await page.get_by_text("1 step is past the day you set.").count() == 1


async def test_goals_have_no_barrier(window: Window, barriers: Barriers, maya: str) -> None:
    page = await (await window(maya)).at("/goals")
    at = await page.locator(".tr-card__title a").first.get_attribute("href")
    pages = ["/goals", str(at), f"{at}/change", f"{at}/become/reached", f"{at}/become/set-aside", "/goals/new"]
    assert await barriers(maya, pages) == []


async def test_goals_mirror_themselves_and_say_their_faults_without_a_barrier(window: Window, maya: str) -> None:
    seen = await window(maya, viewport=PHONE)
    page = await seen.at("/goals/new")
    await page.get_by_role("button", name="Mirrored").click()
    await page.locator("main form button").click()
    assert await page.locator(".govuk-error-summary").count() == 1
    tells_of(seen, 422)
    assert await violations(page) == []
    assert not await overflows(page)


async def test_a_student_answers_a_proposed_target(window: Window, maya: str) -> None:
    page = await (await window(maya)).at("/goals")
    assert await page.get_by_text("Your robot shows it.").count() == 1
    await page.get_by_role("button", name="Yes, this is my target").click()
    await page.get_by_text("This target is on your goal now.").wait_for()
    assert await page.get_by_text("ENG.1").count() == 1
    await page.goto(page.url.rpartition("/")[0])
    assert await page.get_by_role("button", name="Yes, this is my target").count() == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_refused_or_kept_as_words(
    signed_in: Callable[[str], Visitor], district: District, text: str
) -> None:
    visitor = signed_in(district.learner(6).person_id)
    fields = {"words": text, "why": text, "ends_on": text, "steps.0.due_on": text, "steps.0.effort_minutes": text}
    answer = visitor.fill_in(visitor.get("/goals/new"), "/goals/new", **fields)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "There is a problem" in answer.text
    assert visitor.get("/goals/x.y").status_code == 404
    assert visitor.get("/goals/goal_00000000000000000000000000000000/become/nothing").status_code == 404

"""Learners, in a browser: evidence answered with a comment, a target proposed, an observation written down."""

import pytest
import pytest_asyncio

from cli.demo.day import Somebody
from tests.browser.conftest import Barriers, Window
from tests.browser.looking import violations
from tests.browser.teaching import evidence, goal, learner_of_teacher, target
from tests.browser.test_teacher_rolls import forgive
from tests.e2e.district import District

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def learner(district: District) -> Somebody:
    return await learner_of_teacher(district)


async def test_evidence_is_returned_with_a_comment_and_not_without(
    window: Window, district: District, learner: Somebody
) -> None:
    evidence_id = evidence(learner, "I listened to the new girl.")
    seen = await window(district.teacher.person_id)
    page = await seen.at("/learners")
    await page.get_by_role("link", name="Evidence that waits for an answer").click()
    card = page.locator(".tr-card", has_text="I listened to the new girl.")
    await card.get_by_role("button", name="Return with comment").click()
    await page.locator(f"#comment_{evidence_id}-error").wait_for()
    assert await violations(page) == []
    await card.get_by_role("textbox").fill("What did she say?")
    await card.get_by_role("button", name="Return with comment").click()
    await page.get_by_text("Returned with your comment.").wait_for()
    assert await card.count() == 0
    found = learner.api.get(f"/v1/people/{learner.person_id}/evidence")["items"]
    assert {each["evidence_id"]: each["comment"] for each in found}[evidence_id] == "What did she say?"
    forgive(seen, "422")


async def test_evidence_is_accepted_in_one_press(window: Window, district: District, learner: Somebody) -> None:
    evidence(learner, "We planted a tree.")
    page = await (await window(district.teacher.person_id, java_script_enabled=False)).at("/learners/evidence")
    card = page.locator(".tr-card", has_text="We planted a tree.")
    await card.get_by_role("button", name="Accept").click()
    await page.get_by_text("Accepted. It counts now.").wait_for()
    assert await card.count() == 0


async def test_a_target_is_proposed_for_a_goal_with_a_reason(
    window: Window, district: District, learner: Somebody
) -> None:
    goal(learner, "Measure the whole school")
    target(district, "MA.7.1", "Measure lengths.")
    target(district, "SC.1.1", "Ask a question that can be tested.")
    seen = await window(district.teacher.person_id)
    page = await seen.at(f"/learners/{learner.person_id}")
    await page.locator(".tr-card", has_text="Measure the whole school").get_by_role("link").click()
    await page.get_by_label("Its code begins with").fill("MA.7")
    await page.get_by_role("button", name="Show these").click()
    assert await page.get_by_role("radio").count() == 1
    await page.get_by_role("button", name="Propose it").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    assert await violations(page) == []
    await page.get_by_label("MA.7.1").check()
    await page.get_by_label("Why this one, for this student?").fill("You measure all day.")
    await page.get_by_role("button", name="Propose it").click()
    await page.get_by_text("Proposed. The student decides.").wait_for()
    proposed = learner.api.get(f"/v1/people/{learner.person_id}/target-proposals")["items"]
    assert "You measure all day." in {each["reason"] for each in proposed}
    forgive(seen, "422")


async def test_what_a_teacher_saw_becomes_evidence_for_a_skill(
    window: Window, district: District, learner: Somebody
) -> None:
    page = await (await window(district.teacher.person_id)).at(f"/learners/{learner.person_id}/observation")
    await page.get_by_role("radio").first.check()
    await page.get_by_label("What did you see?").fill("<script>alert(1)</script> helped a friend")
    await page.get_by_role("button", name="Write it down").click()
    await page.get_by_text("Your observation is written down.").wait_for()
    assert await page.get_by_text("<script>alert(1)</script> helped a friend").count() == 1


async def test_learners_have_no_barrier(barriers: Barriers, district: District, learner: Somebody) -> None:
    evidence(learner, "A long piece of work. " * 20)
    goal_id = goal(learner, "A goal for looking at")
    person = f"/learners/{learner.person_id}"
    pages = [
        "/learners",
        "/learners/evidence",
        person,
        f"{person}/observation",
        f"{person}/goals/{goal_id}/target",
        f"{person}/goals/{goal_id}/target?code_begins=none",
    ]
    assert await barriers(district.teacher.person_id, pages) == []


async def test_what_learners_did_stands_while_one_part_is_away(
    window: Window, district: District, learner: Somebody
) -> None:
    district.town.stop_service("scheduler.api")
    try:
        page = await (await window(district.teacher.person_id)).at("/rolls")
        assert await page.get_by_text("This part is away just now").count() >= 1
        assert await page.get_by_role("heading", name="What waits for you").count() == 1
        assert await violations(page) == []
        assert await (await window(district.teacher.person_id)).at(f"/learners/{learner.person_id}")
    finally:
        district.town.start_service("scheduler.api")

"""Projects, in a browser: proposed, joined, worked at and shown; and what a family sees of a child."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cli.demo.telling import until
from tests.browser.conftest import Barriers, Window
from tests.browser.looking import violations
from tests.browser.refused_forms import tells_of
from tests.browser.signing_in import Visitor
from tests.e2e.district import District
from tests.support.eventually import eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def project_id(district: District) -> str:
    """A project that the school approved and that looks for its team."""
    asked = {
        "school_id": district.school_id,
        "title": "Benches for the yard",
        "question": "Where can people sit in the shade?",
        "skills": ["empathy"],
        "team_min": 1,
        "team_max": 5,
    }
    someone = district.learner(9)
    project = until(lambda: someone.api.post("/v1/projects", asked), "a student can propose")
    district.teacher.api.post(f"/v1/projects/{project['project_id']}/approve")
    return str(project["project_id"])


@pytest.fixture(scope="module")
def running(district: District, project_id: str) -> str:
    """A student whose project is under way, with hours and their own words."""
    learner, project = district.learner(10), f"/v1/projects/{project_id}"
    learner.api.post(f"{project}/members", {"person_id": learner.person_id})
    learner.api.post(f"{project}/start")
    day = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    hours = {"starts_at": f"{day}T22:00:00+00:00", "ends_at": f"{day}T23:30:00+00:00", "what": "Sawed", "where": "Yard"}
    learner.api.post(f"{project}/hours", hours)
    learner.api.post(f"{project}/reflections", {"skill": "empathy", "text": "I asked first."})
    return learner.person_id


@pytest.mark.quick
async def test_a_student_proposes_a_project_joins_it_works_at_it_and_shows_it(
    window: Window, district: District, project_id: str
) -> None:
    seen = await window(district.learner(11).person_id)
    page = await seen.at("/projects")
    await page.get_by_role("button", name="Propose a project").click()
    await page.get_by_label("What is it called?").fill("A map of trees")
    await page.get_by_role("button", name="Propose it").click()
    assert await page.get_by_text("There is a problem").count() == 1
    assert await page.get_by_label("What is it called?").input_value() == "A map of trees"
    tells_of(seen, 422)
    await page.get_by_label("What question or need is it about?").fill("Which trees need water?")
    await page.get_by_label("Curiosity").check()
    await page.get_by_label("The fewest people it takes").fill("1")
    await page.get_by_role("button", name="Propose it").click()
    await page.get_by_text("Your project is proposed.").wait_for()
    proposed = page.url.rpartition("/")[2]
    district.teacher.api.post(f"/v1/projects/{proposed}/approve")
    await page.reload()
    await page.get_by_role("button", name="Join the team").click()
    await page.get_by_role("button", name="Leave it again").click()
    await page.get_by_text("You left the team.").wait_for()
    await page.get_by_role("button", name="Join again").click()
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_role("button", name="Write what you learned").click()
    await page.get_by_role("textbox", name="In your own words").fill("I look up more often.")
    await page.get_by_role("button", name="Keep my words").click()
    await page.get_by_text("I look up more often.").wait_for()
    await page.get_by_role("button", name="Show what you made").click()
    await page.get_by_label("What came of it?").fill("A map with 60 trees")
    await page.get_by_role("button", name="Show it").click()
    await page.get_by_text("A map with 60 trees").wait_for()
    assert await page.get_by_role("button", name="Leave the team").count() == 0


async def test_hours_are_told_what_is_wrong_with_them_by_the_schools_clock(window: Window, running: str) -> None:
    seen = await window(running, java_script_enabled=False)
    page = await seen.at("/projects")
    await page.get_by_role("link", name="Benches for the yard").first.click()
    await page.get_by_role("button", name="Write down hours").click()
    await page.get_by_label("What did you do?").fill("Painted")
    await page.get_by_role("button", name="Send it").click()
    assert await page.get_by_text("Write a time of day, such as 09:05.").count() == 4
    assert await page.get_by_label("What did you do?").input_value() == "Painted"
    await page.get_by_label("On which day?").fill((datetime.now(UTC).date() - timedelta(days=5)).isoformat())
    await page.get_by_label("From when?").fill("09:00")
    await page.get_by_label("Until when?").fill("08:00")
    await page.get_by_label("Where?").fill("Yard")
    await page.get_by_role("button", name="Send it").click()
    assert await page.get_by_text("Hours end after they start").count() == 2
    tells_of(seen, 422)
    await page.get_by_label("Until when?").fill("10:30")
    await page.get_by_role("button", name="Send it").click()
    await page.get_by_text("Your hours are written down.").wait_for()
    await page.get_by_role("button", name="Write down hours").click()
    await page.get_by_label("On which day?").fill((datetime.now(UTC).date() - timedelta(days=5)).isoformat())
    await page.get_by_label("From when?").fill("10:00")
    await page.get_by_label("Until when?").fill("11:00")
    await page.get_by_label("What did you do?").fill("Painted more")
    await page.get_by_label("Where?").fill("Yard")
    await page.get_by_role("button", name="Send it").click()
    assert await page.get_by_text("At that time there is already other hours of yours").count() == 2
    assert await page.get_by_text(re.compile(r"9:00\sAM – 10:30\sAM")).count() == 2
    tells_of(seen, 409)


async def test_projects_have_no_barrier(barriers: Barriers, running: str, project_id: str) -> None:
    one = f"/projects/{project_id}"
    pages = ["/projects", "/projects?state=running", "/projects/new", "/projects/hours", one]
    assert await barriers(running, [*pages, f"{one}/hours", f"{one}/reflect", f"{one}/show"]) == []


async def test_the_rest_stands_while_projects_are_away(window: Window, district: District, running: str) -> None:
    guardian, ward = family_of(district)
    district.town.stop_service("community.api")
    try:
        page = await (await window(running)).at("/projects")
        assert await page.get_by_text("This part is away just now").count() == 2
        assert await page.get_by_role("button", name="Propose a project").count() == 1
        assert await violations(page) == []
        page = await (await window(guardian)).at(f"/family/{ward}")
        assert await page.get_by_text("This part is away just now").count() == 2
        assert await page.get_by_role("heading", name="Goals").count() == 1
        page = await (await window(running)).at("/about-me")
        assert await page.get_by_text("This part is away just now").count() == 3
    finally:
        district.town.start_service("community.api")

    async def is_back() -> bool:
        again = await (await window(running)).at("/projects")
        return await again.get_by_text("This part is away just now").count() == 0

    await eventually(is_back)


def family_of(district: District) -> tuple[str, str]:
    """A guardian, and the first of their children."""
    guardian = district.day["guardian"]
    return guardian.person_id, guardian.api.get("/v1/me")["ward_ids"][0]


async def test_a_family_reads_week_goals_and_record_of_a_child_and_changes_nothing(
    window: Window, barriers: Barriers, district: District
) -> None:
    guardian, ward = family_of(district)
    child = next(each for each in range(len(district.learners)) if district.learners[each]["person_id"] == ward)
    api, asked = district.learner(child).api, {"words": "Grow beans", "why": "Soup.", "steps": [{"words": "Sow"}]}
    api.post(f"/v1/people/{ward}/goals", asked)
    api.post(f"/v1/people/{ward}/strengths", {"text": "Patience"})
    api.post(f"/v1/people/{ward}/needs", {"text": "Between me and my advisor", "circles": ["advisor"]})
    seen = await window(guardian)
    page = await seen.at(f"/family/{ward}")
    said = await page.locator("main").inner_text()
    assert "Patience" in said
    assert "Between me" not in said
    paths = [f"/family/{ward}", f"/family/{ward}/about", "/family"]
    paths.append(str(await page.get_by_role("link", name="Grow beans").first.get_attribute("href")))
    for path in paths:
        page = await seen.at(path)
        assert await page.locator("main form").count() == 0, path
    assert await barriers(guardian, paths) == []


def test_a_family_sees_no_child_of_others(signed_in: Callable[[str], Visitor], district: District) -> None:
    guardian, ward = family_of(district)
    other = next(each["person_id"] for each in district.learners if each["person_id"] != ward)
    visitor = signed_in(guardian)
    for path in (f"/family/{other}", f"/family/{other}/about", f"/family/{other}/record"):
        assert visitor.get(path).status_code in (403, 404), path


def test_a_familys_page_is_one_call_for_all_children(signed_in: Callable[[str], Visitor], district: District) -> None:
    guardian, _ = family_of(district)
    page = signed_in(guardian).get("/family")
    asked = [part.partition(";")[0].strip() for part in page.headers["server-timing"].split(",")]
    assert set(asked) <= {"session", "family", "render", "total"}
    assert "family" in asked
    children = district.day["guardian"].api.get("/v1/me")["ward_ids"]
    assert [child for child in children if page.text.count(f'href="/family/{child}"') != 1] == []


async def test_a_familys_children_stand_while_the_scheduler_is_away(window: Window, district: District) -> None:
    guardian, ward = family_of(district)
    name = district.day["guardian"].api.get(f"/v1/people/{ward}")["called"]
    district.town.stop_service("scheduler.api")
    try:
        page = await (await window(guardian)).at("/family")
        assert await page.get_by_text("This part is away just now").count() == 1
        assert await page.get_by_role("link", name=name).count() == 1
        assert await page.get_by_text("this week").count() == 0
        assert await violations(page) == []
    finally:
        district.town.start_service("scheduler.api")

    async def is_back() -> bool:
        again = await (await window(guardian)).at("/family")
        return await again.get_by_text("this week").count() >= 1

    await eventually(is_back)

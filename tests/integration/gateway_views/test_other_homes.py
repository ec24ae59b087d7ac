"""What a student's, a teacher's and an office's home add, and the record of what we know about somebody."""

from typing import Any

from contracts.profile import TargetProposed
from kit.ids import new_id
from services.gateway.subscriptions import SUBSCRIPTIONS
from tests.integration.gateway_views.conftest import TownDistrict
from tests.support.stage import Answer, Someone

STEPS = [{"words": "Draw it", "due_on": "2099-05-01"}, {"words": "Ask Ana", "due_on": "2099-03-01"}]
GOAL = {"words": "Build a robot", "why": "To help people", "steps": STEPS}


def missing(page: Answer) -> set[str]:
    return {part["part"] for part in page["missing"]}


async def tell(district: TownDistrict, person_id: str) -> None:
    """Something to read in the person's inbox."""
    proposed = TargetProposed(
        district_id=district.district_id,
        proposal_id=new_id("proposal"),
        goal_id=new_id("goal"),
        target_id=new_id("target"),
        person_id=person_id,
        proposed_by=new_id("person"),
    )
    await district.town.gateway.hear(SUBSCRIPTIONS, (proposed, 1))


async def hand_in(district: TownDistrict, maya: Someone) -> str:
    work = {"skill": "empathy", "kind": "text", "text": "What I learned"}
    path = f"/v1/people/{maya.person_id}/evidence"
    return str((await district.at("profile", maya).post(path, work))["evidence_id"])


async def test_a_students_home_says_what_is_next_and_what_was_not_read(district: TownDistrict) -> None:
    maya = await district.person("learner")
    await district.at("profile", maya).post(f"/v1/people/{maya.person_id}/goals", GOAL)
    for _ in range(7):
        await tell(district, maya.person_id)
    home = await maya.get("/v1/home")
    assert (home["next_step"]["words"], home["next_step"]["goal_words"]) == ("Ask Ana", "Build a robot")
    assert (home["now"], home["next"], home["proposals"]["items"]) == (None, None, [])
    assert (home["inbox"]["unread"], len(home["inbox"]["newest"])) == (7, 5)
    newest = home["inbox"]["newest"][0]
    stranger = await district.person("learner")
    up_to = {"newest_id": newest["notice_id"]}
    assert (await stranger.post("/v1/inbox/read", up_to)).codes == {"no-such-notice"}
    assert (await maya.post("/v1/inbox/read", up_to)).status == 204
    assert (await maya.get("/v1/home"))["inbox"] == {"unread": 0, "newest": []}


async def test_an_inbox_is_its_owners_whoever_else_sees_the_page(district: TownDistrict) -> None:
    maya = await district.person("learner")
    await tell(district, maya.person_id)
    family = await district.person("guardian", wards=[maya.person_id])
    home = await family.get(f"/v1/home?person_id={maya.person_id}")
    assert (home["inbox"], home["missing"]) == (None, [])
    record = await family.get(f"/v1/people/{maya.person_id}/record")
    assert "notices" not in record["parts"]


async def test_a_teachers_home_has_todays_rolls_and_what_waits(district: TownDistrict, without: Any) -> None:
    maya = await district.person("learner", classes=["class_1"])
    teacher = await district.person("educator", teaches=["class_1"])
    evidence_id = await hand_in(district, maya)
    home = await teacher.get("/v1/home/teaching")
    assert (home["hosted"]["items"], home["inbox"]["unread"], home["missing"]) == ([], 0, [])
    assert [one["evidence_id"] for one in home["evidence_waiting"]["items"]] == [evidence_id]
    assert home["names"][maya.person_id] == "Maya Okafor"
    assert (await maya.get("/v1/home/teaching")).status == 403
    await without("scheduler")
    home = await teacher.get("/v1/home/teaching")
    assert (home["hosted"], missing(home)) == (None, {"hosted"})
    assert len(home["evidence_waiting"]["items"]) == 1


async def test_an_offices_home_counts_what_waits_for_its_word(district: TownDistrict, without: Any) -> None:
    maya, office = await district.person("learner"), await district.person("administrator")
    project = {"school_id": district.school_id, "title": "A bench", "question": "Where to sit?", "skills": ["empathy"]}
    await district.at("community", maya).post("/v1/projects", project)
    await district.at("scheduler", office).put(
        f"/v1/schools/{district.school_id}/calendar", {"time_zone": "America/Denver", "opens_days_ahead": 7}
    )
    path = f"/v1/home/office?school_id={district.school_id}"
    home = await office.get(path)
    assert home["approvals"]["projects_proposed"] == 1
    assert home["roster"] is None, "rosters are for the district's office"
    assert missing(home) <= {"blocks"}, "profile has not listed this school to the scheduler"
    assert (await maya.get(path)).status == 403
    await without("community")
    assert "approvals" in missing(await office.get(path))


async def test_the_record_holds_all_that_is_kept_and_is_a_file_to_keep(district: TownDistrict) -> None:
    maya = await district.person("learner")
    await district.at("profile", maya).post(f"/v1/people/{maya.person_id}/goals", GOAL)
    evidence_id = await hand_in(district, maya)
    await tell(district, maya.person_id)
    record = await maya.get(f"/v1/people/{maya.person_id}/record")
    parts = record["parts"]
    assert record["missing"] == []
    assert set(parts) == {
        "person", "profile", "profile_history", "goals", "target_proposals", "evidence", "assessments", "growth",
        "weeks", "projects", "hours", "reflections", "notices",
    }  # fmt: skip
    assert parts["person"]["given_name"] == "Maya"
    assert ([one["words"] for one in parts["goals"]["items"]], parts["goals"]["complete"]) == (["Build a robot"], True)
    assert [one["evidence_id"] for one in parts["evidence"]["items"]] == [evidence_id]
    assert [one["code"] for one in parts["notices"]["items"]] == ["target-proposed"]
    assert record.headers["content-disposition"] == 'attachment; filename="record.json"'


async def test_a_long_list_is_read_to_its_end_and_a_part_that_is_away_is_named(
    district: TownDistrict, without: Any
) -> None:
    maya, ben = await district.person("learner"), await district.person("learner")
    for _ in range(201):
        await hand_in(district, maya)
    path = f"/v1/people/{maya.person_id}/record"
    evidence = (await maya.get(path))["parts"]["evidence"]
    assert (len({one["evidence_id"] for one in evidence["items"]}), evidence["complete"]) == (201, True)
    assert (await ben.get(path)).status == 403
    await without("community")
    assert missing(await maya.get(path)) == {"projects", "hours", "reflections"}

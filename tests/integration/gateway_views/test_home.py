"""The home page and the growth story: composed in one call, and honest about what is missing."""

from typing import Any

import pytest

from contracts.community import MemberShown, ProjectShown
from kit.clock import now
from kit.ids import new_id
from services.profile.subscriptions import SUBSCRIPTIONS as PROFILES
from tests.integration.gateway_views.conftest import TownDistrict
from tests.support.stage import Answer, Someone

GOAL = {"words": "Build a robot", "why": "To help people"}


def missing(page: Answer) -> set[str]:
    return {part["part"] for part in page["missing"]}


async def test_a_students_home_page_has_all_parts_in_one_call(district: TownDistrict) -> None:
    maya = await district.person("learner")
    goal = await district.at("profile", maya).post(f"/v1/people/{maya.person_id}/goals", GOAL)
    home = await maya.get("/v1/home")
    assert home["person"]["person_id"] == maya.person_id
    assert [each["goal_id"] for each in home["goals"]["items"]] == [goal["goal_id"]]
    assert home["week"]["person_id"] == maya.person_id
    assert home["projects"]["items"] == []
    assert home["names"] == {maya.person_id: "Maya Okafor"}
    assert home["missing"] == []
    assert {"person", "goals", "week", "projects", "proposals", "inbox", "names"} == {
        part.split(";")[0] for part in home.headers["server-timing"].split(", ")
    }


@pytest.mark.parametrize(("service", "part"), [("community", "projects"), ("scheduler", "week")])
async def test_an_optional_part_that_is_away_is_named_and_the_rest_is_there(
    district: TownDistrict, without: Any, service: str, part: str
) -> None:
    maya = await district.person("learner")
    await without(service)
    home = await maya.get("/v1/home")
    assert missing(home) == {part}
    assert home[part] is None
    assert home["person"]["person_id"] == maya.person_id
    [told] = home["missing"]
    assert (told["code"], told["retry_after"]) == ("peer-unavailable", 2)
    assert service in told["why"]


async def test_without_profile_there_is_no_page_and_the_reader_is_told_when_to_come_back(
    district: TownDistrict, without: Any
) -> None:
    maya = await district.person("learner")
    await without("profile")
    home = await maya.get("/v1/home")
    assert (home.status, home.codes) == (503, {"peer-unavailable"})
    assert int(home.headers["retry-after"]) > 0


async def test_a_family_reads_their_wards_page_and_nobody_elses(district: TownDistrict) -> None:
    maya, ben = await district.person("learner"), await district.person("learner")
    family = await district.person("guardian", wards=[maya.person_id])
    assert (await family.get(f"/v1/home?person_id={maya.person_id}"))["person"]["person_id"] == maya.person_id
    assert (await family.get(f"/v1/home?person_id={ben.person_id}")).status == 403


async def test_a_person_of_another_district_does_not_exist(district: TownDistrict) -> None:
    elsewhere = await TownDistrict(district.town).open()
    stranger = await elsewhere.person("learner")
    principal = await district.person("administrator")
    assert (await principal.get(f"/v1/home?person_id={stranger.person_id}")).status == 404


async def test_a_learner_reads_nobody_elses_page(district: TownDistrict) -> None:
    maya, ben = await district.person("learner"), await district.person("learner")
    assert (await maya.get(f"/v1/home?person_id={ben.person_id}")).status == 403
    assert (await maya.get(f"/v1/people/{ben.person_id}/growth-story")).status == 403


async def grown(district: TownDistrict) -> tuple[Someone, str]:
    """A learner whose profile grew by a project, with a reflection."""
    maya, reflection_id = await district.person("learner"), new_id("reflection")
    shown = ProjectShown(
        district_id=district.district_id,
        project_id=new_id("project"),
        school_id=district.school_id,
        partner_id=None,
        skills=("empathy",),
        target_ids=(),
        tags=(),
        members=(MemberShown(maya.person_id, 90, {"empathy": reflection_id}),),
        shown_at=now(),
    )
    await district.town.behind["profile"].hear(PROFILES, (shown, 1))
    return maya, reflection_id


async def test_the_growth_story_stands_without_community_and_says_that_the_words_are_missing(
    district: TownDistrict, without: Any
) -> None:
    maya, reflection_id = await grown(district)
    whole = await maya.get(f"/v1/people/{maya.person_id}/growth-story")
    assert whole["growth"]["skills"][0]["story"][0]["reflection_id"] == reflection_id
    assert whole["missing"] == []
    await without("community")
    story = await maya.get(f"/v1/people/{maya.person_id}/growth-story")
    assert story["growth"] == whole["growth"]
    assert missing(story) == {"reflections"}

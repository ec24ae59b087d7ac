"""The trace: every service's part of one story, in order, for operators alone."""

from typing import Any

from tests.integration.gateway_views.conftest import TownDistrict
from tests.integration.gateway_views.test_home import GOAL, missing

STORY = "corr_0123456789"


async def test_an_operator_follows_one_story_through_the_services(district: TownDistrict, without: Any) -> None:
    maya = await district.person("learner")
    profile = district.at("profile", maya)
    for _ in range(2):
        goal = await profile.post(f"/v1/people/{maya.person_id}/goals", GOAL, x_correlation_id=STORY)
    assert goal.status == 201
    journey = await district.operator().get(f"/v1/operations/trace/{STORY}")
    assert [step["type"] for step in journey["steps"]] == ["profile.goal.written.v1"] * 2
    assert journey["steps"][0]["at"] <= journey["steps"][1]["at"]
    assert journey["missing"] == []
    await without("community")
    journey = await district.operator().get(f"/v1/operations/trace/{STORY}")
    assert len(journey["steps"]) == 2
    assert missing(journey) == {"community"}


async def test_a_story_of_another_district_is_unknown(district: TownDistrict) -> None:
    elsewhere = await TownDistrict(district.town).open()
    ben = await elsewhere.person("learner")
    story = "corr_9876543210"
    await elsewhere.at("profile", ben).post(f"/v1/people/{ben.person_id}/goals", GOAL, x_correlation_id=story)
    assert (await district.operator().get(f"/v1/operations/trace/{story}"))["steps"] == []
    assert len((await elsewhere.operator().get(f"/v1/operations/trace/{story}"))["steps"]) == 1


async def test_only_operators_follow_stories(district: TownDistrict) -> None:
    principal = await district.person("administrator")
    assert (await principal.get(f"/v1/operations/trace/{STORY}")).status == 403

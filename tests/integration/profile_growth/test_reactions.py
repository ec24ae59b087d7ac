"""What profile does about others' facts: the same end, heard once or three times, in order or shuffled."""

import random
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from contracts.community import MemberShown, ProjectMemberJoined, ProjectPartnerJoined, ProjectShown
from contracts.fact import Fact
from contracts.gateway import DistrictOpened
from contracts.profile import EvidenceAccepted, GoalStepAttended, SkillGrown
from contracts.scheduler import PlacementAttended, PlacementCancelled, PlacementMade
from kit.ids import new_id
from kit.mongo import Document
from services.profile.store.growth import EVIDENCE, GOAL_PLACEMENTS, GROWTH, PROJECTS, TEAM_PLACES
from services.profile.subscriptions import SUBSCRIPTIONS
from services.profile.views.district_days import day_of
from tests.integration.profile_growth.cast import Cast, cast
from tests.support.stage import Stage

STARTS = datetime(2031, 5, 5, 12, tzinfo=UTC)
Told = tuple[Fact, int]


def made(people: Cast, goal: Document, **changes: Any) -> PlacementMade:
    """A placement of Maya's for the goal's first step."""
    given: dict[str, Any] = {
        "district_id": people.district.district_id,
        "placement_id": new_id("place"),
        "student_id": people.maya.person_id,
        "school_id": people.district.school_id,
        "block_id": new_id("block"),
        "occurrence_id": None,
        "offer_id": None,
        "space_id": new_id("space"),
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(minutes=45),
        "cause": "chosen",
        "goal_id": goal["goal_id"],
        "step_id": goal["steps"][0]["step_id"],
    }
    return PlacementMade(**given | changes)


def carried(placement: PlacementMade) -> dict[str, Any]:
    return {field.name: getattr(placement, field.name) for field in fields(placement)}


def cancelled(placement: PlacementMade) -> PlacementCancelled:
    return PlacementCancelled(**carried(placement), reason="by-student", cancelled_by=placement.student_id)


def attended(placement: PlacementMade, attendance: str = "present", minutes: int = 45) -> PlacementAttended:
    return PlacementAttended(**carried(placement), attendance=attendance, minutes=minutes, taken_by=new_id("person"))


def shown(people: Cast, *members: MemberShown, skills: tuple[str, ...] = ("curiosity", "empathy")) -> ProjectShown:
    return ProjectShown(
        district_id=people.district.district_id,
        project_id=new_id("project"),
        school_id=people.district.school_id,
        partner_id=new_id("partner"),
        skills=skills,
        target_ids=(),
        tags=(),
        members=members,
        shown_at=STARTS,
    )


async def test_an_attended_placement_comes_back_to_the_goal(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    path, placement = f"/v1/goals/{goal['goal_id']}", made(people, goal)
    await stage.hear(SUBSCRIPTIONS, (placement, 1))
    assert [step["planned"] for step in (await people.maya.get(path))["steps"]] == [True, False]
    await stage.hear(SUBSCRIPTIONS, (attended(placement), 2), (attended(placement), 2))
    after = await people.maya.get(path)
    assert [(step["planned"], step["minutes_attended"]) for step in after["steps"]] == [(False, 45), (False, 0)]
    assert after["pace"]["minutes_attended"] == 45
    [told] = await people.district.facts(GoalStepAttended)
    assert told["data"]["placement_id"] == placement.placement_id
    assert (told["data"]["step_id"], told["data"]["minutes"]) == (placement.step_id, 45)
    assert told["sequence"] == after["version"] == 2


async def test_an_absence_is_noted_and_brings_no_minutes_and_no_fact(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    placement = made(people, goal)
    await stage.hear(SUBSCRIPTIONS, (placement, 1), (attended(placement, "absent", 0), 2))
    after = await people.maya.get(f"/v1/goals/{goal['goal_id']}")
    assert [(one["state"], one["minutes"]) for one in after["placements"]] == [("absent", 0)]
    assert await people.district.facts(GoalStepAttended) == []


async def test_a_corrected_roll_replaces_the_first_one(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    placement = made(people, goal)
    await stage.hear(SUBSCRIPTIONS, (attended(placement, "absent", 0), 2), (attended(placement, "late", 30), 3))
    after = await people.maya.get(f"/v1/goals/{goal['goal_id']}")
    assert [(one["attendance"], one["minutes"]) for one in after["placements"]] == [("late", 30)]
    assert len(await people.district.facts(GoalStepAttended)) == 1


async def test_a_cancelled_placement_unplans_its_step_in_whatever_order_it_is_heard(stage: Stage) -> None:
    for order in permutations((1, 2, 2)):
        people = await cast(stage)
        goal = await people.goal()
        placement = made(people, goal)
        facts: dict[int, Fact] = {1: placement, 2: cancelled(placement)}
        await stage.hear(SUBSCRIPTIONS, *((facts[number], number) for number in order))
        after = await people.maya.get(f"/v1/goals/{goal['goal_id']}")
        assert ([step["planned"] for step in after["steps"]], after["placements"]) == ([False, False], [])


async def test_anothers_placement_does_not_come_onto_her_goal(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    foreign = made(people, goal, student_id=people.peer.person_id)
    await stage.hear(SUBSCRIPTIONS, (foreign, 1), (attended(foreign), 2), (made(people, goal, goal_id=None), 1))
    after = await people.maya.get(f"/v1/goals/{goal['goal_id']}")
    assert (after["placements"], after["pace"]["minutes_attended"]) == ([], 0)
    assert await people.district.facts(GoalStepAttended) == []


async def test_evidence_can_name_the_placement_it_came_of(stage: Stage) -> None:
    people = await cast(stage)
    placement = made(people, await people.goal())
    await stage.hear(SUBSCRIPTIONS, (placement, 1))
    work = {"skill": "curiosity", "kind": "text", "text": "I asked", "placement_id": placement.placement_id}
    assert (await people.maya.post(f"{people.me}/evidence", work)).codes == {"not-placed-there"}
    await stage.hear(SUBSCRIPTIONS, (attended(placement), 2))
    handed_in = await people.maya.post(f"{people.me}/evidence", work)
    await people.omar.post(f"/v1/evidence/{handed_in['evidence_id']}/answer", {"accepted": True})
    [story] = (await people.maya.get(f"{people.me}/growth"))["skills"]
    assert story["story"][0]["situation"] == {"kind": "placement", "situation_id": placement.placement_id}


async def test_a_shown_project_grows_each_members_skills_with_their_own_reflection(stage: Stage) -> None:
    people = await cast(stage)
    reflection_id = new_id("reflection")
    maya = MemberShown(people.maya.person_id, 120, {"curiosity": reflection_id})
    showing = shown(people, maya, MemberShown(people.peer.person_id, 60, {}))
    await stage.hear(SUBSCRIPTIONS, (showing, 9), (showing, 9))
    growth = (await people.maya.get(f"{people.me}/growth"))["skills"]
    assert [(story["skill"], story["pieces"]) for story in growth] == [("curiosity", 1), ("empathy", 1)]
    [piece] = growth[0]["story"]
    assert piece["situation"] == {"kind": "project", "situation_id": showing.project_id}
    assert (piece["observer"], piece["reflection_id"]) == ("partner", reflection_id)
    accepted, grown = await people.district.facts(EvidenceAccepted), await people.district.facts(SkillGrown)
    assert (len(accepted), len(grown)) == (4, 4)
    assert len({fact["trace"]["causation_id"] for fact in accepted + grown}) == 1
    assert {fact["data"]["evidence_id"] for fact in grown} == {fact["key"] for fact in accepted}


def _ends(rows: list[Document]) -> list[Document]:
    """Rows without their version, which counts saves: the story may begin with either piece."""
    return [{name: value for name, value in row.items() if name != "version"} for row in rows]


@pytest.mark.parametrize("seed", range(4))
async def test_all_facts_three_times_and_shuffled_end_like_once_and_in_order(stage: Stage, seed: int) -> None:
    people = await cast(stage)
    goal = await people.goal()
    kept, gone, absent = (made(people, goal) for _ in range(3))
    members = (MemberShown(people.maya.person_id, 1, {}), MemberShown(people.peer.person_id, 1, {}))
    one, two = shown(people, *members), shown(people, members[0], skills=("empathy",))
    about: dict[str, Any] = {
        "district_id": people.district.district_id,
        "project_id": one.project_id,
        "school_id": people.district.school_id,
    }
    story: list[Told] = [
        (kept, 1),
        (attended(kept), 2),
        (gone, 1),
        (cancelled(gone), 2),
        (absent, 1),
        (attended(absent, "absent", 0), 2),
        (ProjectMemberJoined(**about, person_id=people.maya.person_id, team_size=1), 3),
        (ProjectPartnerJoined(**about, partner_id=new_id("partner"), contact_ids=(people.partner.person_id,)), 4),
        (one, 5),
        (two, 5),
    ]
    views = (GOAL_PLACEMENTS, EVIDENCE, GROWTH, PROJECTS, TEAM_PLACES)
    await stage.hear(SUBSCRIPTIONS, *story)
    reader = stage.store.reader(people.district.district_id)
    in_order = [_ends(await reader[view].find({}, sort=[("_id", 1)])) for view in views]
    announced = len(await people.district.facts())
    for view in views:
        await stage.store.mongo.database[view.name].delete_many({"district_id": people.district.district_id})
    await stage.store.mongo.database["outbox"].delete_many({"district_id": people.district.district_id})
    shuffled = story * 3
    random.Random(seed).shuffle(shuffled)
    await stage.hear(SUBSCRIPTIONS, *shuffled)
    assert [_ends(await reader[view].find({}, sort=[("_id", 1)])) for view in views] == in_order
    assert len(await people.district.facts()) == announced - 1  # the goal was written before, once


async def test_a_day_begins_where_the_district_is(stage: Stage) -> None:
    district = stage.district()
    reader, moment = stage.store.reader(district.district_id), datetime(2031, 5, 5, 13, tzinfo=UTC)
    assert await day_of(reader, moment) == date(2031, 5, 5)
    opened = DistrictOpened(district_id=district.district_id, time_zone="Pacific/Auckland")
    await stage.hear(SUBSCRIPTIONS, (opened, 1), (opened, 1))
    assert await day_of(reader, moment) == date(2031, 5, 6)

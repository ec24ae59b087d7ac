"""What community does about others' facts: safe twice, out of order, and forgetting to the last word."""

import asyncio
import random
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import permutations

from bson import encode

from contracts.community import CommunityErased
from contracts.profile import PersonForgotten
from contracts.scheduler import PlacementCancelled, PlacementMade
from kit.edge import IDEMPOTENCY
from kit.ids import new_id
from kit.signals import StopSignal
from services.community.actions.stop_projects import stop_lapsed_projects
from services.community.store.collections import BUSY, COLLECTIONS, PROJECTS
from services.community.subscriptions import SUBSCRIPTIONS
from tests.support.eventually import eventually
from tests.support.stage import Stage

from .test_projects_life import cast, log, running


def placement(district_id: str, student_id: str, placement_id: str) -> PlacementMade:
    start = datetime.now(UTC) - timedelta(hours=5)
    return PlacementMade(
        district_id=district_id,
        placement_id=placement_id,
        student_id=student_id,
        school_id=new_id("school"),
        block_id=new_id("block"),
        occurrence_id=None,
        offer_id=None,
        space_id=None,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        cause="chosen",
        goal_id=None,
        step_id=None,
    )


def cancelled(made: PlacementMade) -> PlacementCancelled:
    carried = {field.name: getattr(made, field.name) for field in fields(made)}
    return PlacementCancelled(**carried, reason="by-student", cancelled_by=made.student_id)


async def test_a_placement_is_remembered_alike_whatever_the_order_and_however_often(stage: Stage) -> None:
    for order in permutations((1, 2, 2)):
        district = stage.district()
        made = placement(district.district_id, new_id("person"), new_id("place"))
        facts = {1: made, 2: cancelled(made)}
        await stage.hear(SUBSCRIPTIONS, *((facts[number], number) for number in order))
        row = await stage.store.reader(district.district_id)[BUSY].get(made.placement_id)
        assert row is not None
        assert (row["held"], row["sequence"]) == (False, 2)


async def test_hours_never_overlap_a_placement(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    maya = people.students[0]
    made = placement(people.district.district_id, maya.person_id, new_id("place"))
    await stage.hear(SUBSCRIPTIONS, (made, 1))
    refused = await log(maya, project_id)
    assert refused.codes == {"hours-overlap"}
    assert refused.body["refusals"][0]["details"]["what"] == "a placement"
    await stage.hear(SUBSCRIPTIONS, (cancelled(made), 2))
    assert (await log(maya, project_id)).status == 201


async def test_a_forgotten_person_leaves_no_word_behind(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people, title="Xanadu bench", question="Xanadu asked")
    maya, teammate = people.students[0], people.students[1]
    hours_id = (await log(maya, project_id))["hours_id"]
    await log(teammate, project_id)
    words = {"skill": "empathy", "text": "Xanadu felt this", "shared_with": "public"}
    await maya.post(f"/v1/projects/{project_id}/reflections", words, idempotency_key="reflecting-once")
    await people.contact.post(f"/v1/hours/{hours_id}/verify", {"outcome": "confirm", "reason": "Fine"})
    made = {"made": "Xanadu built it"}
    await teammate.post(f"/v1/projects/{project_id}/show", made, idempotency_key="showing-once")
    forgotten = PersonForgotten(
        district_id=people.district.district_id, person_id=maya.person_id, erasure_id=new_id("erasure")
    )
    await stage.hear(SUBSCRIPTIONS, (forgotten, 9), (forgotten, 9))
    (fact,) = await people.district.facts(CommunityErased)
    assert {kind: fact["data"]["removed"][kind] for kind in ("hours", "reflections", "timesheets")} == {
        "hours": 1,
        "reflections": 1,
        "timesheets": 1,
    }
    reader = stage.store.reader(people.district.district_id)
    for collection in (*COLLECTIONS, IDEMPOTENCY):
        for row in await reader[collection].find({}):
            assert b"Xanadu" not in encode(row), collection.name
    page = await people.teacher.get(f"/v1/projects/{project_id}/hours")
    assert [item["person_id"] for item in page["items"]] == [teammate.person_id]


async def test_all_facts_twice_and_shuffled_leave_the_same_rows(stage: Stage) -> None:
    rng = random.Random(7)
    ends = []
    for _ in range(2):
        district, person_id = stage.district(), new_id("person")
        places = [placement(district.district_id, person_id, new_id("place")) for _ in range(6)]
        story = [*((made, 1) for made in places), *((cancelled(made), 2) for made in places[:3])] * 2
        rng.shuffle(story)
        await stage.hear(SUBSCRIPTIONS, *story)
        found = await stage.store.reader(district.district_id)[BUSY].find({}, sort=[("_id", 1)])
        assert [row["_id"] for row in found] == [made.placement_id for made in places]
        ends.append([row["held"] for row in found])
    assert ends[0] == ends[1] == [False] * 3 + [True] * 3


async def test_a_project_stops_when_its_partners_papers_have_run_out(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    assert (await people.teacher.get(f"/v1/projects/{project_id}"))["state"] == "running"
    await stage.store.mongo.database[PROJECTS.name].update_one(
        {"_id": project_id}, {"$set": {"partner_until": "2001-01-01"}}
    )
    assert (await log(people.students[0], project_id)).codes == {"partner-not-vetted"}
    stop = StopSignal()
    job = asyncio.create_task(stop_lapsed_projects(stage.store, 60, stop))

    async def stopped() -> bool:
        return bool((await people.teacher.get(f"/v1/projects/{project_id}"))["state"] == "stopped")

    await eventually(stopped)
    stop.set()
    await job

"""The inbox: told once, in order, to whom it concerns; read; emptied when somebody is forgotten."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.community import HoursLogged
from contracts.gateway import GatewayErased
from contracts.profile import PersonForgotten, TargetProposed
from contracts.scheduler import PlacementMade
from kit.ids import new_id
from services.gateway.store.inbox import NOTICES
from services.gateway.subscriptions import SUBSCRIPTIONS
from tests.integration.gateway_views.conftest import TownDistrict

STARTS = datetime(2031, 5, 6, 16, 0, tzinfo=UTC)


def promoted(district: TownDistrict, student_id: str) -> PlacementMade:
    return PlacementMade(
        district_id=district.district_id,
        placement_id=new_id("place"),
        student_id=student_id,
        school_id=district.school_id,
        block_id=new_id("block"),
        occurrence_id=new_id("occ"),
        offer_id=new_id("offer"),
        space_id=None,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=45),
        cause="promoted",
        goal_id=None,
        step_id=None,
    )


async def test_a_promoted_student_reads_of_it_with_the_fact_that_caused_it(district: TownDistrict) -> None:
    maya, fact_id = await district.person("learner"), new_id("fact")
    await district.town.gateway.hear(SUBSCRIPTIONS, (promoted(district, maya.person_id), 1), event_id=fact_id)
    [notice] = (await maya.get("/v1/inbox"))["items"]
    assert (notice["code"], notice["fact_id"], notice["read_at"]) == ("seat-came-free", fact_id, None)
    assert "Tuesday 6 May, 10:00 to 10:45" in notice["text"]
    assert notice["correlation_id"].startswith("corr_")


async def test_a_read_notice_stays_but_is_no_longer_unread(district: TownDistrict) -> None:
    maya = await district.person("learner")
    for _ in range(3):
        await district.town.gateway.hear(SUBSCRIPTIONS, (promoted(district, maya.person_id), 1))
    first = (await maya.get("/v1/inbox?limit=2"))["items"][0]
    read = await maya.post(f"/v1/inbox/{first['notice_id']}/read")
    again = await maya.post(f"/v1/inbox/{first['notice_id']}/read")
    assert read["read_at"] == again["read_at"] is not None
    unread = (await maya.get("/v1/inbox?unread=true"))["items"]
    assert len(unread) == 2
    assert first["notice_id"] not in {each["notice_id"] for each in unread}


async def test_the_inbox_is_paged(district: TownDistrict) -> None:
    maya = await district.person("learner")
    for _ in range(3):
        await district.town.gateway.hear(SUBSCRIPTIONS, (promoted(district, maya.person_id), 1))
    page = await maya.get("/v1/inbox?limit=2")
    rest = await maya.get(f"/v1/inbox?limit=2&cursor={page['next_cursor']}")
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)


async def test_nobody_reads_or_marks_somebody_elses_notice(district: TownDistrict) -> None:
    maya, ben = await district.person("learner"), await district.person("learner")
    await district.town.gateway.hear(SUBSCRIPTIONS, (promoted(district, maya.person_id), 1))
    [notice] = (await maya.get("/v1/inbox"))["items"]
    assert (await ben.get("/v1/inbox"))["items"] == []
    marked = await ben.post(f"/v1/inbox/{notice['notice_id']}/read")
    assert (marked.status, marked.codes) == (404, {"no-such-notice"})


async def test_every_fact_twice_and_shuffled_leaves_the_same_inbox(district: TownDistrict) -> None:
    maya, robin = await district.person("learner"), await district.person("partner")
    facts = [
        promoted(district, maya.person_id),
        TargetProposed(
            district_id=district.district_id,
            proposal_id=new_id("proposal"),
            person_id=maya.person_id,
            goal_id=new_id("goal"),
            target_id=new_id("target"),
            proposed_by=new_id("person"),
        ),
        HoursLogged(
            district_id=district.district_id,
            hours_id=new_id("hours"),
            project_id=new_id("project"),
            school_id=district.school_id,
            person_id=maya.person_id,
            minutes=90,
            contact_ids=(robin.person_id,),
            starts_at=STARTS,
            ends_at=STARTS,
        ),
    ]
    told = [(fact, new_id("fact")) for fact in facts] * 2
    random.Random(3).shuffle(told)
    for fact, fact_id in told:
        await district.town.gateway.hear(SUBSCRIPTIONS, (fact, 1), event_id=fact_id)
    assert {each["code"] for each in (await maya.get("/v1/inbox"))["items"]} == {"seat-came-free", "target-proposed"}
    assert len((await maya.get("/v1/inbox"))["items"]) == 2
    assert [each["code"] for each in (await robin.get("/v1/inbox"))["items"]] == ["hours-wait"]


async def test_a_forgotten_person_leaves_an_empty_inbox_that_late_facts_do_not_fill(district: TownDistrict) -> None:
    maya, gateway = await district.person("learner"), district.town.gateway
    await gateway.hear(SUBSCRIPTIONS, (promoted(district, maya.person_id), 1))
    forgotten = PersonForgotten(
        district_id=district.district_id, person_id=maya.person_id, erasure_id=new_id("erasure")
    )
    await gateway.hear(SUBSCRIPTIONS, (forgotten, 9), (forgotten, 9), (promoted(district, maya.person_id), 1))
    reader = gateway.store.reader(district.district_id)
    assert await reader[NOTICES].find({"person_id": maya.person_id}) == []
    [row] = [row for row in await _outbox(district) if row["key"] == maya.person_id]
    assert row["type"] == GatewayErased.TYPE
    assert row["data"]["removed"] == {"grants": 0, "notices": 1, "sign_in_links": 0, "people": 1}


async def _outbox(district: TownDistrict) -> list[dict[str, Any]]:
    rows = district.town.gateway.store.mongo.database["outbox"]
    found: list[dict[str, Any]] = await rows.find({"district_id": district.district_id}).to_list(None)
    return found

"""Teachers publish offers and put them into blocks and spaces."""

import asyncio
from datetime import timedelta
from typing import Any

from contracts.profile import SchoolListed
from contracts.scheduler import OccurrenceCancelled, OccurrenceScheduled, OfferPublished, PlacementCancelled
from services.scheduler.store.host_weeks import HOST_WEEKS
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAYS
from tests.integration.scheduler_time.conftest import School
from tests.support.stage import Stage


async def test_an_educator_offers_what_they_host_themselves(school: School) -> None:
    offer = await school.teacher.post(f"{school.path}/offers", {"title": "Bikes", "tags": ["bikes"]})
    assert offer["host_ids"] == [school.teacher.person_id]
    assert [fact["key"] for fact in await school.district.facts(OfferPublished)] == [offer["offer_id"]]
    other = {"title": "Bikes", "host_ids": [school.office.person_id]}
    assert (await school.teacher.post(f"{school.path}/offers", other)).codes == {"host-others-only"}


async def test_an_administrator_offers_for_staff_and_for_nobody_else(school: School) -> None:
    for host, status in ((school.teacher, 201), (school.student, 409)):
        body = {"title": "Bikes", "host_ids": [host.person_id]}
        assert (await school.office.post(f"{school.path}/offers", body)).status == status


async def test_another_educator_does_not_change_an_offer(school: School) -> None:
    offer_id = await school.offer()
    colleague = await school.district.person("educator")
    assert (await colleague.patch(f"/v1/offers/{offer_id}", {"title": "Mine"})).codes == {"not-your-offer"}
    assert (await school.student.patch(f"/v1/offers/{offer_id}", {"title": "Mine"})).codes == {"not-permitted"}


async def test_students_do_not_see_who_is_allowed_or_blocked_by_name(school: School) -> None:
    named = {"allow": [school.student.person_id], "block": ["person_0"], "grades": ["09"]}
    offer_id = await school.offer(eligibility=named)
    shown = (await school.student.get(f"/v1/offers/{offer_id}"))["eligibility"]
    assert shown == {"grades": ["09"], "class_ids": [], "allow": [], "block": []}
    assert (await school.teacher.get(f"/v1/offers/{offer_id}"))["eligibility"]["block"] == ["person_0"]


async def test_an_occurrence_takes_its_own_cap_before_the_spaces(school: School) -> None:
    blocks = await school.blocks()
    space_id, offer_id = await school.space(target=16), await school.offer(cap=9)
    own: list[dict[str, Any]] = [
        {},
        {"space_id": space_id},
        {"space_id": space_id, "cap": 0},
        {"space_id": space_id, "cap": "unlimited"},
    ]
    caps = [
        (await school.occurrence(block["block_id"], offer_id, **changes))["cap"]
        for block, changes in zip(blocks, own, strict=False)
    ]
    assert caps == [9, 16, 0, None]


async def test_scheduling_is_all_or_nothing(school: School, stage: Stage) -> None:
    blocks = await school.blocks()
    await school.office.post(f"/v1/blocks/{blocks[1]['block_id']}/lock")
    body = {"block_ids": [block["block_id"] for block in blocks[:2]]}
    answer = await school.teacher.post(f"/v1/offers/{await school.offer()}/occurrences", body)
    assert answer.codes == {"block-closed-to-offers"}
    assert await stage.store.reader(school.district.district_id)[OCCURRENCES].count({}) == 0
    assert await school.district.facts(OccurrenceScheduled) == []


async def test_nobody_hosts_two_occurrences_at_one_minute_even_at_once(school: School) -> None:
    block = (await school.blocks())[0]
    offers = [await school.offer() for _ in range(4)]
    answers = await asyncio.gather(
        *(
            school.teacher.post(f"/v1/offers/{offer_id}/occurrences", {"block_ids": [block["block_id"]]})
            for offer_id in offers
        )
    )
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    assert {code for answer in answers if answer.status == 409 for code in answer.codes} == {"host-busy"}


async def test_a_space_of_another_school_is_refused(school: School, stage: Stage) -> None:
    other = School(school.district, school.office, school.teacher, school.student)
    block = (await school.blocks())[0]
    elsewhere = stage.district()
    stranger = await elsewhere.person("administrator")
    foreign = School(elsewhere, stranger, stranger, stranger)
    await foreign.hear(SchoolListed(district_id=elsewhere.district_id, school_id=elsewhere.school_id, active=True))
    body = {"block_ids": [block["block_id"]], "space_id": await foreign.space()}
    answer = await other.teacher.post(f"/v1/offers/{await school.offer()}/occurrences", body)
    assert answer.codes == {"no-such-space"}


async def test_equipment_that_is_needed_in_any_case_is_taken_at_once(school: School) -> None:
    block = (await school.blocks())[0]
    pool = await school.made(f"{school.path}/equipment-pools", {"name": "Printers", "kind": "printer", "count": 2})
    needs = [{"pool_id": pool["pool_id"], "fixed": 2}]
    await school.occurrence(block["block_id"], equipment=needs)
    colleague = await school.district.person("educator")
    offer_id = await school.offer(colleague)
    body = {"block_ids": [block["block_id"]], "equipment": [{"pool_id": pool["pool_id"], "fixed": 1}]}
    answer = await colleague.post(f"/v1/offers/{offer_id}/occurrences", body)
    assert answer.codes == {"equipment-gone"}
    path = f"{school.path}/equipment-pools/{pool['pool_id']}"
    assert (await school.office.patch(path, {"count": 1})).codes == {"limit-below-use"}
    assert (await school.office.patch(path, {"count": 3}))["count"] == 3
    assert (await colleague.post(f"/v1/offers/{offer_id}/occurrences", body)).status == 201


async def test_a_changed_offer_changes_its_coming_occurrences(school: School) -> None:
    blocks = await school.blocks()
    offer_id = await school.offer(cap=4)
    plain = await school.occurrence(blocks[0]["block_id"], offer_id)
    titled = await school.occurrence(blocks[1]["block_id"], offer_id, title="Brakes", cap=2)
    locked = await school.occurrence(blocks[2]["block_id"], offer_id)
    await school.office.post(f"/v1/blocks/{blocks[2]['block_id']}/lock")
    assert (await school.teacher.patch(f"/v1/offers/{offer_id}", {"title": "Cycles", "cap": 8})).status == 200
    shown = [
        (found["title"], found["cap"])
        for found in [
            (await school.teacher.get(f"/v1/occurrences/{one['occurrence_id']}")).body
            for one in (plain, titled, locked)
        ]
    ]
    assert shown == [("Cycles", 8), ("Brakes", 2), ("Bike workshop", 4)]


async def test_a_new_host_takes_over_where_they_are_free(school: School, stage: Stage) -> None:
    blocks = await school.blocks()
    colleague = await school.district.person("educator")
    offer_id = await school.offer()
    await school.occurrence(blocks[0]["block_id"], offer_id)
    path, hosts = f"/v1/offers/{offer_id}", {"host_ids": [colleague.person_id]}
    assert (await school.teacher.patch(path, hosts)).codes == {"host-others-only"}
    assert (await school.office.patch(path, hosts)).status == 200
    weeks = await stage.store.reader(school.district.district_id)[HOST_WEEKS].find({})
    assert {week["host_id"]: len(week["hosting"]) for week in weeks} == {
        school.teacher.person_id: 0,
        colleague.person_id: 1,
    }


async def test_a_cancelled_occurrence_frees_students_space_and_host(school: School, stage: Stage) -> None:
    block = (await school.blocks())[0]
    occurrence = await school.occurrence(block["block_id"], space_id=await school.space())
    assert (await school.book(occurrence["occurrence_id"])).status == 201
    path = f"/v1/occurrences/{occurrence['occurrence_id']}/cancel"
    assert (await school.student.post(path, {"reason": "No."})).codes == {"not-permitted"}
    cancelled = await school.teacher.post(path, {"reason": "The workshop is flooded."})
    assert (cancelled["taken"], cancelled["cancel_reason"]) == (0, "The workshop is flooded.")
    assert (await school.teacher.post(path, {"reason": "Again."})).codes == {"occurrence-cancelled-already"}
    reader = stage.store.reader(school.district.district_id)
    assert [day["uses"] for day in await reader[RESOURCE_DAYS].find({})] == [[]]
    assert [week["hosting"] for week in await reader[HOST_WEEKS].find({})] == [[]]
    (freed,) = await school.district.facts(PlacementCancelled)
    assert freed["data"]["reason"] == "occurrence-cancelled"
    assert len(await school.district.facts(OccurrenceCancelled)) == 1
    assert (await school.occurrence(block["block_id"]))["taken"] == 0


async def test_staff_see_what_takes_place_and_students_do_not(school: School) -> None:
    block = (await school.blocks())[0]
    occurrence = await school.occurrence(block["block_id"])
    last = school.monday + timedelta(days=4)
    path = f"{school.path}/occurrences?from={school.monday}&to={last}"
    (found,) = (await school.teacher.get(path))["items"]
    assert (found["occurrence_id"], found["taken"], found["waiting"]) == (occurrence["occurrence_id"], 0, 0)
    assert (await school.student.get(path)).codes == {"not-permitted"}


async def test_a_spaces_numbers_fit_its_legal_limit(school: School) -> None:
    body = {"name": "Hall", "legal_limit": 10, "target": 11, "accessible": 12}
    answer = await school.office.post(f"{school.path}/spaces", body)
    assert len(answer.body["refusals"]) == 2
    space_id = await school.space(legal_limit=20)
    assert (await school.office.patch(f"{school.path}/spaces/{space_id}", {"legal_limit": 5})).codes == {
        "seats-do-not-fit"
    }


async def test_a_repeated_request_with_one_key_gives_the_same_answer(school: School) -> None:
    block = (await school.blocks())[0]
    path, body = f"{school.path}/offers", {"title": "Bikes"}
    first, second = [await school.teacher.post(path, body, idempotency_key="offer-key-1") for _ in range(2)]
    assert first.body == second.body
    assert len(await school.district.facts(OfferPublished)) == 1
    path, wanted = f"/v1/offers/{first['offer_id']}/occurrences", {"block_ids": [block["block_id"]]}
    first, second = [await school.teacher.post(path, wanted, idempotency_key="occurrence-1") for _ in range(2)]
    assert (first.status, first.body) == (second.status, second.body)
    assert len(await school.district.facts(OccurrenceScheduled)) == 1

"""A school sets up its time: calendar, periods, day patterns, blocks."""

import asyncio
from datetime import timedelta

from contracts.scheduler import BlockCancelled, BlockGenerated, BlockLocked, OccurrenceCancelled
from kit.clock import now
from kit.ids import new_id
from kit.signals import StopSignal
from services.scheduler.actions.lock_due_blocks import lock_due_blocks
from services.scheduler.store.blocks import BLOCKS
from tests.integration.scheduler_time.conftest import School
from tests.support.eventually import eventually
from tests.support.stage import Stage


async def test_a_calendar_names_a_real_time_zone(school: School) -> None:
    assert (await school.calendar(time_zone="Mars/Olympus")).codes == {"unknown-time-zone"}
    assert (await school.calendar(time_zone="America/Chicago"))["time_zone"] == "America/Chicago"


async def test_a_calendar_that_somebody_else_changed_is_not_overwritten(school: School) -> None:
    first = await school.calendar()
    await school.calendar(opens_days_ahead=5)
    body = {"time_zone": "Europe/London", "opens_days_ahead": 6}
    answer = await school.office.put(f"{school.path}/calendar", body, if_match=first.headers["etag"])
    assert (answer.status, answer.codes) == (412, {"stale-version"})
    assert (await school.office.get(f"{school.path}/calendar"))["opens_days_ahead"] == 5


async def test_a_student_reads_the_calendar_and_does_not_change_it(school: School) -> None:
    await school.calendar()
    assert (await school.student.get(f"{school.path}/calendar")).status == 200
    assert (await school.student.put(f"{school.path}/calendar", {})).codes == {"not-permitted"}


async def test_another_districts_school_is_not_there(school: School, stage: Stage) -> None:
    stranger = await stage.district().person("administrator")
    assert (await stranger.get(f"{school.path}/calendar")).status == 404


async def test_a_period_gets_new_terms_and_keeps_the_old(school: School) -> None:
    period_id = await school.period("First")
    path = f"{school.path}/periods/{period_id}/terms"
    renewed = await school.office.post(path, {"name": "Morning", "from_on": "2027-01-04"})
    assert [terms["name"] for terms in renewed["terms"]] == ["First", "Morning"]
    early = await school.office.post(path, {"name": "Noon", "from_on": "2026-12-01"})
    assert early.codes == {"terms-not-later"}


async def test_a_preview_says_what_each_date_would_be_and_makes_nothing(school: School) -> None:
    await school.calendar()
    period_id = await school.period()
    holiday = {"day": str(school.monday + timedelta(days=1)), "holiday": True}
    entry = {"period_id": period_id, "starts": "08:30", "ends": "09:30"}
    pattern_id = await school.pattern(entry, exceptions=[holiday])
    last = school.monday + timedelta(days=5)
    path = f"{school.path}/day-patterns/{pattern_id}/preview?from={school.monday}&to={last}"
    days = (await school.office.get(path)).body
    assert [day["rotation_day"] for day in days] == ["A", None, "B", "A", "B", None]
    assert [day["kind"] for day in days] == ["school", "holiday", "school", "school", "school", "no-school"]
    assert [len(day["blocks"]) for day in days] == [1, 0, 1, 1, 1, 0]
    assert await school.district.facts(BlockGenerated) == []


async def test_blocks_are_generated_once_however_often_they_are_asked_for(school: School) -> None:
    await school.calendar()
    pattern_id = await school.pattern({"period_id": await school.period(), "starts": "08:30", "ends": "09:30"})
    first = await school.generate(pattern_id)
    again = await asyncio.gather(*(school.generate(pattern_id) for _ in range(3)))
    assert (first["added"], len(first["blocks"])) == (5, 5)
    assert [(later["added"], later["unchanged"]) for later in again] == [(0, 5)] * 3
    assert len(await school.district.facts(BlockGenerated)) == 5


async def test_two_offices_generating_at_once_make_each_block_once(school: School) -> None:
    await school.calendar()
    pattern_id = await school.pattern({"period_id": await school.period(), "starts": "08:30", "ends": "09:30"})
    answers = await asyncio.gather(*(school.generate(pattern_id) for _ in range(4)))
    assert sorted(answer["added"] for answer in answers) == [0, 0, 0, 5]
    assert len(await school.district.facts(BlockGenerated)) == 5


async def test_a_holiday_withdraws_blocks_with_their_empty_occurrences(school: School) -> None:
    await school.calendar()
    entry = {"period_id": await school.period(), "starts": "08:30", "ends": "09:30"}
    pattern_id = await school.pattern(entry)
    blocks = (await school.generate(pattern_id))["blocks"]
    kept, gone = await school.occurrence(blocks[0]["block_id"]), await school.occurrence(blocks[4]["block_id"])
    await school.book(kept["occurrence_id"])
    holidays = [{"day": block["day"], "holiday": True} for block in (blocks[0], blocks[4])]
    body = school.pattern_body(entry, exceptions=holidays)
    assert (await school.office.put(f"{school.path}/day-patterns/{pattern_id}", body)).status == 200
    again = await school.generate(pattern_id)
    assert (again["withdrawn"], again["kept"], len(again["blocks"])) == (1, 1, 4)
    cancelled = {fact["data"]["occurrence_id"] for fact in await school.district.facts(OccurrenceCancelled)}
    assert cancelled == {gone["occurrence_id"]}
    assert [fact["key"] for fact in await school.district.facts(BlockCancelled)] == [blocks[4]["block_id"]]


async def test_a_school_without_a_calendar_generates_nothing(school: School) -> None:
    pattern_id = await school.pattern({"period_id": await school.period(), "starts": "08:30", "ends": "09:30"})
    body = {"pattern_id": pattern_id, "from": str(school.monday), "to": str(school.monday)}
    assert (await school.office.post(f"{school.path}/blocks", body)).codes == {"calendar-missing"}


async def test_a_district_nobody_has_opened_yet_is_asked_to_wait(stage: Stage) -> None:
    district = stage.district()
    office = await district.person("administrator")
    school = School(district, office, office, office)
    assert (await school.calendar()).status == 404  # the school has not arrived either


async def test_blocks_are_listed_in_time_order_by_pages(school: School) -> None:
    await school.blocks()
    last = school.monday + timedelta(days=4)
    path = f"/v1/blocks?school_id={school.district.school_id}&from={school.monday}&to={last}&limit=6"
    first = await school.student.get(path)
    second = await school.student.get(f"{path}&cursor={first['next_cursor']}")
    starts = [block["starts_at"] for block in first["items"] + second["items"]]
    assert (starts, len(starts), second["next_cursor"]) == (sorted(starts), 10, None)


async def test_a_block_moves_with_its_occurrence_while_it_is_empty(school: School) -> None:
    block = (await school.blocks())[0]
    occurrence = await school.occurrence(block["block_id"], space_id=await school.space())
    day = block["day"]
    times = {"starts_at": f"{day}T07:00:00Z", "ends_at": f"{day}T08:00:00Z"}
    moved = await school.office.patch(f"/v1/blocks/{block['block_id']}", times)
    assert moved["overridden"]
    path = f"/v1/occurrences/{occurrence['occurrence_id']}"
    assert (await school.student.get(path))["starts_at"] == f"{day}T07:00:00Z"
    assert (await school.book(occurrence["occurrence_id"])).status == 201
    answer = await school.office.patch(f"/v1/blocks/{block['block_id']}", {"cancelled": True})
    assert answer.codes == {"block-in-use"}


async def test_a_block_is_not_changed_by_who_saw_an_older_one(school: School) -> None:
    block = (await school.blocks())[0]
    path = f"/v1/blocks/{block['block_id']}"
    assert (await school.office.patch(path, {"cancelled": True}, if_match='"7"')).status == 412
    assert (await school.office.patch(path, {"cancelled": True}, if_match='"1"'))["cancelled"]


async def test_locking_closes_the_blocks_occurrences_and_is_announced_once(school: School) -> None:
    block = (await school.blocks())[0]
    occurrence = await school.occurrence(block["block_id"])
    path = f"/v1/blocks/{block['block_id']}/lock"
    assert (await school.teacher.post(path)).codes == {"not-permitted"}
    first, second = await school.office.post(path), await school.office.post(path)
    assert first["locked_at"] == second["locked_at"]
    assert (await school.student.get(f"/v1/occurrences/{occurrence['occurrence_id']}"))["locked"]
    assert (await school.book(occurrence["occurrence_id"])).codes == {"locked"}
    assert len(await school.district.facts(BlockLocked)) == 1


async def test_workers_lock_what_is_due_and_each_block_once(school: School, stage: Stage) -> None:
    blocks = await school.blocks()
    due = [block["block_id"] for block in blocks[:4]]
    rows = stage.store.mongo.database[BLOCKS.name]
    await rows.update_many({"_id": {"$in": due}}, {"$set": {"locks_at": now() - timedelta(seconds=1)}})
    stop = StopSignal()
    workers = [asyncio.create_task(lock_due_blocks(stage.store, 0.05, stop)) for _ in range(3)]

    async def all_locked() -> bool:
        return await rows.count_documents({"_id": {"$in": due}, "locked_at": {"$ne": None}}) == len(due)

    locked: bool = await eventually(all_locked)
    assert locked
    stop.set()
    await asyncio.gather(*workers)
    assert sorted(fact["key"] for fact in await school.district.facts(BlockLocked)) == sorted(due)


async def test_all_faults_of_a_pattern_come_at_once(school: School) -> None:
    entry = {"period_id": await school.period(), "starts": "09:30", "ends": "08:30", "on": ["C"]}
    answer = await school.office.post(f"{school.path}/day-patterns", school.pattern_body(entry))
    assert answer.codes == {"bell-ends-before-start", "unknown-rotation-day"}
    unknown = entry | {"period_id": new_id("period"), "on": [], "ends": "10:30"}
    answer = await school.office.post(f"{school.path}/day-patterns", school.pattern_body(unknown))
    assert answer.codes == {"no-such-period"}

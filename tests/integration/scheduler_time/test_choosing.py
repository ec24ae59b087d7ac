"""Choosing on a page: narrowed to a space or an adult, with what would work instead; and a line that was called off."""

from contracts.profile import PersonForgotten
from contracts.scheduler import SchedulerErased
from kit.ids import new_id
from services.scheduler.store.occurrences import OCCURRENCES
from tests.integration.scheduler_time.conftest import School
from tests.integration.scheduler_time.test_openings import openings


async def test_openings_narrow_to_a_space_and_to_an_adult(school: School) -> None:
    first, second, *_ = await school.blocks(1)
    workshop, library = await school.space(), await school.space(name="Library", own_work=True, own_work_seats=5)
    there = await school.occurrence(first["block_id"], space_id=workshop)
    other = await school.district.person("educator")
    offer = await school.offer(school.office, host_ids=[other.person_id])
    (theirs,) = await school.made(f"/v1/offers/{offer}/occurrences", {"block_ids": [second["block_id"]]}, school.office)
    by_space = await openings(school, query=f"&space_id={workshop}")
    assert [one["occurrence_id"] for one in by_space["openings"]] == [there["occurrence_id"]]
    assert by_space["own_work"] == []
    by_host = await openings(school, query=f"&host_id={other.person_id}")
    assert [one["occurrence_id"] for one in by_host["openings"]] == [theirs["occurrence_id"]]
    assert by_host["own_work"] == []
    in_library = await openings(school, query=f"&space_id={library}")
    assert (in_library["openings"], len(in_library["own_work"])) == ([], 2)


async def test_what_is_full_comes_with_other_times_that_are_open_to_the_student(school: School) -> None:
    blocks = await school.blocks(2)
    offer = await school.offer()
    full, free, closed = [await school.occurrence(block["block_id"], offer, cap=1) for block in blocks[:3]]
    for occurrence in (full, closed):
        await school.book(occurrence["occurrence_id"], await school.district.person("learner"))
    shown = {one["occurrence_id"]: one for one in (await openings(school))["openings"]}
    assert shown[full["occurrence_id"]]["state"] == "full"
    assert [one["occurrence_id"] for one in shown[full["occurrence_id"]]["alternatives"]] == [free["occurrence_id"]]
    assert shown[free["occurrence_id"]]["alternatives"] == []
    await school.book(free["occurrence_id"])
    shown = {one["occurrence_id"]: one for one in (await openings(school))["openings"]}
    assert shown[full["occurrence_id"]]["alternatives"] == [], "none of the others is open any more"


async def test_who_stands_in_a_line_and_is_forgotten_leaves_it(school: School) -> None:
    first, *_ = await school.blocks(1)
    occurrence = (await school.occurrence(first["block_id"], cap=1))["occurrence_id"]
    ben, ada = [await school.district.person("learner") for _ in range(2)]
    await school.book(occurrence)
    for student in (ben, ada):
        await student.post(f"/v1/occurrences/{occurrence}/waitlist", {"student_id": student.person_id})
    await forget(school, ben.person_id)
    rows = await school.district.stage.store.reader(school.district.district_id)[OCCURRENCES].find({})
    assert ben.person_id not in repr(rows)
    roll = await school.teacher.get(f"/v1/occurrences/{occurrence}/roll")
    assert [entry["student_id"] for entry in roll["waiting"]] == [ada.person_id]
    (erased,) = await school.district.facts(SchedulerErased)
    assert erased["data"]["removed"]["waitlist_entries"] == 1


async def forget(school: School, person_id: str) -> None:
    forgotten = PersonForgotten(
        district_id=school.district.district_id, person_id=person_id, erasure_id=new_id("erasure")
    )
    await school.hear(forgotten)


async def test_who_waited_for_what_was_called_off_and_is_forgotten_leaves_no_trace(school: School) -> None:
    first, *_ = await school.blocks(1)
    occurrence = (await school.occurrence(first["block_id"], cap=1))["occurrence_id"]
    ben = await school.district.person("learner")
    await school.book(occurrence)
    await ben.post(f"/v1/occurrences/{occurrence}/waitlist", {"student_id": ben.person_id})
    await school.teacher.post(f"/v1/occurrences/{occurrence}/cancel", {"reason": "The host is ill."})
    await forget(school, ben.person_id)
    rows = await school.district.stage.store.reader(school.district.district_id)[OCCURRENCES].find({})
    assert ben.person_id not in repr(rows)
    assert (await school.teacher.post(f"/v1/occurrences/{occurrence}/restore"))["places"] == 1


async def test_a_students_weeks_are_kept_with_what_became_of_each_place(school: School) -> None:
    first, *_ = await school.blocks(1)
    occurrence = (await school.occurrence(first["block_id"]))["occurrence_id"]
    held = await school.book(occurrence)
    await school.student.post(f"/v1/placements/{held['placement_id']}/cancel", {})
    await school.book(occurrence)
    path = f"/v1/people/{school.student.person_id}/weeks"
    (week,) = (await school.student.get(path))["items"]
    assert [(place["cause"], place["reason"]) for place in week["places"]] == [
        ("chosen", "by-student"),
        ("chosen", None),
    ]
    assert (await (await school.district.person("learner")).get(path)).status == 403

"""One date over HTTP: another space, cap, title or host; called off, and brought back as it was."""

from typing import Any

from contracts.scheduler import OccurrenceScheduled, PlacementMoved, PlacementRestored, WaitlistPromoted
from tests.integration.scheduler_time.conftest import School
from tests.support.stage import Answer, Someone


async def two_students(school: School) -> list[Someone]:
    return [await school.district.person("learner") for _ in range(2)]


async def wait(school: School, student: Someone, occurrence_id: str) -> Answer:
    return await student.post(f"/v1/occurrences/{occurrence_id}/waitlist", {"student_id": student.person_id})


async def uses(school: School) -> dict[str, int]:
    """How many seats are taken in each space, from the week table."""
    sunday = school.monday.isoformat()
    shown = await school.office.get(f"{school.path}/space-use?from={sunday}&to={sunday}")
    return {space["space_id"]: sum(use["taken"] for use in space["uses"]) for space in shown["items"]}


async def test_one_date_moves_to_another_space_and_its_students_go_along(school: School) -> None:
    block, *_ = await school.blocks()
    small, large = await school.space(target=1), await school.space(name="Hall", target=16)
    made = await school.occurrence(block["block_id"], space_id=small)
    occurrence = made["occurrence_id"]
    ben, ada = await two_students(school)
    await school.book(occurrence)
    assert (await wait(school, ben, occurrence)).status == 201
    changed = await school.teacher.patch(
        f"/v1/occurrences/{occurrence}", {"space_id": large, "title": "Bike race"}, if_match=f'"{made["version"] + 2}"'
    )
    assert (changed["space_id"], changed["cap"], changed["taken"], changed["waiting"]) == (large, 16, 2, 0)
    week = await school.student.get(f"/v1/people/{school.student.person_id}/week?of={school.monday}")
    assert [(place["space_id"], place["title"]) for place in week["places"]] == [(large, "Bike race")]
    assert await uses(school) == {small: 0, large: 2}
    (moved,) = await school.district.facts(PlacementMoved)
    assert (moved["data"]["student_id"], moved["data"]["space_id"]) == (school.student.person_id, large)
    assert len(await school.district.facts(WaitlistPromoted)) == 1
    assert [fact["data"]["space_id"] for fact in await school.district.facts(OccurrenceScheduled)] == [small, large]
    assert (await school.book(occurrence, ada)).status == 201


async def test_a_new_space_holds_everybody_who_has_a_place_or_nothing_changes(school: School) -> None:
    block, *_ = await school.blocks()
    large, tiny = await school.space(), await school.space(name="Booth", legal_limit=1, target=1)
    occurrence = (await school.occurrence(block["block_id"], space_id=large))["occurrence_id"]
    for student in (school.student, *await two_students(school)):
        await school.book(occurrence, student)
    path = f"/v1/occurrences/{occurrence}"
    assert (await school.teacher.patch(path, {"space_id": tiny})).codes == {"cap-below-taken"}
    assert (await school.teacher.patch(path, {"space_id": tiny, "cap": 5})).codes == {"space-full"}
    assert (await school.teacher.patch(path, {"cap": 2})).codes == {"cap-below-taken"}
    assert (await school.teacher.patch(path, {"space_id": "space_nowhere"})).codes == {"no-such-space"}
    assert await uses(school) == {large: 3, tiny: 0}
    assert await school.district.facts(PlacementMoved) == []


async def test_a_substitute_takes_over_one_date_and_the_host_is_free_again(school: School) -> None:
    block, *_ = await school.blocks()
    offer = await school.offer()
    made = await school.occurrence(block["block_id"], offer)
    substitute, stranger = await school.district.person("educator"), await school.district.person("learner")
    path, hosts = f"/v1/occurrences/{made['occurrence_id']}", {"host_ids": [substitute.person_id]}
    assert (await school.teacher.patch(path, hosts)).codes == {"host-others-only"}
    assert (await school.office.patch(path, {"host_ids": [stranger.person_id]})).codes == {"host-not-staff"}
    assert (await school.office.patch(path, hosts))["host_ids"] == [substitute.person_id]
    assert (await school.teacher.patch(path, {"title": "Mine"})).status == 403, "hosts it no longer"
    await school.occurrence(block["block_id"], offer), "the teacher has these minutes again"
    await school.teacher.patch(f"/v1/offers/{offer}", {"title": "Bikes"})
    assert (await school.office.get(path))["host_ids"] == [substitute.person_id], "one date's own stays its own"


async def test_undoing_a_cancellation_with_nothing_in_between_restores_the_same_state(school: School) -> None:
    block, *_ = await school.blocks()
    space = await school.space()
    made = await school.occurrence(block["block_id"], space_id=space, cap=1)
    occurrence = made["occurrence_id"]
    ben, _ = await two_students(school)
    await school.book(occurrence)
    await wait(school, ben, occurrence)
    before = await state(school, occurrence)
    await school.teacher.post(f"/v1/occurrences/{occurrence}/cancel", {"reason": "The host is ill."})
    assert (await state(school, occurrence))[0] == []
    restored = await school.teacher.post(f"/v1/occurrences/{occurrence}/restore")
    assert (restored["places"], restored["not_restored"]) == (1, [])
    assert restored["occurrence"]["cancel_reason"] is None
    assert await state(school, occurrence) == before
    assert await uses(school) == {space: 1}
    (back,) = await school.district.facts(PlacementRestored)
    assert back["data"]["student_id"] == school.student.person_id
    again = await school.teacher.post(f"/v1/occurrences/{occurrence}/restore")
    assert (again.status, again.codes) == (409, {"occurrence-not-cancelled"})


async def test_who_is_somewhere_else_by_now_stays_there_and_the_line_gets_the_seat(school: School) -> None:
    block, *_ = await school.blocks()
    occurrence = (await school.occurrence(block["block_id"], cap=1))["occurrence_id"]
    ben, _ = await two_students(school)
    held = await school.book(occurrence)
    await wait(school, ben, occurrence)
    await school.teacher.post(f"/v1/occurrences/{occurrence}/cancel", {"reason": "The host is ill."})
    other = await school.offer(school.office, host_ids=[(await school.district.person("educator")).person_id])
    (elsewhere,) = await school.made(f"/v1/offers/{other}/occurrences", {"block_ids": [block["block_id"]]})
    assert (await school.book(elsewhere["occurrence_id"])).status == 201
    restored = await school.teacher.post(f"/v1/occurrences/{occurrence}/restore")
    left = {"placement_id": held["placement_id"], "student_id": school.student.person_id}
    assert (restored["places"], restored["not_restored"]) == (0, [left])
    roll = await school.teacher.get(f"/v1/occurrences/{occurrence}/roll")
    assert [(line["student_id"], line["cause"]) for line in roll["lines"]] == [(ben.person_id, "promoted")]


async def state(school: School, occurrence_id: str) -> tuple[Any, Any]:
    """Who is on the roll of an occurrence, and who waits."""
    roll = await school.teacher.get(f"/v1/occurrences/{occurrence_id}/roll")
    return roll["lines"], roll["waiting"]

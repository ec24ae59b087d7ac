"""Waiting over HTTP: the seat that comes free is given on at once, and so on down the line, in one transaction."""

import asyncio
from datetime import UTC, datetime

from contracts.scheduler import (
    PlacementCancelled,
    PlacementMade,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistPromoted,
)
from kit.envelope import Trace
from services.scheduler.actions.release_student import release_student
from tests.integration.scheduler_placements.timetable import Timetable, book, give_back, wait


async def test_the_first_in_line_gets_the_seat_in_the_act_that_frees_it(timetable: Timetable) -> None:
    maya, ben, ada = [await timetable.student() for _ in range(3)]
    session = await timetable.session(1)
    held = await book(maya, session)
    entry, later = await wait(ben, session), await wait(ada, session)
    assert (entry["position"], later["position"]) == (1, 2)
    answer = await give_back(maya, held["placement_id"])
    assert answer["promoted"] == 1
    assert await timetable.seated(session) == {ben.person_id}
    (won,) = await timetable.district.facts(WaitlistPromoted)
    assert won["data"]["freed_placement_id"] == held["placement_id"]
    (made,) = [row for row in await timetable.district.facts(PlacementMade) if row["data"]["cause"] == "promoted"]
    (freed,) = await timetable.district.facts(PlacementCancelled)
    assert won["trace"]["correlation_id"] == made["trace"]["correlation_id"] == freed["trace"]["correlation_id"]
    assert (await ada.get(f"/v1/waitlist-entries/{later['entry_id']}"))["position"] == 1
    assert (await ben.get(f"/v1/waitlist-entries/{entry['entry_id']}")).status == 404


async def test_a_promotion_cascades_down_the_line_of_what_is_left(timetable: Timetable) -> None:
    maya, ben, ada, leo = [await timetable.student() for _ in range(4)]
    first, second, third = [await timetable.session(1) for _ in range(3)]
    held = await book(maya, first)
    at_second, at_third = await book(ben, second), await book(ada, third)
    await wait(ben, first, instead_of=at_second["placement_id"])
    await wait(ada, second, instead_of=at_third["placement_id"])
    await wait(leo, third)
    assert (await give_back(maya, held["placement_id"]))["promoted"] == 3
    seats = [await timetable.seated(session) for session in (first, second, third)]
    assert seats == [{ben.person_id}, {ada.person_id}, {leo.person_id}]
    reasons = [row["data"]["reason"] for row in await timetable.district.facts(PlacementCancelled)]
    assert sorted(reasons) == ["by-student", "switched", "switched"]
    traces = {row["trace"]["correlation_id"] for row in await timetable.district.facts(WaitlistPromoted)}
    assert len(traces) == 1


async def test_a_switch_gives_the_seat_it_leaves_to_the_line(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    lower, higher = await timetable.session(1), await timetable.session(1)
    held = await book(maya, lower)
    await wait(ben, lower)
    assert (await book(maya, higher, instead_of=held["placement_id"])).status == 201
    assert await timetable.seated(lower) == {ben.person_id}


async def test_a_line_is_served_before_a_newcomer_when_the_cap_is_raised(timetable: Timetable) -> None:
    maya, ben, newcomer = [await timetable.student() for _ in range(3)]
    session = await timetable.session(1)
    await book(maya, session)
    await wait(ben, session)
    await timetable.change(session, cap=2)
    assert (await book(newcomer, session)).codes == {"session-full"}
    assert await timetable.seated(session) == {maya.person_id, ben.person_id}
    await timetable.change(session, cap=3)
    assert (await book(newcomer, session)).status == 201
    assert await timetable.seated(session) == {maya.person_id, ben.person_id, newcomer.person_id}


async def test_nobody_waits_where_a_seat_is_free(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(1)
    assert (await wait(maya, session)).codes == {"seat-free"}


async def test_one_waits_for_a_seat_alone_not_against_the_rules(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(0, closes_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert (await wait(maya, session)).codes == {"closed"}


async def test_leaving_the_line_is_told_once(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    session = await timetable.session(0)
    entry = await wait(maya, session)
    assert (await ben.delete(f"/v1/waitlist-entries/{entry['entry_id']}")).status == 403
    assert (await maya.delete(f"/v1/waitlist-entries/{entry['entry_id']}")).status == 204
    assert (await maya.delete(f"/v1/waitlist-entries/{entry['entry_id']}")).status == 404
    assert [row["sequence"] for row in await timetable.district.facts(WaitlistJoined, WaitlistLeft)] == [2, 3]


async def test_my_week_shows_what_i_wait_for(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    lower, full = await timetable.session(1), await timetable.session(0)
    await wait(ben, full)
    held = await book(maya, lower)
    await wait(maya, full, instead_of=held["placement_id"])
    (waits,) = (await maya.get(f"/v1/people/{maya.person_id}/week?of=2031-03-04"))["waiting"]
    assert (waits["position"], waits["occurrence_id"], waits["instead_of"]) == (2, full, held["placement_id"])


async def test_many_give_back_while_many_wait_and_every_seat_stays_used(timetable: Timetable) -> None:
    session = await timetable.session(8)
    seated = [await timetable.student() for _ in range(8)]
    waiting = [await timetable.student() for _ in range(8)]
    held = [await book(student, session) for student in seated]
    for student in waiting:
        assert (await wait(student, session)).status == 201
    answers = await asyncio.gather(
        *(give_back(student, place["placement_id"]) for student, place in zip(seated, held, strict=True))
    )
    assert [answer.status for answer in answers] == [200] * 8
    assert await timetable.seated(session) == {student.person_id for student in waiting}
    occurrence = await timetable.occurrence(session)
    assert (occurrence.taken, occurrence.waiting) == (8, ())


async def test_who_leaves_frees_places_and_lines_and_others_move_up(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    session, full, locked = [await timetable.session(1, hour) for hour in (9, 11, 13)]
    await book(maya, session)
    await book(maya, locked)
    await wait(ben, session)
    await book(ben, full)
    await wait(maya, full)
    await timetable.change(locked, locked=True)
    await timetable.district.stage.store.transact(
        timetable.district.district_id, Trace("corr-leaving"), lambda tx: release_student(tx, maya.person_id)
    )
    assert await timetable.seated(session) == {ben.person_id}
    assert (await timetable.occurrence(full)).waiting == ()
    assert await timetable.seated(locked) == {maya.person_id}, "what is locked stopped changing"


async def test_an_occurrence_called_off_frees_everybody_and_ends_its_line(timetable: Timetable) -> None:
    host, maya, ben = await timetable.host(), await timetable.student(), await timetable.student()
    space = await timetable.space(1)
    session = await timetable.session(1, 10, space, host_ids=(host.person_id,))
    other = await timetable.session(1)
    await book(maya, session)
    await wait(ben, session)
    assert (await host.post(f"/v1/occurrences/{session}/cancel", {"reason": "The host is ill."})).status == 200
    assert await timetable.seated(session) == set()
    (freed,) = await timetable.district.facts(PlacementCancelled)
    assert (freed["data"]["reason"], freed["data"]["cancelled_by"]) == ("occurrence-cancelled", host.person_id)
    assert [row["data"]["student_id"] for row in await timetable.district.facts(WaitlistLeft)] == [ben.person_id]
    assert [day.uses for day in await timetable.days()] == [()]
    assert (await book(maya, other)).status == 201, "the minutes are free again"

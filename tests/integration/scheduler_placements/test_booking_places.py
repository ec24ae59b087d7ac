"""Booking over HTTP: one winner a seat, one place a minute, a reason for everybody else."""

import asyncio
from datetime import UTC, datetime

from contracts.scheduler import PlacementCancelled, PlacementMade
from tests.integration.scheduler_placements.timetable import WEEK, Timetable, book, give_back
from tests.support.stage import Someone


async def test_a_student_books_a_place_for_a_step_of_a_goal(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(2)
    goal_id, step_id = await timetable.goal(maya)
    answer = await book(maya, session, goal_id=goal_id, step_id=step_id, x_correlation_id="corr-of-this-test")
    assert answer.status == 201
    assert answer.headers["location"] == f"/v1/placements/{answer['placement_id']}"
    assert (answer["cause"], answer["goal_id"], answer["step_id"]) == ("chosen", goal_id, step_id)
    (row,) = await timetable.district.facts(PlacementMade)
    assert (row["key"], row["sequence"]) == (answer["placement_id"], 1)
    assert row["trace"]["correlation_id"] == "corr-of-this-test"
    assert row["data"]["goal_id"] == goal_id


async def test_all_reasons_come_at_once_and_nothing_is_changed(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(0, closes_at=datetime(2026, 1, 2, tzinfo=UTC))
    answer = await book(maya, session, goal_id="goal_nobodys")
    assert answer.status == 422
    assert answer.codes == {"closed", "session-full", "goal-unknown"}
    assert await timetable.district.facts() == []
    assert await timetable.weeks() == []


async def test_only_staff_hear_the_staff_text(timetable: Timetable) -> None:
    host, maya = await timetable.host(), await timetable.student()
    session = await timetable.session(0, host_ids=(host.person_id,))
    for_maya = (await book(maya, session)).body["refusals"][0]
    assert "staff_detail" not in for_maya
    assert "Raise its cap" in (await book(maya, session, by=host)).body["refusals"][0]["staff_detail"]


async def test_200_writers_on_the_last_seat(timetable: Timetable) -> None:
    session = await timetable.session(1)
    students = await asyncio.gather(*(timetable.student() for _ in range(200)))
    answers = await asyncio.gather(*(book(student, session) for student in students))
    won = [answer for answer in answers if answer.status == 201]
    lost = [answer for answer in answers if answer.status == 409]
    assert (len(won), len(lost)) == (1, 199)
    assert all(answer.codes == {"session-full"} and answer.body["detail"] for answer in lost)
    assert await timetable.seated(session) == {won[0]["student_id"]}
    assert (await timetable.occurrence(session)).taken == 1
    assert len(await timetable.district.facts(PlacementMade)) == 1


async def test_one_student_gets_one_of_many_places_at_the_same_minute(timetable: Timetable) -> None:
    maya = await timetable.student()
    sessions = [await timetable.session(5, 10 + number / 20) for number in range(10)]
    answers = await asyncio.gather(*(book(maya, session) for session in sessions))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert all(answer.codes == {"overlaps"} for answer in answers if answer.status == 409)
    assert sum([(await timetable.occurrence(session)).taken for session in sessions]) == 1


async def test_two_sessions_in_one_space_share_its_legal_limit(timetable: Timetable) -> None:
    space = await timetable.space(3)
    sessions = [await timetable.session(None, 10, space), await timetable.session(None, 10.5, space)]
    students = await asyncio.gather(*(timetable.student() for _ in range(10)))
    answers = await asyncio.gather(*(book(student, sessions[number % 2]) for number, student in enumerate(students)))
    assert [answer.status for answer in answers].count(201) == 3
    assert all(answer.codes == {"space-full"} for answer in answers if answer.status != 201)
    assert sum(use.taken for day in await timetable.days() for use in day.uses) == 3


async def test_the_same_key_gives_the_same_answer_once(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(3)
    first = await book(maya, session, idempotency_key="key-of-maya-1")
    again = await book(maya, session, idempotency_key="key-of-maya-1")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert (await timetable.occurrence(session)).taken == 1


async def test_the_same_key_with_another_body_is_refused(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(3)
    goal_id, _ = await timetable.goal(maya)
    await book(maya, session, idempotency_key="key-of-maya-2")
    other = await book(maya, session, goal_id=goal_id, idempotency_key="key-of-maya-2")
    assert (other.status, other.codes) == (422, {"idempotency-key-reused"})


async def test_the_same_key_twice_in_flight_is_told_to_wait(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(3)
    answers = await asyncio.gather(*(book(maya, session, idempotency_key="key-of-maya-3") for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert {"request-in-progress"} in [answer.codes for answer in answers if answer.status == 409]


async def test_a_refused_booking_leaves_its_key_free(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(0)
    assert (await book(maya, session, idempotency_key="key-of-maya-4")).status == 409
    await timetable.change(session, cap=1)
    assert (await book(maya, session, idempotency_key="key-of-maya-4")).status == 201


async def test_a_switch_that_fails_loses_nothing(timetable: Timetable) -> None:
    maya = await timetable.student()
    lower, full = await timetable.session(1), await timetable.session(0)
    held = await book(maya, lower)
    answer = await book(maya, full, instead_of=held["placement_id"])
    assert answer.codes == {"session-full"}
    assert await timetable.seated(lower) == {maya.person_id}
    assert await timetable.district.facts(PlacementCancelled) == []


async def test_a_switch_that_is_won_is_one_act(timetable: Timetable) -> None:
    maya = await timetable.student()
    lower, higher = await timetable.session(1), await timetable.session(1)
    held = await book(maya, lower)
    answer = await book(maya, higher, instead_of=held["placement_id"])
    assert answer["replaced"] == held["placement_id"]
    assert (await timetable.seated(lower), await timetable.seated(higher)) == (set(), {maya.person_id})
    (freed,) = await timetable.district.facts(PlacementCancelled)
    assert freed["data"]["reason"] == "switched"


async def test_nobody_switches_from_another_students_place(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    lower, higher = await timetable.session(1), await timetable.session(1)
    held = await book(maya, lower)
    assert (await book(ben, higher, instead_of=held["placement_id"])).codes == {"no-such-placement"}
    assert await timetable.seated(lower) == {maya.person_id}


async def test_a_student_works_alone_in_a_space_until_its_seats_are_gone(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    space, block = await timetable.space(5, own_work_seats=1), await timetable.block()

    async def work(student: Someone) -> object:
        body = {"student_id": student.person_id, "block_id": block}
        return await student.post(f"/v1/spaces/{space.space_id}/placements", body)

    answers = await asyncio.gather(work(maya), work(ben))
    assert sorted(answer.status for answer in answers) == [201, 409]  # type: ignore[attr-defined]
    (day,) = await timetable.days()
    assert [use.taken for use in day.uses] == [1]


async def test_a_host_assigns_and_nobody_places_somebody_else(timetable: Timetable) -> None:
    host, stranger = await timetable.host(), await timetable.host()
    maya, ben = await timetable.student(), await timetable.student()
    session = await timetable.session(5, host_ids=(host.person_id,))
    assert (await book(maya, session, by=host))["cause"] == "assigned"
    assert (await book(ben, session, by=stranger)).status == 403
    assert (await book(ben, session, by=maya)).status == 403
    assert await timetable.seated(session) == {maya.person_id}


async def test_what_is_not_of_this_district_is_not_there(timetable: Timetable) -> None:
    session, stranger = await timetable.session(5), await timetable.district.stage.district().person("learner")
    assert (await book(stranger, session)).status == 404
    maya = await timetable.student()
    assert (await book(maya, "occurrence_unknown")).codes == {"no-such-occurrence"}


async def test_my_week_shows_places_in_time_order_with_the_agency_rate(timetable: Timetable) -> None:
    host, maya = await timetable.host(), await timetable.student()
    late, early = await timetable.session(5, 13), await timetable.session(5, 9, host_ids=(host.person_id,))
    await book(maya, late)
    await book(maya, early, by=host)
    week = await maya.get(f"/v1/people/{maya.person_id}/week?of=2031-03-05")
    assert week["week"] == WEEK
    assert [place["occurrence_id"] for place in week["places"]] == [early, late]
    assert week["agency"] == {"chosen_minutes": 45, "placed_minutes": 90, "rate": 0.5}
    assert (await (await timetable.student()).get(f"/v1/people/{maya.person_id}/week?of=2031-03-05")).status == 403


async def test_a_place_given_back_can_be_booked_again_while_the_seat_is_free(timetable: Timetable) -> None:
    maya, session = await timetable.student(), await timetable.session(1)
    first = await book(maya, session)
    assert (await give_back(maya, first["placement_id"], reason="changed-mind")).status == 200
    assert (await give_back(maya, first["placement_id"])).codes == {"place-not-held"}
    assert (await book(maya, session)).status == 201
    sequences = [row["sequence"] for row in await timetable.district.facts()]
    assert sequences == [1, 2, 3]

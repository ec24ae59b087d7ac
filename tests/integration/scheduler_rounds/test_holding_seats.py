"""While a round is open its seats are not first come; once it is published or called off, what is left is."""

from tests.integration.scheduler_placements.timetable import book, wait
from tests.integration.scheduler_rounds.round_school import RoundSchool, rank


async def test_a_student_cannot_book_what_a_round_gives_out_and_hears_until_when_to_rank(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1, Chess=5)
    maya, ben = await school.enrol(2)
    opened = await school.open(block, occurrence_ids=[made["Robotics"]])
    refused = await book(maya, made["Robotics"])
    assert (refused.status, refused.codes) == (409, {"held-for-round"})
    assert opened["closes_at"][:16] in refused.body["detail"]
    assert refused.body["refusals"][0]["details"]["round_id"] == opened["round_id"]
    assert (await book(ben, made["Chess"])).status == 201, "the round gives out Robotics alone"
    assert "held-for-round" in (await wait(maya, made["Robotics"])).codes
    assigned = await book(maya, made["Robotics"], by=school.office)
    assert assigned["cause"] == "assigned"


async def test_openings_say_what_can_be_ranked(school: RoundSchool) -> None:
    block, _ = await school.sessions(10, Robotics=1)
    other, _ = await school.sessions(13, Chess=1)
    (maya,) = await school.enrol(1)
    await school.open(block)
    found = await maya.get(f"/v1/people/{maya.person_id}/openings?from=2031-03-04&to=2031-03-04")
    assert {one["block_id"]: one["state"] for one in found["openings"]} == {block: "ranked", other: "open"}


async def test_seats_of_a_round_that_is_called_off_are_first_come(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(block))["round_id"]
    assert (await school.office.post(f"/v1/rounds/{round_id}/call-off")).status == 200
    assert (await book(maya, made["Robotics"])).status == 201
    assert (await school.close(round_id)).codes == {"round-not-open"}


async def test_left_over_seats_are_first_come_and_held_again_after_an_undo(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=2)
    maya, ben, cleo = await school.enrol(3)
    round_id = (await school.open(block))["round_id"]
    await rank(maya, round_id, {block: [made["Robotics"]]})
    await school.publish_first(round_id)
    assert (await book(ben, made["Robotics"])).status == 201
    await school.undo(round_id)
    assert (await book(cleo, made["Robotics"])).codes == {"held-for-round"}
    assert await school.timetable.seated(made["Robotics"]) == {ben.person_id}


async def test_who_waited_before_the_round_gets_no_seat_of_it(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1)
    maya, ben = await school.enrol(2)
    held = await book(maya, made["Robotics"])
    assert (await wait(ben, made["Robotics"])).status == 201
    await school.open(block)
    cancelled = await maya.post(f"/v1/placements/{held['placement_id']}/cancel", {})
    assert cancelled["promoted"] == 0
    assert await school.timetable.seated(made["Robotics"]) == set()

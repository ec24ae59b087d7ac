"""What can come between: a run cancelled, a world that changed, a lock, a worker that stops, a forgotten learner."""

import asyncio

from contracts.profile import PersonForgotten
from contracts.scheduler import PlacementMade
from kit.ids import new_id
from kit.signals import StopSignal
from services.scheduler.actions.settle_rounds import PART, settle_next
from services.scheduler.actions.work_out_runs import work_out_next
from services.scheduler.store.rounds import CREDITS, RANKINGS, RESULTS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.integration.scheduler_placements.timetable import book
from tests.integration.scheduler_rounds.round_school import RoundSchool, rank, result_of
from tests.support.eventually import eventually


async def test_a_run_is_cancelled_while_it_is_worked_out(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(block))["round_id"]
    await rank(maya, round_id, {block: [made["Robotics"]]})
    run_id = (await school.office.post(f"/v1/rounds/{round_id}/runs", {}))["run_id"]
    path = f"/v1/rounds/{round_id}/runs/{run_id}"
    working = asyncio.create_task(school.worked_out(round_id, run_id))

    async def running() -> bool:
        return bool((await school.run(round_id, run_id))["state"] == "running")

    await eventually(running, every=0.01)
    assert (await school.office.post(f"{path}/cancel"))["state"] == "cancelled"
    await working
    assert (await school.run(round_id, run_id))["state"] == "cancelled"
    assert (await school.office.get(f"{path}/results"))["items"] == []
    assert (await school.office.post(f"{path}/cancel")).codes == {"run-over"}
    assert (await school.office.post(f"/v1/rounds/{round_id}/publish", {"run_id": run_id})).codes >= {
        "run-not-finished"
    }


async def test_a_worker_that_stops_gives_the_run_back_and_another_works_it_out(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(block))["round_id"]
    await rank(maya, round_id, {block: [made["Robotics"]]})
    run_id = (await school.office.post(f"/v1/rounds/{round_id}/runs", {}))["run_id"]
    stopping = StopSignal()
    stopping.set()
    assert await work_out_next(school.store, stop=stopping)
    assert (await school.run(round_id, run_id))["state"] == "waiting"
    assert (await school.worked_out(round_id, run_id))["state"] == "finished"


async def test_a_run_of_another_world_is_refused_or_says_whom_it_could_not_place(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=2)
    maya, ben, cleo = await school.enrol(3)
    round_id = (await school.open(block))["round_id"]
    for student in (maya, ben):
        await rank(student, round_id, {block: [made["Robotics"]]})
    await school.close(round_id)
    run_id = (await school.preview(round_id))["run_id"]
    await book(cleo, made["Robotics"], by=school.office)
    refused = await school.publish(round_id, run_id)
    assert (refused["state"], refused["settling"]["refused"]) == ("open", "run-outdated")
    assert await school.timetable.seated(made["Robotics"]) == {cleo.person_id}

    published = await school.publish(round_id, run_id, even_if_changed=True)
    assert (published["settling"]["placed"], published["settling"]["not_placed"]) == (1, 1)
    left_out = await school.office.get(f"/v1/rounds/{round_id}/runs/{run_id}/results?not_placed=true")
    (row,) = left_out["items"]
    assert row["places"][0]["against"] == ["session-full"]
    assert "its last seat was given to somebody else" in row["places"][0]["text"]
    loser = next(one for one in (maya, ben) if one.person_id == row["student_id"])
    assert await school.titles(loser) == []
    assert (await result_of(loser, round_id))["result"]["places"][0]["placement_id"] is None


async def test_nothing_is_published_while_students_rank_or_once_a_block_locked(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=2)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(block))["round_id"]
    assert (await school.office.post(f"/v1/rounds/{round_id}/runs", {})).codes == {"nobody-ranked"}
    await rank(maya, round_id, {block: [made["Robotics"]]})
    run_id = (await school.preview(round_id))["run_id"]
    publishing = f"/v1/rounds/{round_id}/publish"
    assert (await school.office.post(publishing, {"run_id": run_id})).codes == {"ranking-still-open"}
    assert (await school.office.post(f"/v1/rounds/{round_id}/undo")).codes == {"round-not-published"}
    await school.close(round_id)
    await school.publish(round_id, run_id)
    assert (await school.office.post(publishing, {"run_id": run_id})).codes == {"round-not-open"}
    assert (await school.office.post(f"/v1/blocks/{block}/lock")).status == 200
    assert (await school.office.post(f"/v1/rounds/{round_id}/undo")).codes == {"blocks-locked"}
    assert await school.titles(maya) == ["Robotics"]


async def test_a_publication_that_was_broken_off_is_taken_up_where_it_stood(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=None)
    students = await school.enrol(PART + 2)
    round_id = (await school.open(block))["round_id"]
    for student in students:
        await rank(student, round_id, {block: [made["Robotics"]]})
    await school.close(round_id)
    run_id = (await school.preview(round_id))["run_id"]
    await school.office.post(f"/v1/rounds/{round_id}/publish", {"run_id": run_id})
    stopping = StopSignal()
    stopping.set()
    assert await settle_next(school.store, stopping)
    half = await school.round(round_id)
    assert (half["state"], half["settling"]["settled"]) == ("publishing", PART)
    whole = await school.settled(round_id)
    assert (whole["state"], whole["settling"]["placed"]) == ("published", PART + 2)
    assert len(await school.timetable.seated(made["Robotics"])) == PART + 2
    assert len(await school.timetable.district.facts(PlacementMade)) == PART + 2


async def test_a_forgotten_learner_is_in_no_ranking_no_result_and_no_credit(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1, Chess=1)
    maya, ben = await school.enrol(2)
    round_id = (await school.open(block))["round_id"]
    for student, friend in ((maya, ben), (ben, maya)):
        await rank(student, round_id, {block: [made["Robotics"], made["Chess"]]}, friends=[friend])
    await school.publish_first(round_id)
    district_id = school.timetable.district.district_id
    forgotten = PersonForgotten(district_id=district_id, person_id=maya.person_id, erasure_id=new_id("erasure"))
    await school.timetable.district.stage.hear(SUBSCRIPTIONS, (forgotten, 10_000))
    reader = school.store.reader(district_id)
    for collection in (RANKINGS, RESULTS, CREDITS):
        rows = await reader[collection].find({})
        assert rows, collection.name
        assert maya.person_id not in repr(rows), collection.name
    await school.undo(round_id)
    assert await school.held() == {ben.person_id: []}

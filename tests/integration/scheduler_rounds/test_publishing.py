"""A round from ranking to result: previewed twice, published, told, undone, published again."""

from contracts.scheduler import (
    PlacementCancelled,
    PlacementMade,
    RoundOpened,
    RoundPublished,
    RoundResultPublished,
    RoundResultWithdrawn,
    RoundUndone,
)
from services.scheduler.domain.distribution.credit import START
from tests.integration.scheduler_placements.timetable import book
from tests.integration.scheduler_rounds.round_school import RoundSchool, rank, result_of


async def test_the_same_input_and_seed_give_the_same_result_and_another_seed_may_not(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=2, Chess=2, Pottery=None)
    students = await school.enrol(6)
    round_id = (await school.open(block))["round_id"]
    for student in students:
        await rank(student, round_id, {block: [made["Robotics"], made["Chess"], made["Pottery"]]})
    first, second = await school.preview(round_id), await school.preview(round_id)
    assert first["state"] == second["state"] == "finished"
    assert (first["input_digest"], first["result_digest"]) == (second["input_digest"], second["result_digest"])
    assert first["figures"]["figures"]["rank_profile"][1:4] == [2, 2, 2]
    others = [await school.preview(round_id, seed=seed) for seed in (8, 9)]
    assert any(other["result_digest"] != first["result_digest"] for other in others)
    assert all(other["input_digest"] != first["input_digest"] for other in others)
    path = f"/v1/rounds/{round_id}/runs/{first['run_id']}/comparison?with={second['run_id']}"
    assert (await school.office.get(path))["different"] == 0
    assert await school.held() == {}


async def test_who_ranked_gets_a_place_a_reason_and_what_would_have_changed_it(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1, Chess=5)
    students = await school.enrol(3)
    round_id = (await school.open(block))["round_id"]
    for student in students:
        await rank(student, round_id, {block: [made["Robotics"], made["Chess"]]})
    assert (await school.publish_first(round_id))["settling"]["placed"] == 3
    held = await school.held()
    assert all([place.cause for place in held[student.person_id]] == ["distributed"] for student in students)
    results = [(await result_of(student, round_id))["result"] for student in students]
    ranks = sorted(result["places"][0]["rank"] for result in results)
    assert ranks == [1, 2, 2]
    missed = next(result for result in results if result["places"][0]["rank"] == 2)
    assert missed["choices"][0]["text"].startswith("Robotics had 1 seats; 3 ranked it first")
    assert missed["choices"][0]["change_text"]
    assert missed["credit_after"] > START
    told = await school.timetable.district.facts(RoundResultPublished)
    assert {row["data"]["student_id"] for row in told} == {student.person_id for student in students}
    assert sorted(str(row["data"]["reason"]) for row in told) == ["None", "full", "full"]
    (opened,), (published,) = [await school.timetable.district.facts(kind) for kind in (RoundOpened, RoundPublished)]
    assert opened["data"]["block_ids"] == [block]
    assert (published["data"]["placed"], published["data"]["not_placed"]) == (3, 0)


async def test_an_undo_puts_back_what_stood_before_and_the_run_can_be_published_again(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1, Chess=5)
    maya, ben = await school.enrol(2)
    earlier = await school.timetable.session(1, 10, title="Choir")
    chosen = await book(maya, earlier)
    round_id = (await school.open(block))["round_id"]
    for student in (maya, ben):
        await rank(student, round_id, {block: [made["Robotics"], made["Chess"]]})
    published = await school.publish_first(round_id)
    assert await school.titles(maya) in (["Robotics"], ["Chess"])
    first_time = {one.person_id: await school.titles(one) for one in (maya, ben)}
    credits = await school.credits()
    assert set(credits.values()) != {START}

    undone = await school.undo(round_id)
    assert (undone["state"], undone["published_run_id"]) == ("open", None)
    assert (undone["settling"]["freed"], undone["settling"]["returned"]) == (2, 1)
    assert (await school.titles(maya), await school.titles(ben)) == (["Choir"], [])
    (back,) = (await school.held())[maya.person_id]
    assert (back.cause, back.replaced) == ("chosen", chosen["placement_id"])
    assert set((await school.credits()).values()) == {START}
    assert (await school.timetable.occurrence(made["Robotics"])).taken == 0
    assert (await result_of(maya, round_id))["result"] is None
    freed = await school.timetable.district.facts(PlacementCancelled)
    assert sorted(row["data"]["reason"] for row in freed) == ["round-undone", "round-undone", "switched"]
    assert len(await school.timetable.district.facts(RoundResultWithdrawn)) == 2
    assert len(await school.timetable.district.facts(RoundUndone)) == 1

    again = await school.publish(round_id, published["published_run_id"])
    assert again["state"] == "published"
    assert {one.person_id: await school.titles(one) for one in (maya, ben)} == first_time
    assert await school.credits() == credits
    made_ids = [row["key"] for row in await school.timetable.district.facts(PlacementMade)]
    assert len(made_ids) == len(set(made_ids))

"""What a run keeps to: places that adults gave, own choices that are left for better, quotas, friends, calm spaces."""

from tests.integration.scheduler_placements.timetable import book
from tests.integration.scheduler_rounds.round_school import RoundSchool, rank, result_of


async def test_a_place_that_an_adult_gave_stays_and_one_ranked_higher_is_kept(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=5, Chess=5)
    maya, ben = await school.enrol(2)
    choir = await school.timetable.session(5, 10.25, title="Choir")
    await book(maya, choir, by=school.office)
    await book(ben, made["Robotics"])
    round_id = (await school.open(block))["round_id"]
    await rank(maya, round_id, {block: [made["Robotics"]]})
    await rank(ben, round_id, {block: [made["Robotics"], made["Chess"]]})
    await school.close(round_id)
    run = await school.preview(round_id)
    assert (run["state"], run["fault"]) == ("failed", "nothing-counts")
    (cleo,) = await school.enrol(1)
    assert (await rank(cleo, round_id, {block: [made["Chess"]]})).codes == {"ranking-closed"}
    assert [await school.titles(one) for one in (maya, ben)] == [["Choir"], ["Robotics"]]


async def test_reasons_say_what_could_not_count(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=5, Chess=5)
    maya, ben, cleo = await school.enrol(3)
    await book(ben, made["Robotics"])
    choir = await school.timetable.session(5, 10.25, title="Choir")
    await book(maya, choir, by=school.office)
    round_id = (await school.open(block))["round_id"]
    for student in (maya, ben, cleo):
        await rank(student, round_id, {block: [made["Robotics"], made["Chess"]]})
    await school.publish_first(round_id)
    codes = {
        one.person_id: [choice["code"] for choice in (await result_of(one, round_id))["result"]["choices"]]
        for one in (maya, ben, cleo)
    }
    assert codes[maya.person_id] == ["placed-by-others", "placed-by-others"]
    assert codes[ben.person_id] == ["yours-already", "yours-already"]
    assert codes[cleo.person_id] == ["placed", "better-choice"]
    kept = (await result_of(ben, round_id))["result"]
    assert (kept["places"], kept["empty"][0]["code"]) == ([], "keeps-own")
    assert "Wildcat Time" in kept["empty"][0]["text"]


async def test_nobody_gets_an_offer_more_often_in_a_day_than_it_may_be_had(school: RoundSchool) -> None:
    first, morning = await school.sessions(9, Chess=5)
    second, noon = await school.sessions(12, Pottery=5)
    chess = await school.timetable.occurrence(morning["Chess"])
    again = await school.timetable.session(
        5, 12, block_id=second, title="Chess", offer_id=chess.offer_id, once_a_day=True
    )
    await school.timetable.change(morning["Chess"], once_a_day=True)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(first, second))["round_id"]
    await rank(maya, round_id, {first: [morning["Chess"]], second: [again, noon["Pottery"]]})
    published = await school.publish_first(round_id)
    assert await school.titles(maya) == ["Chess", "Pottery"]
    assert published["settling"]["not_placed"] == 0
    result = (await result_of(maya, round_id))["result"]
    assert [choice["code"] for choice in result["choices"]] == ["placed", "often-enough", "placed"]
    assert result["places"][1]["rank"] == 2, "by the student's own count"


async def test_friends_who_name_each_other_are_put_together_where_little_is_lost(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=2, Chess=2)
    maya, ben, cleo, dan = await school.enrol(4)
    round_id = (await school.open(block))["round_id"]
    for student, friend in ((maya, ben), (ben, maya), (cleo, maya), (dan, maya)):
        await rank(student, round_id, {block: [made["Robotics"], made["Chess"]]}, friends=[friend])
    await school.publish_first(round_id)
    assert await school.titles(maya) == await school.titles(ben)
    assert await school.titles(cleo) == await school.titles(dan)


async def test_none_of_these_means_a_calm_space(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=0)
    space = await school.timetable.space(5, own_work_seats=1)
    maya, ben = await school.enrol(2)
    round_id = (await school.open(block))["round_id"]
    await rank(maya, round_id, {}, calm=[block])
    await rank(ben, round_id, {block: [made["Robotics"]]})
    published = await school.publish_first(round_id)
    (place,) = (await school.held())[maya.person_id]
    assert (place.space_id, place.occurrence_id, place.cause) == (space.space_id, None, "distributed")
    assert await school.titles(ben) == []
    assert published["settling"]["placed"] == 1
    assert (await school.undo(round_id))["settling"]["freed"] == 1
    assert await school.titles(maya) == []


async def test_who_missed_out_before_comes_first_next_time(school: RoundSchool) -> None:
    first, robotics = await school.sessions(9, Robotics=1, Chess=9)
    students = await school.enrol(4)
    winners = []
    for hour in (9.0, 11.0, 13.0, 15.0):
        block, made = (first, robotics) if hour == 9.0 else await school.sessions(hour, Robotics=1, Chess=9)
        round_id = (await school.open(block))["round_id"]
        for student in students:
            await rank(student, round_id, {block: [made["Robotics"], made["Chess"]]})
        await school.publish_first(round_id)
        winners += [one.person_id for one in students if (await school.titles(one))[-1] == "Robotics"]
    assert set(winners) == {student.person_id for student in students}, "each of four once in four rounds"

"""What is open to me? With the reasons why."""

import random
from dataclasses import fields
from datetime import timedelta
from typing import Any

from contracts.community import MemberShown, ProjectShown
from contracts.fact import Fact
from contracts.profile import (
    GoalChanged,
    GoalWritten,
    InterestsChanged,
    PersonForgotten,
    PersonListed,
    RoleHeld,
    SkillGrown,
    StepState,
)
from contracts.scheduler import SchedulerErased
from kit.clock import now
from kit.directory import PEOPLE
from kit.ids import new_id
from services.scheduler.store.erasures import ERASURES
from services.scheduler.store.learners import LEARNERS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.integration.scheduler_time.conftest import School
from tests.support.stage import Someone, Stage


def goal(school: School, goal_id: str, state: str = "active", targets: tuple[str, ...] = ("target_1",)) -> GoalChanged:
    return GoalChanged(
        district_id=school.district.district_id,
        goal_id=goal_id,
        person_id=school.student.person_id,
        state=state,
        target_ids=targets,
        tags=(),
        steps=(StepState("step_1", None, False),),
    )


def interests(school: School, *tags: str) -> InterestsChanged:
    return InterestsChanged(district_id=school.district.district_id, person_id=school.student.person_id, tags=tags)


def project(school: School) -> ProjectShown:
    return ProjectShown(
        district_id=school.district.district_id,
        project_id=new_id("project"),
        school_id=school.district.school_id,
        partner_id=None,
        skills=("empathy",),
        target_ids=(),
        tags=("gardens",),
        members=(MemberShown(school.student.person_id, 90, {}),),
        shown_at=now(),
    )


async def openings(school: School, by: Someone | None = None, query: str = "") -> Any:
    caller = by or school.student
    path = f"/v1/people/{school.student.person_id}/openings?from={school.monday}{query}"
    answer = await caller.get(path)
    assert answer.status == 200, answer
    return answer.body


async def test_a_student_sees_what_is_open_with_the_reason_and_the_state(school: School) -> None:
    blocks = await school.blocks()
    goal_id = new_id("goal")
    await school.hear(goal(school, goal_id), interests(school, "music"))
    plain = await school.occurrence(blocks[0]["block_id"], await school.offer())
    music = await school.occurrence(blocks[2]["block_id"], await school.offer(tags=["music"]))
    target = await school.occurrence(blocks[4]["block_id"], await school.offer(target_ids=["target_1"], cap=0))
    found = await openings(school)
    assert [one["occurrence_id"] for one in found["openings"]] == [
        target["occurrence_id"],
        music["occurrence_id"],
        plain["occurrence_id"],
    ]
    first, second, third = found["openings"]
    assert first["reasons"] == [
        {
            "code": "for-your-goal",
            "params": {"goal_id": goal_id, "target_id": "target_1"},
            "text": "It works towards a target of your goal.",
        }
    ]
    assert [reason["text"] for reason in second["reasons"]] == ["Because you are interested in music."]
    assert [one["state"] for one in (first, second, third)] == ["full", "open", "open"]
    assert found["heard"]["goals"]
    assert found["heard"]["projects"] is None


async def test_a_goal_that_is_taken_up_again_is_a_reason_again(school: School) -> None:
    blocks = await school.blocks()
    goal_id = new_id("goal")
    await school.occurrence(blocks[0]["block_id"], await school.offer(target_ids=["target_1"]))
    said = []
    for state in ("active", "reached", "active"):
        await school.hear(goal(school, goal_id, state))
        said.append([reason["code"] for reason in (await openings(school))["openings"][0]["reasons"]])
    assert [("for-your-goal" in codes) for codes in said] == [True, False, True]


async def test_what_is_booked_is_yours_and_its_rivals_overlap(school: School) -> None:
    blocks = await school.blocks()
    colleague = await school.district.person("educator")
    mine = await school.occurrence(blocks[0]["block_id"])
    offer_id = await school.offer(colleague)
    body = {"block_ids": [blocks[0]["block_id"]]}
    (rival,) = await school.made(f"/v1/offers/{offer_id}/occurrences", body, colleague)
    assert (await school.book(mine["occurrence_id"])).status == 201
    states = {one["occurrence_id"]: one["state"] for one in (await openings(school))["openings"]}
    assert states == {mine["occurrence_id"]: "yours", rival["occurrence_id"]: "overlaps"}


async def test_what_a_student_is_not_eligible_for_is_hidden(school: School) -> None:
    blocks = await school.blocks()
    await school.occurrence(blocks[0]["block_id"], await school.offer(eligibility={"grades": ["12"]}))
    assert (await openings(school))["openings"] == []


async def test_a_full_space_shows_as_full_under_a_free_cap(school: School) -> None:
    blocks = await school.blocks()
    space_id = await school.space(legal_limit=1, target=1)
    occurrence = await school.occurrence(blocks[0]["block_id"], space_id=space_id, cap="unlimited")
    (before,) = (await openings(school))["openings"]
    other = await school.district.person("learner")
    assert (await school.book(occurrence["occurrence_id"], other)).status == 201
    (after,) = (await openings(school))["openings"]
    assert [(one["state"], one["seats_left"]) for one in (before, after)] == [("open", 1), ("full", 0)]


async def test_filters_narrow_by_block_tag_and_goal(school: School) -> None:
    blocks = await school.blocks()
    goal_id = new_id("goal")
    await school.hear(goal(school, goal_id))
    music = await school.occurrence(blocks[0]["block_id"], await school.offer(tags=["music"]))
    target = await school.occurrence(blocks[2]["block_id"], await school.offer(target_ids=["target_1"]))
    for query, wanted in (
        ("&tag=music", music),
        (f"&goal_id={goal_id}", target),
        (f"&block_id={blocks[2]['block_id']}", target),
    ):
        found = (await openings(school, query=query))["openings"]
        assert [one["occurrence_id"] for one in found] == [wanted["occurrence_id"]]
    path = f"/v1/people/{school.student.person_id}/openings?goal_id={new_id('goal')}"
    assert (await school.student.get(path)).codes == {"no-such-open-goal"}


async def test_a_reached_goal_is_no_reason_any_more(school: School) -> None:
    blocks = await school.blocks()
    goal_id = new_id("goal")
    await school.occurrence(blocks[0]["block_id"], await school.offer(target_ids=["target_1"]))
    for state, count in (("active", 1), ("reached", 0)):
        await school.hear(goal(school, goal_id, state))
        (one,) = (await openings(school))["openings"]
        assert len(one["reasons"]) == count


async def test_a_shown_project_changes_what_comes_first(school: School) -> None:
    blocks = await school.blocks()
    await school.occurrence(blocks[0]["block_id"], await school.offer())
    gardens = await school.occurrence(blocks[2]["block_id"], await school.offer(tags=["gardens"]))
    before = (await openings(school))["openings"]
    await school.hear(project(school))
    after = (await openings(school))["openings"]
    assert before[0]["occurrence_id"] != gardens["occurrence_id"]
    assert after[0]["occurrence_id"] == gardens["occurrence_id"]
    assert [reason["code"] for reason in after[0]["reasons"]] == ["builds-on-project"]


async def test_spaces_for_own_work_show_their_seats(school: School) -> None:
    blocks = await school.blocks(days=1)
    space_id = await school.space(own_work=True, own_work_seats=2, name="Quiet room", features=["quiet"])
    await school.space(name="Lab")
    body = {"student_id": school.student.person_id, "block_id": blocks[0]["block_id"]}
    assert (await school.student.post(f"/v1/spaces/{space_id}/placements", body)).status == 201
    found = (await openings(school, query=f"&to={school.monday}"))["own_work"]
    seen = [(one["space_id"], one["block_id"], one["seats_left"], one["state"]) for one in found]
    assert seen == [
        (space_id, blocks[0]["block_id"], 1, "overlaps"),
        (space_id, blocks[1]["block_id"], 2, "open"),
    ]


async def test_pages_continue_the_ranked_list(school: School) -> None:
    blocks = await school.blocks()
    offer_id = await school.offer()
    await school.made(
        f"/v1/offers/{offer_id}/occurrences", {"block_ids": [block["block_id"] for block in blocks]}, school.teacher
    )
    first = await openings(school, query="&limit=6")
    second = await openings(school, query=f"&limit=6&cursor={first['next_cursor']}")
    seen = [one["starts_at"] for one in first["openings"] + second["openings"]]
    assert (seen, len(seen), second["next_cursor"]) == (sorted(seen), 10, None)


async def test_family_and_teachers_see_a_students_openings_and_others_do_not(school: School) -> None:
    district, student = school.district, school.student
    family = await district.person("guardian", wards=(student.person_id,))
    stranger, colleague = await district.person("guardian"), await district.person("educator")
    for caller in (family, school.teacher, school.office):
        await openings(school, caller)
    path = f"/v1/people/{student.person_id}/openings"
    for other in (stranger, colleague, await district.person("learner")):
        assert (await other.get(path)).codes == {"not-permitted"}


async def test_a_range_of_more_than_two_weeks_is_refused(school: School) -> None:
    last = school.monday + timedelta(days=14)
    path = f"/v1/people/{school.student.person_id}/openings?from={school.monday}&to={last}"
    assert (await school.student.get(path)).codes == {"range-out-of-bounds"}


def _story(school: School) -> list[Fact]:
    district_id, person_id = school.district.district_id, school.student.person_id
    growth = {"district_id": district_id, "growth_id": "growth_1", "person_id": person_id, "skill": "empathy"}
    written = goal(school, "goal_1", "active")
    return [
        GoalWritten(**{field.name: getattr(written, field.name) for field in fields(written)}),
        goal(school, "goal_1", "active", ("target_1", "target_2")),
        goal(school, "goal_1", "reached", ("target_2",)),
        goal(school, "goal_2"),
        interests(school, "music"),
        interests(school, "gardens"),
        SkillGrown(**growth, pieces=1, evidence_id="evidence_1"),
        SkillGrown(**growth, pieces=2, evidence_id="evidence_2"),
        project(school),
        PersonListed(
            district_id=district_id,
            person_id=person_id,
            roles=(RoleHeld("learner", school.district.school_id),),
            class_ids=("class_9",),
            teaches_class_ids=(),
            ward_ids=(),
            grades=("10",),
            active=True,
        ),
    ]


async def _known(school: School, stage: Stage) -> tuple[Any, Any]:
    """What the views know of the student, without the times at which it was heard."""
    reader = stage.store.reader(school.district.district_id)
    learner, person = (
        await reader[LEARNERS].get(school.student.person_id),
        await reader[PEOPLE].get(school.student.person_id),
    )
    assert learner is not None
    for skill in learner["skills"].values():
        skill.pop("grown_at")
    return {name: value for name, value in learner.items() if not name.endswith("_at")}, person


async def test_facts_heard_twice_and_shuffled_leave_the_same_views(school: School, stage: Stage) -> None:
    story = [(fact, 2000 + place) for place, fact in enumerate(_story(school))]
    await stage.hear(SUBSCRIPTIONS, *story)
    in_order = await _known(school, stage)
    await stage.store.mongo.database[LEARNERS.name].delete_one({"_id": school.student.person_id})
    await stage.store.mongo.database[PEOPLE.name].delete_one({"_id": school.student.person_id})
    twice = story * 2
    random.Random(7).shuffle(twice)
    await stage.hear(SUBSCRIPTIONS, *twice)
    assert await _known(school, stage) == in_order
    learner, person = in_order
    assert (learner["interests"], learner["goals"]["goal_1"]["state"], person["grades"]) == (
        ["gardens"],
        "reached",
        ["10"],
    )


async def test_a_forgotten_student_leaves_no_trace_and_frees_the_seat(school: School, stage: Stage) -> None:
    blocks = await school.blocks()
    district_id, person_id = school.district.district_id, school.student.person_id
    offer_id = await school.offer(eligibility={"allow": [person_id]}, cap=1)
    open_to_all = await school.occurrence(blocks[0]["block_id"], cap=1)
    await school.occurrence(blocks[2]["block_id"], offer_id)
    assert (await school.book(open_to_all["occurrence_id"])).status == 201
    forgotten = PersonForgotten(district_id=district_id, person_id=person_id, erasure_id="erasure_1")
    await stage.hear(SUBSCRIPTIONS, *((fact, 2000 + place) for place, fact in enumerate(_story(school))))
    await stage.hear(SUBSCRIPTIONS, (forgotten, 3000))
    late = [(fact, 2000 + place) for place, fact in enumerate(_story(school))]
    await stage.hear(SUBSCRIPTIONS, (forgotten, 3000), *late)
    (erased,) = await school.district.facts(SchedulerErased)
    assert erased["data"]["removed"]["weeks"] == 1
    path = f"/v1/occurrences/{open_to_all['occurrence_id']}"
    assert (await school.teacher.get(path))["taken"] == 0
    assert await _collections_naming(stage, person_id) == {ERASURES.name, PEOPLE.name}
    row = await stage.store.reader(district_id)[PEOPLE].get(person_id)
    assert row is not None
    assert (row["active"], row["roles"], row["grades"]) == (False, [], [])


async def _collections_naming(stage: Stage, person_id: str) -> set[str]:
    """The collections in which an id still stands; outbox and answers kept for repeats are the kit's."""
    database = stage.store.mongo.database
    naming = set()
    for name in await database.list_collection_names():
        if name not in ("outbox", "idempotency"):
            documents = await database[name].find({}).to_list(None)
            if any(person_id in repr(document) for document in documents):
                naming.add(name)
    return naming

"""Goals: written by the learner, served by targets that only she accepts, and told what became of her time."""

from contracts.profile import GoalChanged, GoalWritten, TargetAnswered, TargetProposed
from kit.ids import new_id
from tests.integration.profile_growth.cast import cast
from tests.support.stage import Stage


async def test_a_goal_is_written_read_by_those_around_her_and_by_nobody_else(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    assert goal["state"] == "active"
    assert goal["pace"]["standing"] == "on it"
    path = f"/v1/goals/{goal['goal_id']}"
    for who in (people.maya, people.guardian, people.ida, people.omar, people.ada, people.office):
        assert (await who.get(path))["words"] == "Build a bike trailer"
    for who in (people.peer, people.partner):
        assert (await who.get(path)).status == 403
    assert (await people.maya.get(f"/v1/goals/{new_id('goal')}")).codes == {"no-such-goal"}
    assert (await (await cast(stage)).ida.get(path)).codes == {"no-such-goal"}
    [written] = await people.district.facts(GoalWritten)
    assert "trailer" not in repr(written["data"])
    assert [step["due_on"] for step in written["data"]["steps"]] == ["2099-03-01", "2099-05-01"]


async def test_nobody_writes_a_goal_for_her(stage: Stage) -> None:
    people = await cast(stage)
    for who in (people.guardian, people.omar, people.office, people.peer):
        refused = await who.post(f"{people.me}/goals", {"words": "Be tidy", "why": "Because"})
        assert refused.status == 403
    assert await people.district.facts() == []


async def test_steps_done_early_put_her_ahead_and_a_late_step_behind(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    path = f"/v1/goals/{goal['goal_id']}"
    done = await people.maya.post(f"{path}/steps/{goal['steps'][0]['step_id']}/done")
    assert done["pace"]["standing"] == "ahead"
    late = await people.maya.post(f"{path}/steps", {"words": "Ask Kim", "due_on": "2001-01-01"})
    assert (late.status, late["pace"]["standing"]) == (201, "behind")
    assert late["pace"]["reason"] == "1 step is past the date you set, the earliest 2001-01-01."
    twice = await people.maya.post(f"{path}/steps/{goal['steps'][0]['step_id']}/done")
    assert twice.codes == {"step-done-already"}
    assert len(await people.district.facts(GoalChanged)) == 2


async def test_a_goal_is_set_aside_with_a_reason_and_taken_up_again(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    path = f"/v1/goals/{goal['goal_id']}"
    assert (await people.maya.patch(path, {"state": "set-aside"})).codes == {"reason-missing"}
    aside = await people.maya.patch(path, {"state": "set-aside", "reason": "The band split"}, if_match='"1"')
    assert [(turn["state"], turn["reason"]) for turn in aside["turns"]] == [
        ("active", None),
        ("set-aside", "The band split"),
    ]
    assert (await people.maya.patch(path, {"words": "Anything"}, if_match='"1"')).status == 412
    assert (await people.maya.post(f"{path}/steps", {"words": "More"})).codes == {"goal-over"}
    assert (await people.maya.patch(path, {"state": "active", "ends_on": None}))["ends_on"] is None
    assert (await people.omar.patch(path, {"words": "Do as I say"})).status == 403


async def test_what_was_marked_by_mistake_is_taken_back_and_the_pace_with_it(stage: Stage) -> None:
    people = await cast(stage)
    goal = await people.goal()
    path = f"/v1/goals/{goal['goal_id']}"
    step = f"{path}/steps/{goal['steps'][0]['step_id']}"
    assert (await people.maya.post(f"{step}/not-done")).codes == {"step-not-done"}
    assert (await people.maya.post(f"{step}/done"))["pace"]["standing"] == "ahead"
    await people.maya.patch(path, {"state": "reached", "reason": "Done!"})
    assert (await people.maya.post(f"{step}/not-done")).codes == {"goal-over"}
    assert (await people.maya.patch(path, {"state": "active"}))["pace"]["steps_done"] == 1
    for who in (people.omar, people.guardian, people.peer):
        assert (await who.post(f"{step}/not-done")).status == 403
    back = await people.maya.post(f"{step}/not-done")
    assert (back["steps"][0]["done_at"], back["pace"]["standing"]) == (None, "on it")
    assert [turn["state"] for turn in back["turns"]] == ["active", "reached", "active"]
    told = [fact["data"] for fact in await people.district.facts(GoalChanged)]
    assert [(fact["state"], fact["steps"][0]["done"]) for fact in told] == [
        ("active", True),
        ("reached", True),
        ("active", True),
        ("active", False),
    ]


async def test_goals_are_listed_by_state_and_paged(stage: Stage) -> None:
    people = await cast(stage)
    made = [await people.goal(words=f"Goal {number}") for number in range(3)]
    await people.maya.patch(f"/v1/goals/{made[1]['goal_id']}", {"state": "reached", "reason": "Done!"})
    reached = await people.guardian.get(f"{people.me}/goals?state=reached")
    assert [goal["words"] for goal in reached["items"]] == ["Goal 1"]
    first = await people.maya.get(f"{people.me}/goals?limit=2")
    rest = await people.maya.get(f"{people.me}/goals?limit=2&cursor={first['next_cursor']}")
    assert [goal["words"] for goal in first["items"] + rest["items"]] == ["Goal 2", "Goal 1", "Goal 0"]


async def test_where_the_district_asks_a_teacher_agrees_before_she_begins(stage: Stage) -> None:
    people = await cast(stage)
    assert (await people.office.put("/v1/goal-policy", {"needs_agreement": True})).status == 403
    assert (await people.district_office.put("/v1/goal-policy", {"needs_agreement": True}))["needs_agreement"]
    goal = await people.goal()
    path = f"/v1/goals/{goal['goal_id']}"
    assert goal["state"] == "proposed"
    assert (await people.maya.patch(path, {"state": "active"})).codes == {"goal-cannot-become"}
    assert (await people.ada.post(f"{path}/agree", {})).status == 403
    assert (await people.omar.post(f"{path}/agree", {"comment": "Yes!"}))["state"] == "agreed"
    assert (await people.maya.patch(path, {"state": "active"}))["state"] == "active"
    assert (await people.omar.post(f"{path}/agree", {})).codes == {"nothing-to-agree"}


async def test_an_unknown_target_is_refused(stage: Stage) -> None:
    people = await cast(stage)
    target_id = new_id("target")
    refused = await people.maya.post(f"{people.me}/goals", {"words": "A", "why": "B", "target_ids": [target_id]})
    assert refused.codes == {"unknown-targets"}
    assert target_id in refused.body["detail"]


async def test_a_target_code_stands_once_in_a_district(stage: Stage) -> None:
    people = await cast(stage)
    case_uri = "https://case.example.org/items/7"
    made = await people.district_office.post("/v1/targets", {"code": "MA.7", "text": "Measures", "case_uri": case_uri})
    assert made["case_uri"] == case_uri
    again = await people.district_office.post("/v1/targets", {"code": "MA.7", "text": "Other"})
    assert again.codes == {"target-code-taken"}
    assert (await people.omar.post("/v1/targets", {"code": "MA.8", "text": "Other"})).status == 403
    listed = await people.maya.get("/v1/targets")
    assert [target["code"] for target in listed["items"]] == ["MA.7"]
    assert (await (await cast(stage)).maya.get("/v1/targets"))["items"] == []


async def test_a_teacher_proposes_a_target_and_only_the_learner_accepts_it(stage: Stage) -> None:
    people = await cast(stage)
    goal, target_id = await people.goal(), await people.target()
    proposals = f"/v1/goals/{goal['goal_id']}/target-proposals"
    wanted = {"target_id": target_id, "reason": "You measure anyway"}
    assert (await people.guardian.post(proposals, wanted)).status == 403
    proposal = await people.omar.post(proposals, wanted)
    assert (proposal.status, proposal["state"]) == (201, "open")
    assert (await people.omar.post(proposals, wanted)).codes == {"proposed-already"}
    answer = f"/v1/target-proposals/{proposal['proposal_id']}/answer"
    for who in (people.omar, people.guardian, people.peer):
        assert (await who.post(answer, {"accepted": True})).status == 403
    assert (await people.maya.get(f"/v1/goals/{goal['goal_id']}"))["target_ids"] == []
    accepted = await people.maya.post(answer, {"accepted": True, "comment": "Why not"})
    assert accepted["state"] == "accepted"
    assert (await people.maya.get(f"/v1/goals/{goal['goal_id']}"))["target_ids"] == [target_id]
    assert (await people.maya.post(answer, {"accepted": False})).codes == {"proposal-answered"}
    assert (await people.omar.post(proposals, wanted)).codes == {"target-on-goal"}
    told = await people.district.facts(TargetProposed, TargetAnswered, GoalChanged)
    assert {fact["type"] for fact in told} == {TargetProposed.TYPE, TargetAnswered.TYPE, GoalChanged.TYPE}
    assert len({fact["trace"]["correlation_id"] for fact in told}) == 2
    listed = await people.guardian.get(f"{people.me}/target-proposals")
    assert [item["state"] for item in listed["items"]] == ["accepted"]


async def test_a_declined_target_does_not_come_onto_the_goal(stage: Stage) -> None:
    people = await cast(stage)
    goal, target_id = await people.goal(), await people.target()
    wanted = {"target_id": target_id, "reason": "Try"}
    proposal = await people.ada.post(f"/v1/goals/{goal['goal_id']}/target-proposals", wanted)
    await people.maya.post(f"/v1/target-proposals/{proposal['proposal_id']}/answer", {"accepted": False})
    assert (await people.maya.get(f"/v1/goals/{goal['goal_id']}"))["target_ids"] == []
    assert await people.district.facts(GoalChanged) == []
    [answered] = await people.district.facts(TargetAnswered)
    assert answered["data"]["accepted"] is False


async def test_a_proposed_target_cannot_come_onto_a_goal_that_is_over(stage: Stage) -> None:
    people = await cast(stage)
    goal, target_id = await people.goal(), await people.target()
    wanted = {"target_id": target_id, "reason": "Try"}
    proposal = await people.omar.post(f"/v1/goals/{goal['goal_id']}/target-proposals", wanted)
    await people.maya.patch(f"/v1/goals/{goal['goal_id']}", {"state": "reached", "reason": "Done"})
    answer = f"/v1/target-proposals/{proposal['proposal_id']}/answer"
    assert (await people.maya.post(answer, {"accepted": True})).codes == {"goal-over"}
    assert await people.district.facts(TargetAnswered) == []
    assert (await people.maya.post(answer, {"accepted": False})).status == 200

"""An educator's learners: stale ones first, with what waits for a word; and the lists a page is made of."""

from datetime import timedelta

import pytest

from kit.clock import now
from services.profile.store.growth import EVIDENCE
from tests.integration.profile_growth.cast import Cast, cast
from tests.support.stage import Stage


@pytest.fixture
async def people(stage: Stage) -> Cast:
    return await cast(stage)


async def hand_in(people: Cast) -> str:
    work = {"skill": "empathy", "kind": "text", "text": "What I learned"}
    return str((await people.maya.post(f"{people.me}/evidence", work))["evidence_id"])


async def test_who_has_not_moved_comes_first_and_each_says_what_waits(people: Cast) -> None:
    goal = await people.goal()
    await hand_in(people)
    proposal = {"target_id": await people.target(), "reason": "It fits"}
    await people.ida.post(f"/v1/goals/{goal['goal_id']}/target-proposals", proposal)
    shown = (await people.ida.get(f"/v1/people/{people.ida.person_id}/learners"))["items"]
    assert [learner["person_id"] for learner in shown] == [people.peer.person_id, people.maya.person_id]
    stale, maya = shown
    assert (stale["goals"], stale["last_moved_at"], stale["evidence_waiting"]) == ([], None, 0)
    assert (maya["evidence_waiting"], maya["proposals_open"], maya["name"]) == (1, 1, "Given Family")
    assert [(one["words"], one["standing"], one["steps_in_all"]) for one in maya["goals"]] == [
        (goal["words"], "on it", 2)
    ]


async def test_learners_are_paged_and_those_of_others_are_not_among_them(people: Cast) -> None:
    path = f"/v1/people/{people.omar.person_id}/learners"
    await people.goal()
    first = await people.omar.get(f"{path}?limit=1")
    second = await people.omar.get(f"{path}?limit=1&cursor={first['next_cursor']}")
    assert [first["items"][0]["person_id"], second["items"][0]["person_id"]] == [
        people.peer.person_id,
        people.maya.person_id,
    ]
    assert second["next_cursor"] is None
    assert (await people.ada.get(f"/v1/people/{people.ada.person_id}/learners"))["items"] == []
    assert (await people.ada.get(path)).status == 403
    assert (await people.maya.get(path)).status == 403
    assert len((await people.office.get(path))["items"]) == 2


async def test_evidence_waits_oldest_first_until_somebody_answers(people: Cast) -> None:
    path = f"/v1/people/{people.ida.person_id}/evidence-waiting"
    first, second = await hand_in(people), await hand_in(people)
    database = people.district.stage.store.mongo.database
    earlier = {"$set": {"at": now() - timedelta(days=200)}}
    await database[EVIDENCE.name].update_one({"_id": second}, earlier)
    assert [one["evidence_id"] for one in (await people.ida.get(path))["items"]] == [second, first]
    await people.ida.post(f"/v1/evidence/{second}/answer", {"accepted": True})
    assert [one["evidence_id"] for one in (await people.ida.get(path))["items"]] == [first]
    assert (await people.ada.get(f"/v1/people/{people.ada.person_id}/evidence-waiting"))["items"] == []


async def test_a_learner_changes_a_step_that_is_still_to_do(people: Cast) -> None:
    goal = await people.goal()
    draw, weld = [step["step_id"] for step in goal["steps"]]
    path = f"/v1/goals/{goal['goal_id']}/steps"
    late = await people.maya.patch(f"{path}/{draw}", {"due_on": "2026-01-05", "words": "Draw it twice"})
    assert (late["steps"][0]["words"], late["pace"]["standing"]) == ("Draw it twice", "behind")
    free = await people.maya.patch(f"{path}/{draw}", {"due_on": None, "effort_minutes": None})
    assert (free["steps"][0]["due_on"], free["steps"][0]["effort_minutes"]) == (None, None)
    assert free["pace"]["standing"] == "on it"
    await people.maya.post(f"{path}/{weld}/done")
    assert (await people.maya.patch(f"{path}/{weld}", {"words": "Glue it"})).codes == {"step-done-already"}
    assert (await people.maya.patch(f"{path}/step_{'0' * 32}", {"words": "x"})).codes == {"no-such-step"}
    assert (await people.ida.patch(f"{path}/{draw}", {"words": "Mine"})).status == 403


async def test_targets_are_found_by_id_and_by_code_and_open_proposals_alone(people: Cast) -> None:
    goal = await people.goal()
    one, two = await people.target("MA.7"), await people.target("SC.1")
    await people.target("M(A)")
    by_id = await people.maya.get(f"/v1/targets?target_id={two}&target_id={one}")
    assert [target["code"] for target in by_id["items"]] == ["MA.7", "SC.1"]
    by_code = await people.maya.get("/v1/targets?code_begins=M(")
    assert [target["code"] for target in by_code["items"]] == ["M(A)"]
    path = f"/v1/goals/{goal['goal_id']}/target-proposals"
    made = [await people.ida.post(path, {"target_id": target, "reason": "It fits"}) for target in (one, two)]
    await people.maya.post(f"/v1/target-proposals/{made[0]['proposal_id']}/answer", {"accepted": False})
    still = await people.maya.get(f"{people.me}/target-proposals?state=open")
    assert [proposal["proposal_id"] for proposal in still["items"]] == [made[1]["proposal_id"]]

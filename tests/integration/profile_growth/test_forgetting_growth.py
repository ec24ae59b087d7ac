"""A person is forgotten: no word of theirs stays, and what others own stays theirs."""

from bson import encode

from contracts.community import MemberShown
from contracts.profile import EvidenceAccepted
from kit.edge import IDEMPOTENCY
from kit.envelope import Trace
from kit.ids import new_id
from services.profile.actions.erase_growth import erase_growth
from services.profile.store.collections import COLLECTIONS
from services.profile.store.growth import GOAL_PLACEMENTS, GROWTH
from services.profile.subscriptions import SUBSCRIPTIONS
from tests.integration.profile_growth.cast import Cast, cast
from tests.integration.profile_growth.test_reactions import attended, cancelled, made, shown
from tests.support.stage import Stage


async def forget(stage: Stage, people: Cast, person_id: str) -> dict[str, int]:
    """Forget a person, and say how many documents of growth that touched; afterwards there is nothing left to do."""
    answer = await people.district_office.post(f"/v1/people/{person_id}/forget", {"reason_code": "family-asked"})
    assert answer.status == 202, answer.body
    trace = Trace(new_id("corr"))
    again = await stage.store.transact(people.district.district_id, trace, lambda tx: erase_growth(tx, person_id))
    assert set(again.values()) == {0}
    removed: dict[str, int] = answer["removed"]["profile"]
    return removed


async def where_it_stands(stage: Stage, people: Cast, word: str) -> list[str]:
    """The collections in which a word stands somewhere in this district."""
    reader = stage.store.reader(people.district.district_id)
    rows = [(one.name, row) for one in (*COLLECTIONS, IDEMPOTENCY) for row in await reader[one].find({})]
    return sorted({name for name, row in rows if word.encode() in encode(row)})


async def a_full_life(stage: Stage, people: Cast) -> None:
    """Maya and Omar write, each with a word of their own wherever words can be written."""
    goal = await people.goal(words="Xanadu trailer", why="Xanadu", steps=[{"words": "Xanadu step"}])
    path, placement = f"/v1/goals/{goal['goal_id']}", made(people, goal)
    await stage.hear(SUBSCRIPTIONS, (placement, 1), (attended(placement), 2))
    await people.maya.put(f"{people.me}/interests", {"tags": ["welding"], "own_words": "Xanadu sparks"})
    need = {"text": "Xanadu need", "why": "Xanadu why", "visible_to": [people.omar.person_id]}
    await people.maya.post(f"{people.me}/needs", need)
    entry = await people.omar.post(
        f"{people.me}/strengths", {"text": "Yggdrasil", "why": "Yggdrasil"}, idempotency_key="omars-request"
    )
    await people.omar.put(
        f"{people.me}/profile/fields/{entry['field_id']}/visibility", {"circles": ["teachers"], "why": "Yggdrasil"}
    )
    work = await people.maya.post(f"{people.me}/evidence", {"skill": "curiosity", "kind": "text", "text": "Xanadu"})
    answer = {"accepted": False, "comment": "Yggdrasil"}
    await people.omar.post(f"/v1/evidence/{work['evidence_id']}/answer", answer)
    await people.omar.post(
        f"{people.me}/evidence", {"skill": "empathy", "kind": "observation", "text": "Yggdrasil", "url": None}
    )
    target_id = await people.target()
    for who, words in ((people.maya, "Xanadu"), (people.omar, "Yggdrasil")):
        await who.post(f"{people.me}/assessments", {"target_id": target_id, "level": "secure", "words": words})
    reason = {"target_id": target_id, "reason": "Yggdrasil"}
    proposal = await people.omar.post(f"{path}/target-proposals", reason)
    said = {"accepted": False, "comment": "Xanadu"}
    await people.maya.post(f"/v1/target-proposals/{proposal['proposal_id']}/answer", said)
    await people.district_office.put("/v1/goal-policy", {"needs_agreement": True})
    proposed = await people.goal()
    agreed = await people.omar.post(f"/v1/goals/{proposed['goal_id']}/agree", {"comment": "Yggdrasil"})
    assert agreed["state"] == "agreed"


async def test_a_forgotten_learner_leaves_no_word_behind(stage: Stage) -> None:
    people = await cast(stage)
    await a_full_life(stage, people)
    assert len(await where_it_stands(stage, people, "Xanadu")) >= 5
    removed = await forget(stage, people, people.maya.person_id)
    assert await where_it_stands(stage, people, "Xanadu") == []
    assert await where_it_stands(stage, people, people.maya.person_id) == ["erasures"]
    assert {name: removed[name] for name in ("profiles", "goals", "goal_placements", "evidence", "growth")} == {
        "profiles": 1,
        "goals": 2,
        "goal_placements": 1,
        "evidence": 2,
        "growth": 1,
    }


async def test_a_forgotten_teacher_leaves_no_word_in_what_stays_the_learners(stage: Stage) -> None:
    people = await cast(stage)
    await a_full_life(stage, people)
    assert await where_it_stands(stage, people, "Yggdrasil") == [
        "assessments",
        "evidence",
        "goals",
        "idempotency",
        "profile_turns",
        "profiles",
        "target_proposals",
    ]
    removed = await forget(stage, people, people.omar.person_id)
    assert await where_it_stands(stage, people, "Yggdrasil") == []
    assert (removed["profile_entries"], removed["comments"], removed["evidence"]) == (1, 5, 0)
    profile = await people.maya.get(f"{people.me}/profile")
    assert {field["text"] for field in profile["fields"]} == {"Xanadu sparks", "Xanadu need"}
    [need] = [field for field in profile["fields"] if field["kind"] == "need"]
    assert need["named_ids"] == []
    growth = await people.maya.get(f"{people.me}/growth")
    assert [(story["skill"], story["story"][0]["text"]) for story in growth["skills"]] == [("empathy", "(removed)")]


async def test_what_is_heard_late_of_a_forgotten_learner_is_not_kept(stage: Stage) -> None:
    people = await cast(stage)
    placement = made(people, await people.goal())
    await forget(stage, people, people.maya.person_id)
    members = (MemberShown(people.maya.person_id, 9, {}), MemberShown(people.peer.person_id, 9, {}))
    late = (placement, 1), (cancelled(placement), 2), (shown(people, *members, skills=("empathy",)), 9)
    await stage.hear(SUBSCRIPTIONS, *late)
    reader = stage.store.reader(people.district.district_id)
    assert await reader[GOAL_PLACEMENTS].find({}) == []
    assert [row["person_id"] for row in await reader[GROWTH].find({})] == [people.peer.person_id]
    [accepted] = await people.district.facts(EvidenceAccepted)
    assert accepted["data"]["person_id"] == people.peer.person_id


async def test_nothing_new_is_written_with_a_token_that_outlived_the_learner(stage: Stage) -> None:
    people = await cast(stage)
    await forget(stage, people, people.maya.person_id)
    answers = [
        await people.maya.post(f"{people.me}/strengths", {"text": "Still here"}),
        await people.maya.put(f"{people.me}/interests", {"tags": []}),
        await people.maya.post(f"{people.me}/goals", {"words": "Still", "why": "Here"}),
        await people.maya.post(f"{people.me}/evidence", {"skill": "empathy", "kind": "text", "text": "Still"}),
    ]
    assert [answer.codes for answer in answers] == [{"no-such-person"}] * 4
    assert await where_it_stands(stage, people, "Still") == []

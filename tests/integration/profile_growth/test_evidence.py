"""Evidence: handed in, looked at, and told as a story per skill."""

import asyncio

from contracts.profile import EvidenceAccepted, EvidenceHandedIn, EvidenceReturned, SkillGrown
from kit.ids import new_id
from tests.integration.profile_growth.cast import cast
from tests.support.stage import Stage

WORDS = {"skill": "curiosity", "kind": "text", "text": "I asked three welders"}


async def test_accepted_work_becomes_a_piece_of_the_skills_story(stage: Stage) -> None:
    people = await cast(stage)
    work = await people.maya.post(f"{people.me}/evidence", WORDS)
    assert (work.status, work["state"], work["observer"]) == (201, "handed-in", "self")
    assert (await people.maya.get(f"{people.me}/growth"))["skills"] == []
    answer = f"/v1/evidence/{work['evidence_id']}/answer"
    for who in (people.maya, people.guardian, people.peer, people.office):
        assert (await who.post(answer, {"accepted": True})).status == 403
    assert (await people.omar.post(answer, {"accepted": True}))["state"] == "accepted"
    [story] = (await people.guardian.get(f"{people.me}/growth"))["skills"]
    assert (story["skill"], story["pieces"]) == ("curiosity", 1)
    [piece] = story["story"]
    assert (piece["observer"], piece["text"]) == ("self", "I asked three welders")
    [grown] = await people.district.facts(SkillGrown)
    assert grown["data"]["evidence_id"] == work["evidence_id"]
    facts = await people.district.facts(EvidenceHandedIn, EvidenceAccepted)
    assert [fact["sequence"] for fact in facts] == [1, 2]
    assert "welders" not in repr(facts)


async def test_returned_work_comes_with_a_comment_and_counts_for_nothing(stage: Stage) -> None:
    people = await cast(stage)
    work = await people.maya.post(f"{people.me}/evidence", WORDS)
    answer = f"/v1/evidence/{work['evidence_id']}/answer"
    assert (await people.ada.post(answer, {"accepted": False})).codes == {"comment-missing"}
    returned = await people.ada.post(answer, {"accepted": False, "comment": "What did they say?"})
    assert returned["state"] == "returned"
    assert (await people.omar.post(answer, {"accepted": True})).codes == {"evidence-answered"}
    assert (await people.maya.get(f"{people.me}/growth"))["skills"] == []
    [told] = await people.district.facts(EvidenceReturned)
    assert "What did" not in repr(told)


async def test_a_teachers_observation_counts_and_their_own_work_is_not_taken(stage: Stage) -> None:
    people = await cast(stage)
    observed = {"skill": "empathy", "kind": "observation", "text": "She waited for Kim"}
    assert (await people.omar.post(f"{people.me}/evidence", observed))["state"] == "accepted"
    assert (await people.ada.post(f"{people.me}/evidence", observed)).status == 403
    assert (await people.guardian.post(f"{people.me}/evidence", observed)).status == 403
    refused = await people.omar.post(f"{people.me}/evidence", WORDS)
    assert refused.codes == {"only-observations"}
    [story] = (await people.maya.get(f"{people.me}/growth"))["skills"]
    assert [piece["observer"] for piece in story["story"]] == ["educator"]


async def test_the_stories_count_pieces_and_hold_no_score_and_no_rank(stage: Stage) -> None:
    people = await cast(stage)
    for text in ("First", "Second"):
        observed = {"skill": "empathy", "kind": "observation", "text": text}
        await people.omar.post(f"{people.me}/evidence", observed)
    growth = await people.maya.get(f"{people.me}/growth")
    [story] = growth["skills"]
    assert [piece["text"] for piece in story["story"]] == ["First", "Second"]
    assert set(story) == {"skill", "pieces", "story"}
    grown = await people.district.facts(SkillGrown)
    assert [(fact["data"]["pieces"], fact["sequence"]) for fact in grown] == [(1, 1), (2, 2)]
    assert len({fact["key"] for fact in grown}) == 1


async def test_evidence_for_a_target_belongs_to_no_skill(stage: Stage) -> None:
    people = await cast(stage)
    target_id = await people.target()
    link = {"target_id": target_id, "kind": "link", "url": "https://example.org/weld"}
    work = await people.maya.post(f"{people.me}/evidence", link)
    await people.omar.post(f"/v1/evidence/{work['evidence_id']}/answer", {"accepted": True})
    assert await people.district.facts(SkillGrown) == []
    [accepted] = await people.district.facts(EvidenceAccepted)
    assert accepted["data"]["target_id"] == target_id


async def test_faulty_evidence_is_refused_and_announced_nowhere(stage: Stage) -> None:
    people = await cast(stage)
    path = f"{people.me}/evidence"
    both = WORDS | {"target_id": await people.target()}
    assert (await people.maya.post(path, both)).codes == {"about-one-thing"}
    script = {"skill": "curiosity", "kind": "link", "url": "javascript:alert(1)"}
    assert (await people.maya.post(path, script)).status == 422
    unknown = {"target_id": new_id("target"), "kind": "text", "text": "Look"}
    assert (await people.maya.post(path, unknown)).codes == {"no-such-target"}
    assert (await people.maya.post(path, WORDS | {"skill": "juggling"})).codes == {"unknown-skill"}
    assert (await people.maya.post(path, WORDS | {"placement_id": new_id("place")})).codes == {"not-placed-there"}
    assert (await people.maya.get(path))["items"] == []
    assert await people.district.facts() == []


async def test_evidence_is_listed_latest_first_for_those_around_her(stage: Stage) -> None:
    people = await cast(stage)
    for text in ("First", "Second", "Third"):
        await people.maya.post(f"{people.me}/evidence", WORDS | {"text": text})
    page = await people.ada.get(f"{people.me}/evidence?limit=2&state=handed-in")
    assert [item["text"] for item in page["items"]] == ["Third", "Second"]
    rest = await people.ada.get(f"{people.me}/evidence?limit=2&state=handed-in&cursor={page['next_cursor']}")
    assert [item["text"] for item in rest["items"]] == ["First"]
    assert (await people.peer.get(f"{people.me}/evidence")).status == 403
    assert (await people.ada.get(f"{people.me}/evidence?cursor={page['next_cursor']}")).codes == {"stale-cursor"}


async def test_pieces_accepted_at_once_are_all_counted(stage: Stage) -> None:
    people = await cast(stage)
    works = [await people.maya.post(f"{people.me}/evidence", WORDS) for _ in range(8)]
    answers = [people.omar.post(f"/v1/evidence/{work['evidence_id']}/answer", {"accepted": True}) for work in works]
    assert {answer.status for answer in await asyncio.gather(*answers)} == {200}
    [story] = (await people.maya.get(f"{people.me}/growth"))["skills"]
    assert (story["pieces"], len(story["story"])) == (8, 8)
    grown = await people.district.facts(SkillGrown)
    assert sorted(fact["data"]["pieces"] for fact in grown) == list(range(1, 9))


async def test_her_own_view_of_a_target_stands_beside_her_teachers(stage: Stage) -> None:
    people = await cast(stage)
    target_id, path = await people.target(), f"{people.me}/assessments"
    await people.maya.post(path, {"target_id": target_id, "level": "secure", "words": "I can weld"})
    await people.omar.post(path, {"target_id": target_id, "level": "developing"})
    await people.maya.post(path, {"target_id": target_id, "level": "developing"})
    for who in (people.guardian, people.peer, people.ada, people.office):
        assert (await who.post(path, {"target_id": target_id, "level": "secure"})).status == 403
    assert (await people.maya.post(path, {"target_id": target_id, "level": "b-plus"})).codes == {"unknown-level"}
    [target] = (await people.guardian.get(path))["targets"]
    assert [one["level"] for one in target["own"]] == ["secure", "developing"]
    assert [(one["level"], one["observer"]) for one in target["educators"]] == [("developing", "educator")]
    assert set(target) == {"target_id", "own", "educators"}

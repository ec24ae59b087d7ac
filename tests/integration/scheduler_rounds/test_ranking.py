"""Ranking: a draft that is visibly saved, of what is open to a student, seen by those who may."""

from datetime import timedelta

from kit.clock import now
from services.scheduler.domain.eligibility import Eligibility
from tests.integration.scheduler_rounds.round_school import RoundSchool, rank


async def test_a_draft_is_saved_changed_and_never_written_over_unseen(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1, Chess=5)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(block))["round_id"]
    path = f"/v1/people/{maya.person_id}/rounds/{round_id}/ranking"
    empty = await maya.get(path)
    assert (empty["version"], empty["saved_at"], empty.headers["etag"]) == (0, None, '"0"')
    first = await rank(maya, round_id, {block: [made["Chess"]]}, if_match='"0"')
    second = await rank(maya, round_id, {block: [made["Robotics"], made["Chess"]]}, if_match=first.headers["etag"])
    assert (first["version"], second["version"]) == (1, 2)
    assert second["saved_at"] >= first["saved_at"]
    late = await rank(maya, round_id, {block: []}, if_match=first.headers["etag"])
    assert (late.status, late.codes) == (412, {"stale-version"})
    kept = await maya.get(path)
    assert [choice["occurrence_id"] for choice in kept["blocks"][0]["ranked"]] == [made["Robotics"], made["Chess"]]


async def test_a_student_sees_and_ranks_only_what_is_open_to_them(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Robotics=1, Chess=5)
    await school.timetable.change(made["Robotics"], eligibility=Eligibility(grades=frozenset({"12"})))
    maya, senior = *(await school.enrol(1)), *(await school.enrol(1, grade="12"))
    round_id = (await school.open(block))["round_id"]
    for student, titles in ((maya, ["Chess"]), (senior, ["Chess", "Robotics"])):
        seen = await student.get(f"/v1/people/{student.person_id}/rounds/{round_id}/choices")
        assert [choice["title"] for choice in seen["blocks"][0]["choices"]] == titles
    assert (await rank(maya, round_id, {block: [made["Robotics"]]})).codes == {"choice-not-open-to-you"}
    assert (await rank(senior, round_id, {block: [made["Robotics"]]})).status == 200


async def test_everything_wrong_with_a_ranking_is_said_at_once(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Chess=5)
    other_block, _ = await school.sessions(12, Pottery=5)
    (maya,) = await school.enrol(1)
    round_id = (await school.open(block))["round_id"]
    elsewhere = await school.timetable.district.stage.district().person("learner")
    await school.timetable.change(made["Chess"], eligibility=Eligibility(grades=frozenset({"12"})))
    wrong = {block: [made["Chess"], made["Chess"], "occurrence_unknown"], other_block: []}
    answer = await rank(maya, round_id, wrong, friends=[elsewhere, maya])
    assert answer.status == 422
    assert answer.codes == {
        "choice-not-open-to-you", "ranked-twice", "no-such-choice", "no-such-block-to-rank", "no-such-friend"
    }  # fmt: skip
    many = await rank(maya, round_id, {block: [f"occurrence_{number}" for number in range(13)]})
    assert "too-many-choices" in many.codes
    saved = await maya.get(f"/v1/people/{maya.person_id}/rounds/{round_id}/ranking")
    assert saved["version"] == 0


async def test_nobody_ranks_before_it_opens_or_after_it_closes(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Chess=5)
    later_block, later = await school.sessions(12, Pottery=5)
    (maya,) = await school.enrol(1)
    tomorrow = {"opens_at": now() + timedelta(days=1), "closes_at": now() + timedelta(days=2)}
    later_id = (await school.open(later_block, **{name: at.isoformat() for name, at in tomorrow.items()}))["round_id"]
    early = await rank(maya, later_id, {later_block: [later["Pottery"]]})
    assert early.codes == {"ranking-not-yet-open"}
    round_id = (await school.open(block))["round_id"]
    await school.close(round_id)
    assert (await rank(maya, round_id, {block: [made["Chess"]]})).codes == {"ranking-closed"}


async def test_a_family_reads_its_child_and_nobody_ranks_for_somebody_else(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Chess=5)
    maya, ben = await school.enrol(2)
    parent = await school.timetable.district.person("guardian", wards=[maya.person_id])
    round_id = (await school.open(block))["round_id"]
    await rank(maya, round_id, {block: [made["Chess"]]})
    of_maya = f"/v1/people/{maya.person_id}/rounds/{round_id}"
    for part in ("choices", "ranking", "result"):
        assert (await parent.get(f"{of_maya}/{part}")).status == 200
        assert (await ben.get(f"{of_maya}/{part}")).status == 403
    for somebody in (ben, parent, school.office):
        assert (await somebody.put(f"{of_maya}/ranking", {"blocks": []})).status == 403


async def test_a_round_is_opened_over_blocks_that_it_can_hold(school: RoundSchool) -> None:
    block, made = await school.sessions(10, Chess=5)
    empty = await school.timetable.block(14)
    assert (await school.open(empty)).codes == {"nothing-to-rank"}
    assert (await school.open("block_unknown")).codes == {"no-such-block-in-round"}
    assert (await school.open(block, closes_at="2031-03-04T10:30:00Z")).codes == {"ranking-ends-after-lock"}
    assert (await school.open(block, opens_at="2031-03-03T00:00:00Z")).codes == {"ranking-ends-before-it-begins"}
    narrowed = await school.open(block, offer_ids=["offer_unknown"])
    assert narrowed.codes == {"nothing-to-rank"}
    ranged = await school.open(block_ids=[], **{"from": "2031-03-04", "to": "2031-03-04"})
    assert ranged["block_ids"] == [block, empty]
    assert (await school.open(block)).codes == {"block-in-another-round"}
    assert (await school.office.post(f"/v1/rounds/{ranged['round_id']}/call-off"))["state"] == "called-off"
    assert (await school.open(block)).status == 201
    assert made

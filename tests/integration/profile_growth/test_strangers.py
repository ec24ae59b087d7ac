"""Who is nobody here: another district's people, other districts' callers, and apps without the right."""

import pytest

from kit.ids import new_id
from tests.integration.profile_growth.cast import cast
from tests.support.stage import Stage

READS = ("profile", "profile/history", "goals", "target-proposals", "evidence", "growth", "assessments")


@pytest.mark.parametrize("what", READS)
async def test_nobody_of_another_district_is_found_even_by_its_office(stage: Stage, what: str) -> None:
    people, others = await cast(stage), await cast(stage)
    for who in (others.district_office, others.office, others.ida):
        assert (await who.get(f"{people.me}/{what}")).codes == {"no-such-person"}
    assert (await people.district_office.get(f"/v1/people/{new_id('person')}/{what}")).codes == {"no-such-person"}
    assert (await people.district_office.get(f"{people.me}/{what}")).status == 200


@pytest.mark.parametrize("what", READS)
async def test_an_app_reads_no_learners_record_and_a_classmate_none_but_their_own(stage: Stage, what: str) -> None:
    people = await cast(stage)
    app = people.district.app("profile.read", "people.read")
    for who in (app, people.peer, people.partner):
        assert (await who.get(f"{people.me}/{what}")).codes == {"not-permitted"}
    own = f"/v1/people/{people.peer.person_id}/{what}"
    assert (await people.peer.get(own)).status == 200


async def test_an_app_reads_the_districts_words_and_targets_with_the_scope(stage: Stage) -> None:
    people = await cast(stage)
    await people.target("MA.7")
    for path in ("/v1/vocabulary", "/v1/targets", "/v1/goal-policy"):
        assert (await people.district.app("profile.read").get(path)).status == 200
        assert (await people.district.app("schedule.read").get(path)).status == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "interests", {"tags": ["not a tag"]}),
        ("PUT", "interests", {"tags": ["welding"], "own_words": "a\u0000b"}),
        ("POST", "strengths", {"text": ""}),
        ("POST", "strengths", {"text": "x" * 8_001}),
        ("POST", "strengths", {"text": "Fine", "score": 5}),
        ("POST", "needs", {"text": "Fine", "visible_to": ["everybody"]}),
        ("POST", "goals", {"words": "Two\nlines", "why": "Because"}),
        ("POST", "goals", {"words": "Fine", "why": "Because", "steps": [{"words": "Go", "effort_minutes": 0}]}),
        ("POST", "goals", {"words": "Fine", "why": "Because", "ends_on": "soon"}),
    ],
)
async def test_what_is_not_as_expected_is_refused_and_nothing_is_kept(
    stage: Stage, method: str, path: str, body: dict[str, object]
) -> None:
    people = await cast(stage)
    refused = await people.maya.call(method, f"{people.me}/{path}", body)
    assert (refused.status, refused.codes) == (422, {"invalid-request"})
    assert (await people.maya.get(f"{people.me}/profile"))["fields"] == []
    assert await people.district.facts() == []

"""A learner's profile: written by her, seen by whom she says, kept with its history."""

from datetime import UTC, datetime

from contracts.community import ProjectMemberJoined, ProjectMemberLeft, ProjectPartnerJoined, ProjectShown
from contracts.profile import InterestsChanged
from kit.ids import new_id
from services.profile.subscriptions import SUBSCRIPTIONS
from tests.integration.profile_growth.cast import Cast, cast, enrol
from tests.support.stage import Someone, Stage


async def seen(who: Someone, people: Cast) -> set[str]:
    """What this person reads in Maya's profile."""
    return {field["text"] for field in (await who.get(f"{people.me}/profile"))["fields"]}


async def test_a_need_is_seen_by_the_learner_and_the_staff_she_named_and_by_nobody_else(stage: Stage) -> None:
    people = await cast(stage)
    need = {"text": "Extra time for reading", "visible_to": [people.omar.person_id]}
    written = await people.maya.post(f"{people.me}/needs", need)
    assert written.status == 201
    assert written["visible_to"] == "me and 1 person I named"
    assert await seen(people.maya, people) == {"Extra time for reading"}
    assert await seen(people.omar, people) == {"Extra time for reading"}
    for other in (people.ida, people.ada, people.office, people.district_office, people.guardian):
        assert await seen(other, people) == set()


async def test_a_strength_is_seen_by_family_and_staff_and_not_by_a_classmate(stage: Stage) -> None:
    people = await cast(stage)
    written = await people.maya.post(f"{people.me}/strengths", {"text": "I explain well"})
    assert written["visible_to"] == "me, my advisor, my teachers, my school's staff and my family"
    assert written["visible_because"] == "Trellis's own default for strength"
    for who in (people.guardian, people.ida, people.omar, people.ada, people.office):
        assert await seen(who, people) == {"I explain well"}
    assert (await people.peer.get(f"{people.me}/profile")).status == 403
    stranger = await enrol((await cast(stage)).district, "educator")
    assert (await stranger.get(f"{people.me}/profile")).status in (403, 404)


async def test_the_advisor_is_the_homeroom_teacher(stage: Stage) -> None:
    people = await cast(stage)
    await people.maya.post(f"{people.me}/strengths", {"text": "I sing", "circles": ["advisor"]})
    assert await seen(people.ida, people) == {"I sing"}
    assert await seen(people.omar, people) == set()


async def test_interests_are_replaced_and_announced_as_tags(stage: Stage) -> None:
    people = await cast(stage)
    first = await people.maya.put(f"{people.me}/interests", {"tags": ["welding", "music"], "own_words": "Sparks!"})
    assert first["text"] == "Sparks!"
    second = await people.maya.put(f"{people.me}/interests", {"tags": ["welding"]}, if_match=first.headers["etag"])
    assert second["tags"] == ["welding"]
    stale = await people.maya.put(f"{people.me}/interests", {"tags": []}, if_match=first.headers["etag"])
    assert stale.codes == {"stale-version"}
    announced = await people.district.facts(InterestsChanged)
    assert [fact["data"]["tags"] for fact in announced] == [["welding", "music"], ["welding"]]
    assert "Sparks" not in repr(announced)
    assert announced[0]["sequence"] < announced[1]["sequence"]


async def test_a_tag_outside_the_list_is_refused_and_nothing_is_kept(stage: Stage) -> None:
    people = await cast(stage)
    refused = await people.maya.put(f"{people.me}/interests", {"tags": ["telekinesis"]})
    assert (refused.status, refused.codes) == (422, {"unknown-tags"})
    assert await people.district.facts() == []
    assert (await people.maya.get(f"{people.me}/profile"))["fields"] == []


async def test_new_words_keep_whom_the_learner_had_chosen_to_see_them(stage: Stage) -> None:
    people = await cast(stage)
    await people.maya.put(f"{people.me}/ways-of-learning", {"ways": ["alone"], "circles": []})
    again = await people.maya.put(f"{people.me}/ways-of-learning", {"ways": ["in-a-group"], "own_words": "With Kim"})
    assert again["visible_to"] == "me"
    assert await seen(people.omar, people) == set()


async def test_only_staff_of_her_school_can_be_named(stage: Stage) -> None:
    people = await cast(stage)
    elsewhere = await enrol(people.district, "educator", at=new_id("school"))
    for stranger in (people.peer, people.guardian, elsewhere):
        need = {"text": "Quiet", "visible_to": [people.omar.person_id, stranger.person_id]}
        refused = await people.maya.post(f"{people.me}/needs", need)
        assert (refused.status, refused.codes) == (422, {"named-not-staff"})
        assert refused.body["refusals"][0]["details"] == {"count": 1}


async def test_a_teacher_adds_an_entry_as_their_own_and_family_and_others_add_none(stage: Stage) -> None:
    people = await cast(stage)
    theirs = await people.omar.post(f"{people.me}/strengths", {"text": "Maya helps others"})
    hers = await people.maya.post(f"{people.me}/strengths", {"text": "I weld"})
    assert theirs["written_by"] == people.omar.person_id
    for who in (people.guardian, people.peer, people.ada, people.office):
        assert (await who.post(f"{people.me}/strengths", {"text": "So-so"})).status == 403
    refused = await people.omar.delete(f"{people.me}/strengths/{hers['field_id']}")
    assert refused.codes == {"not-your-entry"}
    assert (await people.omar.put(f"{people.me}/interests", {"tags": []})).status == 403
    assert (await people.maya.delete(f"{people.me}/strengths/{theirs['field_id']}")).status == 204
    assert await seen(people.maya, people) == {"I weld"}


async def test_the_history_says_who_when_and_why_and_hides_what_is_gone(stage: Stage) -> None:
    people = await cast(stage)
    kept = {"text": "I weld", "why": "After the workshop"}
    await people.maya.post(f"{people.me}/strengths", kept)
    gone = await people.omar.post(f"{people.me}/strengths", {"text": "Patient"})
    await people.maya.delete(f"{people.me}/strengths/{gone['field_id']}")
    history = (await people.maya.get(f"{people.me}/profile/history"))["items"]
    told = [(turn["act"], turn["text"], turn["by"]) for turn in history]
    assert told == [
        ("removed", None, people.maya.person_id),
        ("added", "Patient", people.omar.person_id),
        ("added", "I weld", people.maya.person_id),
    ]
    assert history[-1]["why"] == "After the workshop"
    for_ada = (await people.ada.get(f"{people.me}/profile/history"))["items"]
    assert [turn["text"] for turn in for_ada] == ["I weld"]


async def test_the_history_is_paged(stage: Stage) -> None:
    people = await cast(stage)
    for number in range(3):
        await people.maya.post(f"{people.me}/strengths", {"text": f"Strength {number}"})
    first = await people.maya.get(f"{people.me}/profile/history?limit=2")
    rest = await people.maya.get(f"{people.me}/profile/history?limit=2&cursor={first['next_cursor']}")
    assert [turn["text"] for turn in first["items"] + rest["items"]] == ["Strength 2", "Strength 1", "Strength 0"]
    assert rest["next_cursor"] is None


async def test_sharing_is_chosen_anew_for_one_entry(stage: Stage) -> None:
    people = await cast(stage)
    entry = await people.maya.post(f"{people.me}/strengths", {"text": "I sing"})
    path = f"{people.me}/profile/fields/{entry['field_id']}/visibility"
    shared = await people.maya.put(path, {"circles": ["family"]})
    assert shared["visible_to"] == "me and my family"
    assert await seen(people.guardian, people) == {"I sing"}
    assert await seen(people.omar, people) == set()
    missing = f"{people.me}/profile/fields/{new_id('strength')}/visibility"
    assert (await people.maya.put(missing, {"circles": []})).codes == {"no-such-field"}


async def test_a_partner_sees_what_is_shared_with_partners_while_they_work_together(stage: Stage) -> None:
    people = await cast(stage)
    project_id = new_id("project")
    about = {"district_id": people.district.district_id, "project_id": project_id}
    about["school_id"] = people.district.school_id
    joined = ProjectPartnerJoined(**about, partner_id=new_id("partner"), contact_ids=(people.partner.person_id,))
    member = ProjectMemberJoined(**about, person_id=people.maya.person_id, team_size=1)
    await people.maya.post(f"{people.me}/strengths", {"text": "I draw", "circles": ["project-partners"]})
    await people.maya.post(f"{people.me}/strengths", {"text": "I sing"})
    assert (await people.partner.get(f"{people.me}/profile")).status == 403
    await stage.hear(SUBSCRIPTIONS, (member, 4), (joined, 2), (member, 4))
    assert await seen(people.partner, people) == {"I draw"}
    left = ProjectMemberLeft(**about, person_id=people.maya.person_id, team_size=0)
    await stage.hear(SUBSCRIPTIONS, (left, 5), (member, 4))
    assert (await people.partner.get(f"{people.me}/profile")).status == 403
    await stage.hear(SUBSCRIPTIONS, (member, 6))
    assert await seen(people.partner, people) == {"I draw"}
    showing = ProjectShown(
        **about, partner_id=None, skills=(), target_ids=(), tags=(), members=(), shown_at=datetime.now(UTC)
    )
    await stage.hear(SUBSCRIPTIONS, (showing, 7), (joined, 2))
    assert (await people.partner.get(f"{people.me}/profile")).status == 403


async def test_a_repeated_request_is_answered_as_the_first_time_and_adds_one_entry(stage: Stage) -> None:
    people = await cast(stage)
    key = {"idempotency_key": "the-same-request"}
    first = await people.maya.post(f"{people.me}/strengths", {"text": "I weld"}, **key)
    await people.maya.post(f"{people.me}/strengths", {"text": "I sing"})
    again = await people.maya.post(f"{people.me}/strengths", {"text": "I weld"}, **key)
    assert again.body == first.body
    assert await seen(people.maya, people) == {"I weld", "I sing"}


async def test_the_district_sets_its_words_and_learners_choose_from_them(stage: Stage) -> None:
    people = await cast(stage)
    begun = await people.maya.get("/v1/vocabulary")
    assert begun["version"] == 0
    words = {"interests": [{"tag": "falconry", "label": "Falconry"}], "skills": [{"tag": "grit", "label": "Grit"}]}
    assert (await people.office.put("/v1/vocabulary", words)).status == 403
    put = await people.district_office.put("/v1/vocabulary", words, if_match=begun.headers["etag"])
    assert put["version"] == 1
    assert (await people.maya.put(f"{people.me}/interests", {"tags": ["falconry"]})).status == 200
    assert (await people.maya.put(f"{people.me}/interests", {"tags": ["welding"]})).codes == {"unknown-tags"}
    twice = words | {"skills": [{"tag": "grit", "label": "Grit"}] * 2}
    assert (await people.district_office.put("/v1/vocabulary", twice)).codes == {"word-twice"}


async def test_the_district_calls_things_as_it_likes_and_takes_its_words_back(stage: Stage) -> None:
    people = await cast(stage)
    words = {"terms": [{"tag": "block", "language": "en", "label": "Wildcat Time", "plural": "Wildcat Times"}]}
    assert (await people.office.put("/v1/vocabulary", words)).status == 403
    assert (await people.district_office.put("/v1/vocabulary", words))["terms"] == words["terms"]
    skills = {"skills": [{"tag": "grit", "label": "Grit"}]}
    assert (await people.district_office.put("/v1/vocabulary", skills))["terms"] == words["terms"], "they stay"
    assert (await people.maya.get("/v1/vocabulary"))["terms"] == words["terms"]
    twice = {"terms": words["terms"] * 2}
    assert (await people.district_office.put("/v1/vocabulary", twice)).codes == {"word-twice"}
    odd = {"terms": [{**words["terms"][0], "tag": "shoe"}, {**words["terms"][0], "label": "x" * 41}]}
    assert (await people.district_office.put("/v1/vocabulary", odd)).status == 422
    assert (await people.district_office.put("/v1/vocabulary", {"terms": []}))["terms"] == []

"""A project from proposal to showing, through community's own routes on a real mongod."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from contracts.community import (
    HoursApproved,
    HoursVerified,
    PartnerVetted,
    ProjectShown,
)
from kit.ids import new_id
from tests.support.stage import Answer, District, Someone, Stage

SKILLS = ["collaboration", "empathy"]
PROPOSAL = {"title": "A bench for the square", "question": "Where can people sit?", "skills": SKILLS, "team_min": 2}


@dataclass
class Cast:
    """Who is in the story."""

    district: District
    office: Someone
    teacher: Someone
    students: list[Someone]
    contact: Someone
    partner_id: str


async def cast(stage: Stage, *, vetted: bool = True) -> Cast:
    district = stage.district()
    office, teacher = await district.person("administrator"), await district.person("educator")
    contact = await district.person("partner")
    students = [await district.person("learner") for _ in range(4)]
    body = {"name": "Carpenters' Guild", "school_ids": [district.school_id], "contact_ids": [contact.person_id]}
    partner_id = (await teacher.post("/v1/partners", body))["partner_id"]
    people = Cast(district, office, teacher, students, contact, partner_id)
    if vetted:
        await vet(people)
    return people


async def vet(people: Cast, days: int = 90) -> None:
    expires_on = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    for kind in ("background-check", "insurance", "agreement"):
        path = f"/v1/partners/{people.partner_id}/papers"
        papers = (await people.contact.post(path, {"kind": kind, "expires_on": expires_on}))["papers"]
        assert (await people.office.post(f"{path}/{papers[-1]['paper_id']}/verify")).status == 200


async def proposed(people: Cast, **changes: Any) -> str:
    body = {**PROPOSAL, "school_id": people.district.school_id, **changes}
    answer = await people.students[0].post("/v1/projects", body)
    assert answer.status == 201, answer.body
    return str(answer["project_id"])


async def running(people: Cast, **changes: Any) -> str:
    project_id = await proposed(people, **changes)
    path = f"/v1/projects/{project_id}"
    steps = [
        await people.contact.post(f"{path}/partner", {"partner_id": people.partner_id}),
        await people.teacher.post(f"{path}/approve"),
        *[await who.post(f"{path}/members", {"person_id": who.person_id}) for who in people.students[:3]],
        await people.students[0].post(f"{path}/start"),
    ]
    assert [step.status for step in steps] == [200] * len(steps), [step.body for step in steps]
    return project_id


async def log(who: Someone, project_id: str, hours_ago: int = 5, hours: int = 2) -> Answer:
    starts_at = datetime.now(UTC) - timedelta(hours=hours_ago)
    ends_at = starts_at + timedelta(hours=hours)
    body = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "what": "Sawing", "where": "Workshop"}
    return await who.post(f"/v1/projects/{project_id}/hours", body)


async def test_a_project_is_proposed_vetted_approved_run_and_shown(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    maya = people.students[0]
    hours_id = (await log(maya, project_id))["hours_id"]
    words = {"skill": "empathy", "text": "I listened to Ana, who cannot stand for long.", "shared_with": "team"}
    reflection_id = (await maya.post(f"/v1/projects/{project_id}/reflections", words))["reflection_id"]
    assert (await people.contact.post(f"/v1/hours/{hours_id}/verify", {"outcome": "confirm"}))["state"] == "verified"
    assert (await people.teacher.post(f"/v1/hours/{hours_id}/approve", {"approved": True}))["state"] == "approved"
    shown = await maya.post(f"/v1/projects/{project_id}/show", {"made": "A bench"})
    assert shown["state"] == "shown"
    (fact,) = await people.district.facts(ProjectShown)
    brought = {member["person_id"]: member for member in fact["data"]["members"]}
    assert brought[maya.person_id] == {
        "person_id": maya.person_id,
        "minutes": 120,
        "reflection_ids": {"empathy": reflection_id},
    }
    assert brought[people.students[1].person_id]["minutes"] == 0
    assert "Ana" not in str(await people.district.facts())
    assert [turn["state"] for turn in shown["turns"]] == ["proposed", "approved", "running", "shown"]


async def test_a_partner_without_papers_meets_no_students(stage: Stage) -> None:
    people = await cast(stage, vetted=False)
    project_id = await proposed(people)
    refused = await people.contact.post(f"/v1/projects/{project_id}/partner", {"partner_id": people.partner_id})
    assert (refused.status, refused.codes) == (409, {"partner-not-vetted"})
    assert "insurance" in refused.body["refusals"][0]["detail"]
    await vet(people)
    assert len(await people.district.facts(PartnerVetted)) == 1
    joined = await people.contact.post(f"/v1/projects/{project_id}/partner", {"partner_id": people.partner_id})
    assert joined["partner_id"] == people.partner_id


async def test_all_reasons_against_starting_are_told_together(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await proposed(people)
    refused = await people.teacher.post(f"/v1/projects/{project_id}/start")
    assert refused.codes == {"not-now", "team-too-small"}


async def test_nobody_approves_their_own_proposal(stage: Stage) -> None:
    people = await cast(stage)
    mine = {**PROPOSAL, "school_id": people.district.school_id}
    project_id = (await people.teacher.post("/v1/projects", mine))["project_id"]
    assert (await people.teacher.post(f"/v1/projects/{project_id}/approve")).codes == {"own-proposal"}
    assert (await people.office.post(f"/v1/projects/{project_id}/approve")).status == 200


async def test_a_project_sent_back_can_be_amended_under_its_version(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await proposed(people)
    path = f"/v1/projects/{project_id}"
    returned = await people.teacher.post(f"{path}/return", {"comment": "Who looks after the tools?"})
    assert returned["turns"][-1]["comment"] == "Who looks after the tools?"
    maya = people.students[0]
    stale = await maya.patch(path, {"title": "Two benches"}, if_match='"1"')
    assert (stale.status, stale.codes) == (412, {"stale-version"})
    etag = (await maya.get(path)).headers["etag"]
    amended = await maya.patch(path, {"title": "Two benches"}, if_match=etag)
    assert (amended["title"], amended["state"]) == ("Two benches", "proposed")


async def test_the_last_place_in_a_team_is_given_once(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await proposed(people, team_max=3)
    path = f"/v1/projects/{project_id}"
    await people.teacher.post(f"{path}/approve")
    answers = [await who.post(f"{path}/members", {"person_id": who.person_id}) for who in people.students]
    assert [answer.status for answer in answers] == [200, 200, 200, 409]
    assert answers[3].codes == {"team-full"}
    again = await people.students[0].post(f"{path}/members", {"person_id": people.students[0].person_id})
    assert len(again["member_ids"]) == 3
    left = await people.students[0].delete(f"{path}/members/{people.students[0].person_id}")
    assert len(left["member_ids"]) == 2


async def test_a_student_cannot_join_for_another(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await proposed(people)
    await people.teacher.post(f"/v1/projects/{project_id}/approve")
    other = people.students[1].person_id
    refused = await people.students[0].post(f"/v1/projects/{project_id}/members", {"person_id": other})
    assert refused.status == 403


async def test_verifying_and_approving_are_two_acts_of_two_people(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    hours_id = (await log(people.students[0], project_id))["hours_id"]
    path = f"/v1/hours/{hours_id}"
    assert (await people.teacher.post(f"{path}/approve", {"approved": True})).codes == {"hours-unverified"}
    assert (await people.teacher.post(f"{path}/verify", {"outcome": "confirm"})).status == 403
    assert (await people.contact.post(f"{path}/verify", {"outcome": "change"})).codes == {"change-unexplained"}
    changed = {"outcome": "change", "minutes": 90, "reason": "We had a break."}
    assert (await people.contact.post(f"{path}/verify", changed))["minutes"] == 90
    assert (await people.contact.post(f"{path}/verify", changed)).codes == {"hours-settled"}
    assert (await people.office.post(f"{path}/approve", {"approved": True}))["state"] == "approved"
    assert [row["data"]["minutes"] for row in await people.district.facts(HoursVerified, HoursApproved)] == [90, 90]


async def test_hours_sent_again_in_another_zone_s_time_are_answered_the_same(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    starts_at = datetime.now(timezone(timedelta(hours=-7))) - timedelta(hours=5)
    ends_at = starts_at + timedelta(hours=1)
    body = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "what": "Sawing", "where": "Workshop"}
    first, again = [
        await people.students[0].post(f"/v1/projects/{project_id}/hours", body, idempotency_key="hours-sent-again")
        for _ in range(2)
    ]
    assert first.status == 201
    assert first.body == again.body


async def test_hours_overlap_neither_each_other_nor_a_placement_and_denied_ones_free_the_time(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    maya = people.students[0]
    hours_id = (await log(maya, project_id))["hours_id"]
    assert (await log(maya, project_id, hours_ago=4)).codes == {"hours-overlap"}
    denial = {"outcome": "deny", "reason": "Nobody was here that day."}
    assert (await people.contact.post(f"/v1/hours/{hours_id}/verify", denial))["state"] == "denied"
    assert (await log(maya, project_id, hours_ago=4)).status == 201


async def test_a_reflection_is_read_by_whom_it_is_shared_with(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await running(people)
    maya, teammate, other = people.students[0], people.students[1], people.students[3]
    family = await people.district.person("guardian", wards=[maya.person_id])
    ids = {}
    for shared in ("private", "team", "public"):
        words = {"skill": "empathy", "text": f"{shared} words", "shared_with": shared}
        answer = await maya.post(f"/v1/projects/{project_id}/reflections", words)
        ids[shared] = answer["reflection_id"]

    async def readable(who: Someone) -> set[str]:
        answer = await who.post("/v1/reflections/lookup", {"ids": list(ids.values())})
        return {item["shared_with"] for item in answer["items"]}

    assert await readable(maya) == {"private", "team", "public"}
    for reader in (teammate, people.teacher, family):
        assert await readable(reader) == {"team", "public"}
    assert await readable(other) == {"public"}
    assert await readable(await stage.district().person("educator")) == set()


async def test_an_unapproved_project_is_seen_by_those_involved_alone(stage: Stage) -> None:
    people = await cast(stage)
    project_id = await proposed(people)
    path = f"/v1/projects/{project_id}"
    assert (await people.students[0].get(path)).status == 200
    assert (await people.teacher.get(path)).status == 200
    assert (await people.students[1].get(path)).status == 404
    listed = await people.students[1].get(f"/v1/projects?school_id={people.district.school_id}")
    assert listed["items"] == []
    stranger = await stage.district().person("administrator")
    assert (await stranger.get(path)).status == 404
    assert (await people.teacher.get(f"/v1/projects/{new_id('project')}")).status == 404


async def test_a_persons_page_says_what_is_next(stage: Stage) -> None:
    people = await cast(stage)
    await running(people)
    page = await people.students[1].get(f"/v1/people/{people.students[1].person_id}/projects")
    assert [(line["part"], line["next"]) for line in page["items"]] == [("member", "log-hours-and-reflect")]
    assert (await people.students[3].get(f"/v1/people/{people.students[1].person_id}/projects")).status == 403

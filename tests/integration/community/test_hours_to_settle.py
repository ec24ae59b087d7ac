"""What waits for a word: a partner's hours to confirm, a school's hours and projects to approve."""

from tests.integration.community.test_projects_life import cast, log, proposed, running
from tests.support.stage import Stage


async def test_a_partner_sees_the_hours_that_wait_for_them_with_their_projects_and_no_others(stage: Stage) -> None:
    people = await cast(stage)
    project = await running(people)
    early, late = await log(people.students[0], project, 9), await log(people.students[1], project, 5)
    path = f"/v1/people/{people.contact.person_id}/hours-waiting"
    waiting = (await people.contact.get(path))["items"]
    assert [hours["hours_id"] for hours in waiting] == [early["hours_id"], late["hours_id"]]
    assert {hours["project_title"] for hours in waiting} == {"A bench for the square"}
    await people.contact.post(f"/v1/hours/{early['hours_id']}/verify", {"outcome": "deny", "reason": "Nobody came."})
    first = await people.contact.get(f"{path}?limit=1")
    assert ([hours["hours_id"] for hours in first["items"]], first["next_cursor"]) == ([late["hours_id"]], None)
    stranger = await people.district.person("partner")
    assert (await stranger.get(path)).status == 403
    assert (await stranger.get(f"/v1/people/{stranger.person_id}/hours-waiting"))["items"] == []
    assert (await people.teacher.get(path)).status == 403


async def test_a_school_sees_the_hours_and_projects_that_wait_for_its_approval(stage: Stage) -> None:
    people = await cast(stage)
    project = await running(people)
    await proposed(people, title="A mural")
    logged = [await log(people.students[0], project, hours_ago) for hours_ago in (9, 5)]
    await people.contact.post(f"/v1/hours/{logged[0]['hours_id']}/verify", {"outcome": "confirm"})
    path = f"/v1/hours?school_id={people.district.school_id}"
    (waits,) = (await people.office.get(path))["items"]
    assert (waits["hours_id"], waits["state"]) == (logged[0]["hours_id"], "verified")
    (other,) = (await people.office.get(f"{path}&state=logged"))["items"]
    assert other["hours_id"] == logged[1]["hours_id"]
    counts = await people.office.get(f"/v1/schools/{people.district.school_id}/approvals")
    assert (counts["projects_proposed"], counts["hours_verified"]) == (1, 1)
    await people.teacher.post(f"/v1/hours/{waits['hours_id']}/approve", {"approved": True})
    assert (await people.office.get(path))["items"] == []
    assert (await people.students[0].get(path)).status == 403
    elsewhere = await people.district.person("administrator", at="school_other")
    assert (await elsewhere.get(path)).status == 403

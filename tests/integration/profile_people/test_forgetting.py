"""A person is forgotten: nothing of them is left in profile, and the certificate says what everyone removed."""

import random

import pytest

from contracts.community import CommunityErased
from contracts.fact import Fact
from contracts.gateway import GatewayErased
from contracts.profile import PersonForgotten, PersonListed, ProfileErased
from contracts.scheduler import SchedulerErased
from kit.ids import new_id
from kit.refusals import Refusals
from services.profile.subscriptions import SUBSCRIPTIONS
from tests.integration.profile_people.office import Office, delta, rows_of
from tests.support.stage import Someone, Stage

pytestmark = pytest.mark.usefixtures("worker")
REASON = {"reason_code": "asked-by-family"}


@pytest.fixture
async def office(stage: Stage, sample_set: bytes) -> Office:
    office = Office(stage)
    await office.take(sample_set)
    return office


async def forget(office: Office, by: Someone, username: str) -> tuple[str, str]:
    person = await office.who(username)
    answer = await by.post(f"/v1/people/{person.person_id}/forget", REASON)
    assert answer.status == 202, answer.body
    return person.person_id, answer["erasure_id"]


async def test_no_collection_holds_a_name_an_address_or_a_roster_number_afterwards(
    office: Office, sample_set: bytes
) -> None:
    district = await office.signed_in("district-0001")
    row = next(row for row in rows_of(sample_set, "users") if row["username"] == "learner-0001")
    assert await office.mentions(row["sourcedId"]) >= {"people", "roster_rows"}
    waiting = (await office.dry_run(sample_set))["roster_id"]
    await forget(office, district, "learner-0001")
    assert await office.mentions(row["sourcedId"], row["email"], row["username"], row["identifier"]) == set()
    assert (await office.clerk.get(f"/v1/rosters/{waiting}"))["state"] == "discarded"


async def test_guardians_no_longer_answer_for_a_forgotten_learner(office: Office) -> None:
    district, guardian = await office.signed_in("district-0001"), await office.who("guardian-0001")
    ward_id = guardian.ward_ids[0]
    answer = await district.post(f"/v1/people/{ward_id}/forget", REASON)
    after = await office.who("guardian-0001")
    assert ward_id not in after.ward_ids
    assert answer["removed"]["profile"]["guardian_links"] >= 1
    last = [row["data"] for row in await office.district.facts(PersonListed) if row["key"] == guardian.person_id][-1]
    assert ward_id not in last["ward_ids"]


async def test_the_next_import_brings_the_others_as_they_are_and_the_forgotten_as_somebody_new(
    office: Office, sample_set: bytes
) -> None:
    district = await office.signed_in("district-0001")
    person_id, _ = await forget(office, district, "learner-0001")
    roster = await office.take(sample_set)
    changes = {name: diff["changed"] for name, diff in roster["files"].items() if diff["changed"]}
    guardians = sum(
        row["agentSourcedIds"] != "" for row in rows_of(sample_set, "users") if row["username"].startswith("guardian")
    )
    assert 0 < changes["users"] < guardians
    again = await office.who("learner-0001")
    assert again.person_id != person_id
    assert again.class_ids


async def test_the_facts_say_that_somebody_is_forgotten_after_all_else_of_them(office: Office) -> None:
    district = await office.signed_in("district-0001")
    person_id, erasure_id = await forget(office, district, "learner-0001")
    rows = [
        row for row in await office.district.facts() if row["key"] == person_id and row["topic"] == "profile-people"
    ]
    last = max(rows, key=lambda row: row["sequence"])
    assert last["type"] == PersonForgotten.TYPE
    assert last["data"]["erasure_id"] == erasure_id
    erased = await office.district.facts(ProfileErased)
    assert [row["data"]["person_id"] for row in erased] == [person_id]
    assert erased[0]["data"]["removed"]["roster_rows"] == 8


async def test_the_certificate_is_complete_when_every_service_has_answered_in_any_order(office: Office) -> None:
    district = await office.signed_in("district-0001")
    person_id, erasure_id = await forget(office, district, "learner-0001")
    running = await district.get(f"/v1/erasures/{erasure_id}")
    assert (running["state"], running["waiting_for"]) == ("running", ["scheduler", "community", "gateway"])
    ids = (office.district_id, person_id, erasure_id)
    answers = [(answer(kind, *ids), 1) for kind in (SchedulerErased, CommunityErased, GatewayErased)] * 2
    random.Random(3).shuffle(answers)
    await office.stage.hear(SUBSCRIPTIONS, *answers)
    done = await district.get(f"/v1/erasures/{erasure_id}")
    assert (done["state"], done["waiting_for"]) == ("complete", [])
    assert done["removed"]["gateway"] == {"documents": 3}
    assert done["completed_at"] is not None


def answer(
    kind: type[SchedulerErased] | type[CommunityErased] | type[GatewayErased],
    district_id: str,
    person_id: str,
    erasure_id: str,
) -> Fact:
    return kind(district_id=district_id, person_id=person_id, erasure_id=erasure_id, removed={"documents": 3})


async def test_the_certificates_of_a_district_are_listed_newest_first_a_page_at_a_time(office: Office) -> None:
    district = await office.signed_in("district-0001")
    made = [(await forget(office, district, f"learner-000{number}"))[1] for number in (3, 4, 5)]
    first = await district.get("/v1/erasures?limit=2")
    rest = await district.get(f"/v1/erasures?limit=2&cursor={first['next_cursor']}")
    listed = [each["erasure_id"] for page in (first, rest) for each in page["items"]]
    assert listed[:3] == made[::-1]
    assert (await (await office.signed_in("principal-0001")).get("/v1/erasures")).status == 403


async def test_an_answer_to_an_unknown_erasure_waits_for_it(office: Office) -> None:
    stray = SchedulerErased(
        district_id=office.district_id, person_id=new_id("person"), erasure_id=new_id("erasure"), removed={}
    )
    with pytest.raises(Refusals, match="no-such-erasure"):
        await office.stage.hear(SUBSCRIPTIONS, (stray, 1))


async def test_only_the_district_office_forgets_and_only_once(office: Office) -> None:
    learner, principal = await office.signed_in("learner-0001"), await office.signed_in("principal-0001")
    district = await office.signed_in("district-0001")
    path = f"/v1/people/{learner.person_id}/forget"
    assert [(await someone.post(path, REASON)).status for someone in (learner, principal)] == [403, 403]
    assert (await district.post(path, {"reason_code": "Maya asked!"})).status == 422
    assert (await district.post(path, REASON)).status == 202
    assert (await district.post(path, REASON)).codes == {"no-such-person"}
    assert (await district.get(f"/v1/people/{learner.person_id}")).status == 404


async def test_whoever_has_left_can_be_forgotten_too(office: Office, sample_set: bytes) -> None:
    person = await office.who("learner-0002")
    await office.take(delta(sample_set, users=[{"sourcedId": person.source_ids[0], "status": "tobedeleted"}]))
    await forget(office, await office.signed_in("district-0001"), "learner-0002")
    assert await office.mentions(person.email) == set()

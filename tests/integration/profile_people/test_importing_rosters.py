"""A roster is uploaded, looked at, applied: what changes, and what is announced."""

import pytest

from contracts.profile import ClassListed, PersonListed, SchoolListed
from services.profile.store.people import PEOPLE
from services.profile.store.roster_rows import ROSTER_ROWS
from services.profile.store.rosters import ROSTER_CHUNKS, ROSTER_PAGES
from tests.integration.profile_people.office import Office, Rows, changed, delta, rows_of
from tests.support.stage import Stage

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(office: Office, sample_set: bytes) -> None:
    roster = await office.dry_run(sample_set)
    users = len(rows_of(sample_set, "users"))
    assert roster["state"] == "ready"
    assert roster["oneroster_version"] == "1.2"
    assert roster["files"]["users"]["added"] == users
    assert len(roster["files"]["users"]["samples"]["added"]) == 20
    assert roster["files"]["users"]["leaving"] == roster["files"]["users"]["changed"] == 0
    assert roster["too_much_leaving"] == []
    assert await office.district.facts() == []
    assert await office.stage.store.reader(office.district_id)[PEOPLE].count({}) == 0


async def test_every_change_of_a_file_can_be_looked_at(office: Office, sample_set: bytes) -> None:
    roster_id = (await office.dry_run(sample_set))["roster_id"]
    page = await office.clerk.get(f"/v1/rosters/{roster_id}/changes?file=enrollments&kind=added")
    numbers = [number for group in page["items"] for number in group["sourced_ids"]]
    assert sorted(numbers) == sorted(row["sourcedId"] for row in rows_of(sample_set, "enrollments"))
    unknown = await office.clerk.get(f"/v1/rosters/{roster_id}/changes?file=demographics&kind=added")
    assert unknown.status == 422


async def test_an_applied_roster_brings_schools_classes_and_people(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    facts = await office.district.facts()
    counts = {kind.TYPE: sum(row["type"] == kind.TYPE for row in facts) for kind in (SchoolListed, ClassListed)}
    people = [row["data"] for row in facts if row["type"] == PersonListed.TYPE]
    assert counts == {SchoolListed.TYPE: 2, ClassListed.TYPE: len(rows_of(sample_set, "classes"))}
    assert len(people) == len(rows_of(sample_set, "users"))
    learner, teacher = await office.who("learner-0001"), await office.who("teacher-0001")
    guardian, district = await office.who("guardian-0001"), await office.who("district-0001")
    assert [held.role for held in learner.roles] == ["learner"]
    assert len(learner.class_ids) == 6
    assert learner.ward_ids == () == teacher.ward_ids
    assert guardian.ward_ids
    assert teacher.teaches_class_ids
    assert [(held.role, held.organisation_id) for held in district.roles] == [("administrator", office.district_id)]


async def test_facts_hold_neither_names_nor_roster_numbers(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    outbox = repr(await office.district.facts())
    for row in rows_of(sample_set, "users"):
        assert row["sourcedId"] not in outbox
        assert row["email"] not in outbox
        assert f"'{row['givenName']}'" not in outbox


async def test_nothing_of_the_upload_lingers_once_it_is_applied(office: Office, sample_set: bytes) -> None:
    roster = await office.take(sample_set)
    reader = office.stage.store.reader(office.district_id)
    assert [await reader[rows].count({}) for rows in (ROSTER_CHUNKS, ROSTER_PAGES)] == [0, 0]
    assert roster["files"]["users"]["samples"] == {}


async def test_the_same_file_again_changes_nothing_and_announces_nothing(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    before = await office.documents()
    roster = await office.take(sample_set)
    after = await office.documents()
    assert {diff["added"] + diff["changed"] + diff["leaving"] for diff in roster["files"].values()} == {0}
    for name in ("people", "classes", "schools", "roster_rows", "outbox"):
        assert after[name] == before[name], name


async def test_a_new_name_is_kept_and_is_no_news(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    facts = len(await office.district.facts())

    def rename(rows: Rows) -> Rows:
        return [row | {"givenName": "Zora"} if row["username"] == "learner-0001" else row for row in rows]

    roster = await office.take(changed(sample_set, users=rename))
    assert roster["files"]["users"]["changed"] == 1
    assert (await office.who("learner-0001")).names.given == "Zora"
    assert len(await office.district.facts()) == facts


async def test_a_learner_who_is_not_in_the_set_leaves_and_can_come_back(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    before = await office.who("learner-0001")
    number = before.source_ids[0]
    without = changed(
        sample_set,
        users=lambda rows: [row for row in rows if row["sourcedId"] != number],
        roles=lambda rows: [row for row in rows if row["userSourcedId"] != number],
        demographics=lambda rows: [row for row in rows if row["sourcedId"] != number],
        enrollments=lambda rows: [row for row in rows if row["userSourcedId"] != number],
    )
    await office.take(without, accept_findings=True)
    left = await office.who("learner-0001")
    assert (left.person_id, left.active, left.class_ids) == (before.person_id, False, ())
    last = [row["data"] for row in await office.district.facts(PersonListed) if row["key"] == before.person_id][-1]
    assert last["active"] is False
    await office.take(sample_set)
    back = await office.who("learner-0001")
    assert (back.person_id, back.active, back.class_ids) == (before.person_id, True, before.class_ids)


async def test_guardians_of_a_learner_who_leaves_no_longer_answer_for_them(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    guardian = await office.who("guardian-0001")
    reader = office.stage.store.reader(office.district_id)
    wards = await reader[PEOPLE].many(guardian.ward_ids)
    number = wards[guardian.ward_ids[0]]["source_ids"][0]
    await office.take(delta(sample_set, users=[{"sourcedId": number, "status": "tobedeleted"}]))
    assert guardian.ward_ids[0] not in (await office.who("guardian-0001")).ward_ids


async def test_a_delta_adds_changes_and_takes_away_what_it_names(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    moved = await office.who("learner-0001")
    enrolments = [r for r in rows_of(sample_set, "enrollments") if r["userSourcedId"] == moved.source_ids[0]]
    newcomer = {"sourcedId": "new-1", "enabledUser": "true", "username": "new-1", "givenName": "Ada", "familyName": "L"}
    role = {"sourcedId": "rol-new-1", "userSourcedId": "new-1", "roleType": "primary", "role": "student"}
    org = rows_of(sample_set, "roles")[5]["orgSourcedId"]
    roster = await office.take(
        delta(
            sample_set,
            users=[newcomer],
            roles=[role | {"orgSourcedId": org}],
            enrollments=[enrolments[0] | {"status": "tobedeleted"}],
        )
    )
    diffs = {name: (diff["added"], diff["changed"], diff["leaving"]) for name, diff in roster["files"].items()}
    assert diffs == {"users": (1, 0, 0), "roles": (1, 0, 0), "enrollments": (0, 0, 1)}
    assert (await office.who("new-1")).roles[0].role == "learner"
    assert len((await office.who("learner-0001")).class_ids) == len(moved.class_ids) - 1
    assert (await office.who("teacher-0001")).active


async def test_too_much_leaving_stops_until_it_is_accepted(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    half = changed(sample_set, enrollments=lambda rows: rows[: len(rows) // 2])
    roster = await office.dry_run(half)
    assert roster["too_much_leaving"] == ["enrollments"]
    refused = await office.apply(roster["roster_id"])
    assert refused.codes == {"too-much-leaving"}
    assert (await office.until_ended(roster["roster_id"]))["state"] == "ready"
    assert (await office.apply(roster["roster_id"], accept_leaving=True)).status == 202
    await office.until_ended(roster["roster_id"], states=("applied",))
    rows = await office.stage.store.reader(office.district_id)[ROSTER_ROWS].count({"member": {"$gt": ""}})
    assert rows == len(rows_of(half, "enrollments"))


async def test_findings_and_leaving_are_refused_together(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    broken = changed(
        sample_set,
        users=lambda rows: [rows[0] | {"enabledUser": "perhaps"}, *rows[1:]],
        enrollments=lambda rows: rows[: len(rows) // 2],
    )
    roster = await office.dry_run(broken)
    refused = await office.apply(roster["roster_id"])
    assert refused.codes == {"findings-not-accepted", "too-much-leaving"}
    found = await office.clerk.get(f"/v1/rosters/{roster['roster_id']}/findings")
    bad = next(finding for finding in found["items"] if finding["code"] == "bad-value")
    assert (bad["file"], bad["line"], bad["column"], bad["value"]) == ("users.csv", 2, "enabledUser", "perhaps")


async def test_a_roster_read_before_another_was_applied_must_be_read_again(office: Office, sample_set: bytes) -> None:
    first, second = await office.dry_run(sample_set), await office.dry_run(sample_set)
    await office.apply(first["roster_id"])
    await office.until_ended(first["roster_id"], states=("applied",))
    assert (await office.apply(second["roster_id"])).codes == {"superseded-by-another"}
    assert (await office.apply(first["roster_id"])).codes == {"roster-not-ready"}


@pytest.mark.parametrize("content", [b"this is no zip", b"PK\x05\x06" + bytes(18)], ids=["not-a-zip", "empty-zip"])
async def test_a_bad_zip_is_refused_with_findings_and_nothing_applies(office: Office, content: bytes) -> None:
    roster = await office.dry_run(content)
    assert roster["state"] == "refused"
    found = await office.clerk.get(f"/v1/rosters/{roster['roster_id']}/findings")
    assert {finding["severity"] for finding in found["items"]} == {"error"}
    assert (await office.apply(roster["roster_id"])).codes >= {"roster-not-ready"}
    assert await office.district.facts() == []
    assert (await office.documents())["roster_chunks"] == []


async def test_a_discarded_roster_leaves_nothing(office: Office, sample_set: bytes) -> None:
    roster = await office.dry_run(sample_set)
    assert (await office.clerk.post(f"/v1/rosters/{roster['roster_id']}/discard"))["state"] == "discarded"
    documents = await office.documents()
    assert {name: rows for name, rows in documents.items() if rows}.keys() == {"rosters"}
    assert (await office.apply(roster["roster_id"])).codes == {"roster-not-ready"}


async def test_an_empty_upload_and_a_foreign_type_are_refused(office: Office) -> None:
    assert (await office.upload(b"")).codes == {"empty-upload"}
    assert (await office.upload(b"{}", content_type="application/json")).status == 415


async def test_a_repeated_upload_is_one_upload(office: Office, sample_set: bytes) -> None:
    first = await office.upload(sample_set, idempotency_key="upload-0001")
    second = await office.upload(sample_set, idempotency_key="upload-0001")
    assert first["roster_id"] == second["roster_id"]
    chunks = (await office.documents())["roster_chunks"]
    assert {chunk["roster_id"] for chunk in chunks} == {first["roster_id"]}


async def test_only_the_district_office_and_apps_with_the_scope_send_rosters(office: Office, sample_set: bytes) -> None:
    await office.take(sample_set)
    principal, district = await office.signed_in("principal-0001"), await office.signed_in("district-0001")
    assert (await office.upload(sample_set, by=principal)).status == 403
    assert (await office.upload(sample_set, by=office.app("people.read"))).status == 403
    assert (await office.upload(sample_set, by=district)).status == 202

"""Who may see whom, who may call whom what, and who somebody is who signs in."""

import pytest

from kit.ids import new_id
from tests.integration.profile_people.office import Office
from tests.support.stage import Someone, Stage


@pytest.fixture(scope="module")
async def office(stage: Stage, worker: None, sample_set: bytes) -> Office:
    office = Office(stage)
    await office.take(sample_set)
    return office


async def names(someone: Someone, *ids: str) -> dict[str, tuple[str, str | None]]:
    found = (await someone.post("/v1/names", {"ids": ids}))["names"]
    return {shown["person_id"]: (shown["given_name"], shown["family_name"]) for shown in found}


async def test_i_see_who_i_am(office: Office) -> None:
    learner = await office.signed_in("learner-0001")
    me = await learner.get("/v1/me")
    assert (me["person_id"], me["district_id"]) == (learner.person_id, office.district_id)
    assert me["username"] == "learner-0001"
    assert "source_ids" not in me.body
    assert (await learner.get("/v1/me", if_none_match=me.headers["etag"])).status == 304


async def test_a_person_is_seen_by_themselves_their_family_and_staff_of_their_school(office: Office) -> None:
    learner, guardian = await office.who("learner-0001"), await office.signed_in("guardian-0001")
    path = f"/v1/people/{learner.person_id}"
    school = learner.roles[0].organisation_id
    at_school = office.district.someone(new_id("person"), "administrator", school)
    elsewhere = office.district.someone(new_id("person"), "administrator", new_id("school"))
    partner = office.district.someone(new_id("person"), "partner", school)
    stranger = await office.signed_in("learner-0002")
    ward = f"/v1/people/{(await office.who('guardian-0001')).ward_ids[0]}"
    assert (await at_school.get(path))["called"]
    assert (await guardian.get(ward)).status == 200
    assert [(await someone.get(path)).status for someone in (elsewhere, partner, stranger)] == [403, 403, 403]
    assert (await at_school.get(f"/v1/people/{new_id('person')}")).status == 404


async def test_staff_list_the_people_of_their_school_by_role_and_class(office: Office) -> None:
    learner = await office.who("learner-0001")
    school, class_id = learner.roles[0].organisation_id, learner.class_ids[0]
    principal = office.district.someone(new_id("person"), "administrator", school)
    learners = await principal.get(f"/v1/people?school_id={school}&role=learner&limit=200")
    in_class = await principal.get(f"/v1/people?school_id={school}&role=learner&class_id={class_id}&limit=200")
    assert {role["role"] for person in learners["items"] for role in person["roles"]} == {"learner"}
    assert learner.person_id in {person["person_id"] for person in in_class["items"]}
    assert 0 < len(in_class["items"]) < len(learners["items"])
    assert (await principal.get("/v1/people")).status == 403
    assert (await principal.get(f"/v1/people?school_id={new_id('school')}")).status == 403


async def test_a_teacher_lists_the_people_of_their_class(office: Office) -> None:
    teacher = await office.who("teacher-0001")
    caller = await office.signed_in("teacher-0001")
    found = await caller.get(f"/v1/people?class_id={teacher.teaches_class_ids[0]}&limit=200")
    assert teacher.person_id in {person["person_id"] for person in found["items"]}
    assert (await caller.get(f"/v1/people?class_id={new_id('class')}")).status == 403


async def test_a_long_list_is_paged_without_loss(office: Office) -> None:
    district, seen, cursor = await office.signed_in("district-0001"), [], ""
    while True:
        page = await district.get(f"/v1/people?role=learner&limit=17{cursor}")
        seen += [person["person_id"] for person in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 60


async def test_names_are_shown_to_whom_they_concern(office: Office) -> None:
    learner = await office.who("learner-0001")
    school = learner.roles[0].organisation_id
    full = (learner.names.called, learner.names.called_family)
    given = (learner.names.called, None)
    asked = {
        "themselves": (await office.signed_in("learner-0001"), full),
        "staff of the school": (office.district.someone(new_id("person"), "educator", school), full),
        "the district's office": (await office.signed_in("district-0001"), full),
        "a learner of the school": (office.district.someone(new_id("person"), "learner", school), given),
        "a partner": (office.district.someone(new_id("person"), "partner", school), given),
        "staff of another school": (office.district.someone(new_id("person"), "educator", new_id("school")), None),
        "a learner of another school": (office.district.someone(new_id("person"), "learner", new_id("school")), None),
        "somebody else's guardian": (office.district.someone(new_id("person"), "guardian", school), None),
    }
    for who, (someone, expected) in asked.items():
        assert (await names(someone, learner.person_id)).get(learner.person_id) == expected, who


async def test_a_guardian_calls_their_ward_by_the_full_name_and_unknown_ids_are_left_out(office: Office) -> None:
    guardian = await office.who("guardian-0001")
    ward_id, nobody = guardian.ward_ids[0], new_id("person")
    found = await names(await office.signed_in("guardian-0001"), ward_id, nobody)
    assert found.keys() == {ward_id}
    assert found[ward_id][1] is not None
    other = Office(office.stage).district.someone(new_id("person"), "administrator", office.district_id)
    assert await names(other, ward_id) == {}


async def test_at_most_500_names_are_asked_at_once(office: Office) -> None:
    learner = await office.signed_in("learner-0001")
    answer = await learner.post("/v1/names", {"ids": [new_id("person") for _ in range(501)]})
    assert answer.status == 422


async def test_a_claim_leads_to_one_person_whatever_its_case(office: Office) -> None:
    learner, operator = await office.who("learner-0001"), office.operator()
    for claim, value in {
        "email": learner.email.upper(),
        "username": "Learner-0001",
        "identifier": "LEARNER-0001",
    }.items():
        found = await operator.post("/v1/sign-ins", {"claim": claim, "value": value})
        assert (found["person_id"], found["scopes"]) == (learner.person_id, ["*"])
        assert found["roles"] == [{"role": "learner", "organisation_id": learner.roles[0].organisation_id}]
    assert (await operator.post("/v1/sign-ins", {"claim": "email", "value": "nobody@example.org"})).codes == {
        "no-such-sign-in"
    }


async def test_nobody_but_the_gateway_asks_who_signs_in(office: Office) -> None:
    district = await office.signed_in("district-0001")
    claim = {"claim": "username", "value": "learner-0001"}
    assert (await district.post("/v1/sign-ins", claim)).status == 403
    assert (await office.app("internal").post("/v1/sign-ins", claim)).status == 403
    assert (await district.get("/v1/sign-ins/samples")).status == 403


async def test_samples_name_up_to_ten_people_a_role(office: Office) -> None:
    people = (await office.operator().get("/v1/sign-ins/samples?role=learner"))["people"]
    everyone = (await office.operator().get("/v1/sign-ins/samples"))["people"]
    assert len(people) == 10
    assert {role["role"] for person in people for role in person["roles"]} == {"learner"}
    assert {role["role"] for person in everyone for role in person["roles"]} == {
        "learner",
        "educator",
        "guardian",
        "administrator",
    }


async def test_a_partner_contact_is_added_once_and_belongs_to_several_schools(office: Office) -> None:
    district = await office.signed_in("district-0001")
    schools = [school["school_id"] for school in (await district.get("/v1/schools"))["items"]]
    contact = {"given_name": "Ines", "family_name": "Moss", "email": "ines@bikes.example.org"}
    first = await district.post("/v1/people/partner-contacts", {**contact, "school_id": schools[0]})
    second = await district.post("/v1/people/partner-contacts", {**contact, "school_id": schools[1]})
    assert first.status == 201
    assert first["person_id"] == second["person_id"]
    person = await district.get(first.headers["location"])
    assert [(role["role"], role["organisation_id"]) for role in person["roles"]] == [
        ("partner", school) for school in sorted(schools[:2])
    ]
    signed_in = await office.operator().post("/v1/sign-ins", {"claim": "email", "value": contact["email"]})
    assert signed_in["person_id"] == first["person_id"]


async def test_a_partner_contact_needs_a_school_of_ones_own_and_an_address_of_their_own(office: Office) -> None:
    learner = await office.who("learner-0001")
    school = learner.roles[0].organisation_id
    teacher = office.district.someone(new_id("person"), "educator", school)
    contact = {"given_name": "Ines", "family_name": "Moss", "email": learner.email, "school_id": school}
    assert (await teacher.post("/v1/people/partner-contacts", contact)).codes == {"email-taken"}
    abroad = {**contact, "school_id": new_id("school")}
    assert (await teacher.post("/v1/people/partner-contacts", abroad)).status == 403
    odd = {**contact, "email": "no address"}
    assert (await teacher.post("/v1/people/partner-contacts", odd)).status == 422


async def test_schools_and_classes_have_names(office: Office) -> None:
    learner = await office.signed_in("learner-0001")
    own = (await office.who("learner-0001")).roles[0].organisation_id
    schools = await learner.get("/v1/schools")
    assert len(schools["items"]) == 2
    assert (await learner.get(f"/v1/schools/{own}"))["name"]
    classes = await learner.get(f"/v1/schools/{own}/classes")
    assert {one["kind"] for one in classes["items"]} == {"homeroom", "scheduled"}
    other = next(one["school_id"] for one in schools["items"] if one["school_id"] != own)
    assert (await learner.get(f"/v1/schools/{other}/classes")).status == 403
    assert (await learner.get(f"/v1/schools/{new_id('school')}")).codes == {"no-such-school"}

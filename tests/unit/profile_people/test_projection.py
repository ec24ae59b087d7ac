"""From rows of a roster to the person they describe."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.profile import RoleHeld
from services.profile.domain.projection import Around, Organisation, UserRows, is_school, left, person_of, places_of

DISTRICT = "district_1"
AROUND = Around(
    places={"d": DISTRICT, "a": "school_a", "b": "school_b"},
    classes={"c1": "class_1", "c2": "class_2"},
    today=date(2026, 9, 1),
    wards={"u1": ["person_w2", "person_w1", "person_w1"]},
)


def user(roles: list[tuple[str, str]], enrolments: list[tuple[str, str]] | None = None, **values: Any) -> UserRows:
    return UserRows(
        number="u1",
        person_id="person_1",
        values={"givenName": "Ada", "familyName": "L", "username": "ada", "enabledUser": "true", **values},
        roles=[{"role": role, "orgSourcedId": org} for role, org in roles],
        enrolments=[{"role": role, "classSourcedId": number} for role, number in enrolments or []],
    )


def test_roles_of_the_standard_become_roles_at_a_school_or_the_district() -> None:
    person = person_of(
        None, user([("principal", "a"), ("districtAdministrator", "d"), ("aide", "b")]), AROUND, DISTRICT
    )
    assert person.roles == (
        RoleHeld("administrator", DISTRICT),
        RoleHeld("administrator", "school_a"),
        RoleHeld("educator", "school_b"),
    )


def test_nobody_is_a_learner_of_the_whole_district() -> None:
    assert person_of(None, user([("student", "d")]), AROUND, DISTRICT).roles == ()


def test_learners_are_in_classes_and_teachers_lead_them() -> None:
    person = person_of(None, user([("student", "a")], [("student", "c2"), ("student", "gone")]), AROUND, DISTRICT)
    teacher = person_of(None, user([("teacher", "a")], [("teacher", "c1"), ("proctor", "c2")]), AROUND, DISTRICT)
    assert (person.class_ids, person.teaches_class_ids) == (("class_2",), ())
    assert (teacher.class_ids, teacher.teaches_class_ids) == ((), ("class_1",))


def test_an_end_date_is_the_first_day_without() -> None:
    rows = user([("student", "a")])
    over = UserRows("u1", "person_1", rows.values, [{**rows.roles[0], "endDate": "2026-09-01"}], [])
    last_day = UserRows("u1", "person_1", rows.values, [{**rows.roles[0], "endDate": "2026-09-02"}], [])
    assert person_of(None, over, AROUND, DISTRICT).roles == ()
    assert person_of(None, last_day, AROUND, DISTRICT).roles == (RoleHeld("learner", "school_a"),)


def test_only_a_guardian_answers_for_wards() -> None:
    guardian = person_of(None, user([("parent", "a")]), AROUND, DISTRICT)
    assert guardian.ward_ids == ("person_w1", "person_w2")
    assert person_of(None, user([("teacher", "a")]), AROUND, DISTRICT).ward_ids == ()


def test_a_disabled_user_is_not_active_and_one_who_left_is_in_no_class() -> None:
    assert not person_of(None, user([("student", "a")], enabledUser="false"), AROUND, DISTRICT).active
    gone = left(person_of(None, user([("student", "a")], [("student", "c1")]), AROUND, DISTRICT))
    assert (gone.active, gone.class_ids, gone.roles) == (False, (), (RoleHeld("learner", "school_a"),))


@given(st.permutations([("teacher", "c1"), ("teacher", "c2"), ("student", "c1"), ("student", "c2")]))
def test_the_order_of_rows_makes_no_difference(enrolments: list[tuple[str, str]]) -> None:
    usual = sorted(enrolments)
    roles = [("teacher", "a"), ("student", "b")]
    assert person_of(None, user(roles, enrolments), AROUND, DISTRICT) == person_of(
        None, user(roles, usual), AROUND, DISTRICT
    )


def test_a_department_is_at_its_school_and_never_the_district() -> None:
    places = places_of(
        {
            "d": Organisation("district", None, DISTRICT),
            "a": Organisation("school", "d", "school_a"),
            "maths": Organisation("department", "a", None),
            "transport": Organisation("department", "d", None),
            "state": Organisation("state", None, None),
            "loop": Organisation("department", "loop", None),
        }
    )
    assert places == {"d": DISTRICT, "a": "school_a", "maths": "school_a"}


def test_a_department_with_nothing_above_it_is_a_school_of_its_own() -> None:
    assert is_school({"type": "school", "parentSourcedId": "d"})
    assert is_school({"type": "department"})
    assert not is_school({"type": "department", "parentSourcedId": "a"})
    assert not is_school({"type": "district"})
    places = places_of(
        {"top": Organisation("department", None, "school_t"), "below": Organisation("department", "top", None)}
    )
    assert places == {"top": "school_t", "below": "school_t"}

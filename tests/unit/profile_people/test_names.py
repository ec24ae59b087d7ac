"""Which part of whose name whom concerns."""

from dataclasses import replace

import pytest

from contracts.profile import RoleHeld
from services.profile.domain.people import Names, Person, Viewer, listed, lists_with, name_for, sign_in_keys

ROSA = Person(
    person_id="person_rosa",
    version=1,
    names=Names("Rosalind", "Okafor", preferred_given="Rosa"),
    email="Rosa@school.example.org",
    username="rosa1",
    roles=(RoleHeld("learner", "school_a"),),
    class_ids=("class_1",),
)
TEACHER = replace(ROSA, person_id="person_teacher", roles=(RoleHeld("educator", "school_a"),), class_ids=())


def viewer(role: str, at: str, *, person_id: str = "person_x", wards: tuple[str, ...] = ()) -> Viewer:
    return Viewer(person_id, "district_1", (RoleHeld(role, at),), wards)


def seen(by: Viewer, person: Person = ROSA) -> str | None:
    shown = name_for(by, person)
    return shown.name if shown else None


@pytest.mark.parametrize(
    ("role", "at", "expected"),
    [
        ("educator", "school_a", "Rosa Okafor"),
        ("administrator", "district_1", "Rosa Okafor"),
        ("learner", "school_a", "Rosa"),
        ("partner", "school_b", None),
        ("partner", "school_a", "Rosa"),
        ("educator", "school_b", None),
        ("administrator", "school_b", None),
        ("learner", "school_b", None),
        ("guardian", "school_a", None),
    ],
)
def test_a_learner_is_called_by_what_each_may_know(role: str, at: str, expected: str | None) -> None:
    assert seen(viewer(role, at)) == expected


def test_i_know_my_own_name_and_a_guardian_their_wards() -> None:
    assert seen(viewer("learner", "school_b", person_id="person_rosa")) == "Rosa Okafor"
    assert seen(viewer("guardian", "school_b", wards=("person_rosa",))) == "Rosa Okafor"


def test_a_guardian_knows_the_given_name_of_staff_at_their_school() -> None:
    assert seen(viewer("guardian", "school_a"), TEACHER) == "Rosa"
    assert seen(viewer("guardian", "school_b"), TEACHER) is None


def test_learners_do_not_see_who_has_left_but_staff_do() -> None:
    gone = replace(ROSA, active=False)
    assert seen(viewer("learner", "school_a"), gone) is None
    assert seen(viewer("educator", "school_a"), gone) == "Rosa Okafor"


def test_whoever_has_left_signs_in_no_more() -> None:
    assert sign_in_keys(ROSA) == ("email:rosa@school.example.org", "username:rosa1")
    assert sign_in_keys(replace(ROSA, active=False)) == ()


def test_a_person_stands_on_the_lists_of_their_role_school_and_class() -> None:
    assert set(lists_with(ROSA)) == {"learner", "school_a", "learner@school_a", "class_1"}


def test_what_is_announced_of_a_person_holds_no_name() -> None:
    said = repr(listed("district_1", ROSA))
    assert not [word for word in ("Rosa", "Okafor", "school.example.org", "rosa1") if word in said]

"""Eligibility: a reason code for every no."""

import pytest

from services.scheduler.domain.booking import check, check_at
from services.scheduler.domain.eligibility import EVERYONE, Eligibility, Student, without

MAYA = Student(
    student_id="person_maya",
    school_ids=frozenset({"school_1"}),
    class_ids=frozenset({"class_1"}),
    grades=frozenset({"09"}),
)


def only(**lists: str) -> Eligibility:
    return Eligibility(**{name: frozenset({value}) for name, value in lists.items()})


@pytest.mark.parametrize(
    ("eligibility", "reasons"),
    [
        (EVERYONE, ()),
        (only(grades="09"), ()),
        (only(grades="10"), ("not-in-these-grades",)),
        (only(class_ids="class_2"), ("not-in-these-classes",)),
        (only(grades="10", class_ids="class_2"), ("not-in-these-grades", "not-in-these-classes")),
        (only(allow="person_ben"), ("not-on-the-list",)),
        (only(allow="person_maya"), ()),
        (only(grades="10", allow="person_maya"), ()),
        (only(grades="09", allow="person_ben"), ()),
        (only(block="person_maya"), ("not-open-to-you",)),
        (only(allow="person_maya", block="person_maya"), ("not-open-to-you",)),
    ],
)
def test_each_list_says_no_with_its_own_code(eligibility: Eligibility, reasons: tuple[str, ...]) -> None:
    assert check(eligibility, MAYA) == reasons


def test_a_student_of_another_school_is_not_eligible() -> None:
    assert check_at(EVERYONE, MAYA, "school_2") == ("not-at-this-school",)
    assert check_at(EVERYONE, MAYA, "school_1") == ()


def test_who_left_is_not_eligible() -> None:
    assert check(EVERYONE, Student(student_id="person_old", active=False)) == ("no-longer-at-school",)


def test_forgetting_the_only_one_on_a_list_does_not_open_it_to_everyone() -> None:
    left = without(only(allow="person_ben"), "person_ben")
    assert "person_ben" not in left.allow
    assert check(left, MAYA) == ("not-on-the-list",)


def test_forgetting_one_of_two_leaves_the_other() -> None:
    lists = Eligibility(allow=frozenset({"person_ben", "person_maya"}), block=frozenset({"person_ben"}))
    assert without(lists, "person_ben") == only(allow="person_maya")

"""Values: what one cell says, what is repaired, and what cannot be understood."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.rosters import Severity, role_of
from services.profile.rosters.layout import CHOICES, FILE_ORDER, Kind, columns_of, file_names
from services.profile.rosters.values import (
    Parsed,
    read_date,
    read_family_name,
    read_flag,
    read_integer,
    read_list,
    read_number,
    read_user_ids,
    read_year,
    reader_for,
)


def code(parsed: Parsed) -> str | None:
    return parsed[1].code if parsed[1] else None


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("2026-08-31", "2026-08-31", None),
        ("2024-02-29", "2024-02-29", None),
        ("31/08/2026", "2026-08-31", "date-repaired"),
        ("08/31/2026", "2026-08-31", "date-repaired"),
        ("31.8.2026", "2026-08-31", "date-repaired"),
        ("5/5/2026", "2026-05-05", "date-repaired"),
        ("2026/8/31", "2026-08-31", "date-repaired"),
        ("2026-08-31T00:00:00.000Z", "2026-08-31", "date-repaired"),
        ("03/04/2026", "", "ambiguous-date"),
        ("2026-02-30", "", "bad-date"),
        ("31/31/2026", "", "bad-date"),
        ("31/08/26", "", "bad-date"),
        ("soon", "", "bad-date"),
    ],
)
def test_a_date_has_one_reading_or_none(text: str, value: str, problem: str | None) -> None:
    parsed = read_date(text)
    assert (parsed[0], code(parsed)) == (value, problem)


@given(st.dates())
def test_every_date_of_the_calendar_is_read_as_itself(day: object) -> None:
    assert read_date(str(day)) == (str(day), None)


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("true", "true", None),
        ("false", "false", None),
        ("TRUE", "true", "value-case"),
        ("No", "false", "value-case"),
        ("1", "true", "value-case"),
        ("maybe", "", "bad-value"),
    ],
)
def test_a_flag_is_true_or_false(text: str, value: str, problem: str | None) -> None:
    parsed = read_flag(text)
    assert (parsed[0], code(parsed)) == (value, problem)


@pytest.mark.parametrize(
    ("column", "text", "value", "problem"),
    [
        ("classType", "scheduled", "scheduled", None),
        ("classType", "Scheduled", "scheduled", "value-case"),
        ("classType", "club", "", "bad-value"),
        ("classType", "ext:club", "ext:club", None),
    ],
)
def test_a_word_of_a_closed_list_is_read_in_any_case(column: str, text: str, value: str, problem: str | None) -> None:
    reader = reader_for(next(one for one in columns_of("1.2", "classes") if one.name == column))
    assert reader is not None
    parsed = reader(text)
    assert (parsed[0], code(parsed)) == (value, problem)


def test_a_refused_word_says_which_are_expected() -> None:
    reader = reader_for(next(one for one in columns_of("1.2", "classes") if one.name == "classType"))
    assert reader is not None
    problem = reader("club")[1]
    assert problem is not None
    assert (problem.severity, problem.expected) == (Severity.ROW, "homeroom | scheduled")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("09", ("09",)),
        ("09,10, 11", ("09", "10", "11")),
        ('"Art, Music",Science', ("Art, Music", "Science")),
        (",", ()),
    ],
)
def test_a_list_is_split_at_its_commas(text: str, items: tuple[str, ...]) -> None:
    assert read_list(text) == (items, None)


@pytest.mark.parametrize(
    ("text", "ids", "problem"),
    [
        ("{LDAP:12}", ("LDAP:12",), None),
        ("{LDAP:12}, {Fed:a:b}", ("LDAP:12", "Fed:a:b"), None),
        ("LDAP:12", (), "bad-user-ids"),
        ("{LDAP:12} and more", (), "bad-user-ids"),
    ],
)
def test_user_ids_are_pairs_in_braces(text: str, ids: tuple[str, ...], problem: str | None) -> None:
    parsed = read_user_ids(text)
    assert (parsed[0], code(parsed)) == (ids, problem)


@pytest.mark.parametrize("mark", ["-", ".", "\N{EN DASH}", "\N{EM DASH}"])
def test_a_lone_dash_is_no_family_name(mark: str) -> None:
    assert read_family_name(mark) == ("", None)
    assert read_family_name("Õ") == ("Õ", None)


def test_numbers_and_years_are_kept_as_written_or_refused() -> None:
    assert [code(read_number(text)) for text in ("12.50", "-3", ".5", "1e3", "١٢x")] == [
        None,
        None,
        None,
        "bad-number",
        "bad-number",
    ]
    assert [code(read_integer(text)) for text in ("12", "-3", "1.5")] == [None, None, "bad-number"]
    assert [code(read_year(text)) for text in ("2027", "27", "２０２７")] == [None, "bad-year", "bad-year"]


@pytest.mark.parametrize(
    ("role", "person"),
    [
        ("student", "learner"),
        ("Student", "learner"),
        ("teacher", "educator"),
        ("aide", "educator"),
        ("counselor", "educator"),
        ("proctor", "educator"),
        ("guardian", "guardian"),
        ("parent", "guardian"),
        ("relative", "guardian"),
        ("principal", "administrator"),
        ("siteAdministrator", "administrator"),
        ("districtAdministrator", "administrator"),
        ("systemAdministrator", "administrator"),
        ("administrator", "administrator"),
        ("ext:volunteer", None),
    ],
)
def test_a_role_of_the_standard_makes_a_person_of_trellis(role: str, person: str | None) -> None:
    assert role_of(role) == person


def test_every_role_of_both_versions_makes_a_person() -> None:
    assert all(role_of(role) for role in (*CHOICES["role"], *CHOICES["role-1.1"], *CHOICES["enrollment"]))


def test_the_layout_is_whole() -> None:
    assert (len(FILE_ORDER), len(file_names("1.1")), len(file_names("1.2"))) == (21, 13, 21)
    for version in ("1.1", "1.2"):
        for file in file_names(version):
            for column in columns_of(version, file):
                assert column.kind in get_args(Kind)
                assert column.refers_to is None or column.refers_to in file_names(version)

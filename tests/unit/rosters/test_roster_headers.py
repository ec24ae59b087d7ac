"""Headers: what is plain is read, what is not is refused with what was found and what was expected."""

import pytest

from services.profile.rosters import Severity
from services.profile.rosters.headers import Header, read_header
from services.profile.rosters.layout import columns_of
from tests.unit.rosters.sets import SOUND, codes, header_of, members_of, only, opened, read_all, with_text


def header(names: list[str], file: str = "users") -> Header:
    return read_header(f"{file}.csv", names, columns_of("1.2", file))


def swapped(names: list[str], first: str, second: str) -> list[str]:
    other = {first: second, second: first}
    return [other.get(name, name) for name in names]


def test_the_exact_header_has_no_findings() -> None:
    assert header(header_of("users")).findings == ()


@pytest.mark.parametrize(
    ("meant", "written"),
    [
        ("dateLastModified", "dataLastModified"),
        ("preferredGivenName", "prefferedGivenName"),
        ("preferredFamilyName", "prefferedFamilyName"),
        ("preferredGivenName", "preferredFirstName"),
        ("sourcedId", "SourcedID"),
        ("primaryOrgSourcedId", " primaryOrgSourcedId "),
    ],
)
def test_a_misspelt_column_is_noted_and_read_as_meant(meant: str, written: str) -> None:
    read = header([written if name == meant else name for name in header_of("users")])
    assert [column.name for _, column in read.places] == header_of("users")
    found = only(read.findings, "misspelt-header")
    assert (found.severity, found.line, found.column, found.value, found.expected) == (
        Severity.NOTE,
        1,
        meant,
        written,
        meant,
    )


def test_a_name_is_not_taken_for_another_column() -> None:
    read = header([("surname" if name == "familyName" else name) for name in header_of("users")])
    assert codes(read.findings, Severity.ERROR) == {"missing-column", "wrong-header-order"}


def test_columns_in_another_order_are_refused() -> None:
    found = only(header(swapped(header_of("orgs"), "name", "type"), "orgs").findings, "wrong-header-order")
    assert (found.severity, found.file, found.line, found.column) == (Severity.ERROR, "orgs.csv", 1, "type")
    assert found.value == "sourcedId,status,dateLastModified,type,name,identifier,parentSourcedId"
    assert found.expected == "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
    assert "column 4 should be name" in found.message


def test_a_required_column_that_is_not_there_is_refused() -> None:
    names = [name for name in header_of("orgs") if name != "type"]
    found = only(header(names, "orgs").findings, "missing-column")
    assert (found.severity, found.column, found.expected) == (Severity.ERROR, "type", "type")


def test_an_optional_column_that_is_not_there_is_noted() -> None:
    read = header([name for name in header_of("users") if name != "pronouns"])
    found = only(read.findings, "missing-column")
    assert (found.severity, found.column) == (Severity.NOTE, "pronouns")


def test_a_column_twice_is_refused() -> None:
    assert "wrong-header-order" in codes(header([*header_of("orgs"), "name"], "orgs").findings, Severity.ERROR)


def test_a_foreign_column_in_the_middle_is_refused() -> None:
    names = header_of("orgs")
    names.insert(4, "mascot")
    assert only(header(names, "orgs").findings, "wrong-header-order").column == "mascot"


def test_columns_after_the_last_are_metadata_or_noted() -> None:
    read = header([*header_of("orgs"), "metadata.mascot", "colour"], "orgs")
    assert only(read.findings, "extra-column").column == "colour"
    assert codes(read.findings, Severity.NOTE) == {"extra-column"}


def test_a_set_with_a_refused_header_gives_no_rows_of_that_file() -> None:
    members = members_of(SOUND)
    text = members["orgs.csv"].replace("name,type", "type,name")
    archive = opened(with_text(members, "orgs", text))
    assert archive.refused
    assert list(archive.rows("orgs", lambda _: None)) == []


def test_a_file_without_header_is_refused() -> None:
    found = only(opened(with_text(members_of(SOUND), "orgs", "")).findings, "missing-header")
    assert (found.severity, found.file, found.expected) == (Severity.ERROR, "orgs.csv", ",".join(header_of("orgs")))


def test_a_version_1_1_header_in_a_version_1_2_set_is_refused() -> None:
    text = ",".join(header_of("users", "1.1")) + "\r\n"
    _, findings = read_all(opened(with_text(members_of(SOUND), "users", text)))
    assert "wrong-header-order" in codes(findings, Severity.ERROR)

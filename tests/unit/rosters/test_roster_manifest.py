"""The manifest: what a set says of itself must be plain, and agree with what came."""

import pytest

from services.profile.rosters import Finding, Severity, Source
from tests.unit.rosters.sets import SOUND, SOUND_1_1, codes, members_of, only, opened, read_all


def manifest_with(*changes: tuple[str, str]) -> list[Finding]:
    """The findings of a sound set whose manifest has `changes` made to its text."""
    members = members_of(SOUND)
    for old, new in changes:
        assert old in members["manifest.csv"]
        members["manifest.csv"] = members["manifest.csv"].replace(old, new)
    return opened(members).findings


def where(finding: Finding) -> tuple[Severity, str, int | None, str | None, str, str]:
    return finding.severity, finding.file, finding.line, finding.column, finding.value, finding.expected


def test_a_set_without_manifest_is_refused() -> None:
    members = members_of(SOUND)
    del members["manifest.csv"]
    archive = opened(members)
    assert only(archive.findings, "missing-manifest").severity is Severity.ERROR
    assert read_all(archive)[0] == []


def test_an_unknown_property_is_refused_with_its_line() -> None:
    found = only(manifest_with(("file.users,bulk", "file.userz,bulk")), "unknown-property")
    assert where(found) == (
        Severity.ERROR,
        "manifest.csv",
        8,
        "propertyName",
        "file.userz",
        "a property of the standard",
    )


def test_a_property_of_another_version_is_unknown() -> None:
    members = members_of(SOUND_1_1, version="1.1")
    members["manifest.csv"] += "file.roles,absent\r\n"
    assert only(opened(members).findings, "unknown-property").value == "file.roles"


def test_a_property_twice_is_refused_and_names_the_first() -> None:
    found = only(manifest_with(("file.users,bulk\r\n", "file.users,bulk\r\nfile.users,bulk\r\n")), "duplicate-property")
    assert where(found) == (Severity.ERROR, "manifest.csv", 9, "propertyName", "file.users", "each property once")
    assert "line 8" in found.message


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        ("oneroster.version,1.2", "oneroster.version,2.0", "oneroster.version", "1.1 or 1.2"),
        ("manifest.version,1.0", "manifest.version,9", "manifest.version", "1.0"),
    ],
)
def test_an_unknown_version_is_refused(old: str, new: str, column: str, expected: str) -> None:
    found = only(manifest_with((old, new)), "unknown-version")
    assert (found.severity, found.column, found.value, found.expected) == (
        Severity.ERROR,
        column,
        new.split(",")[1],
        expected,
    )


def test_a_manifest_that_does_not_say_its_version_is_refused() -> None:
    found = only(manifest_with(("oneroster.version,1.2\r\n", "")), "missing-property")
    assert (found.severity, found.column) == (Severity.ERROR, "oneroster.version")


def test_other_columns_in_the_manifest_are_refused() -> None:
    found = only(manifest_with(("propertyName,value", "value,propertyName")), "wrong-header-order")
    assert where(found) == (Severity.ERROR, "manifest.csv", 1, None, "value,propertyName", "propertyName,value")


def test_a_mode_that_is_none_is_refused() -> None:
    found = only(manifest_with(("file.users,bulk", "file.users,full")), "bad-mode")
    assert (found.line, found.value, found.expected) == (8, "full", "bulk | delta | absent")


def test_a_file_declared_absent_and_there_is_refused() -> None:
    found = only(manifest_with(("file.users,bulk", "file.users,absent")), "undeclared-file")
    assert (found.severity, found.file, found.value) == (Severity.ERROR, "users.csv", "absent")


def test_a_file_not_mentioned_and_there_is_refused() -> None:
    findings = manifest_with(("file.users,bulk\r\n", ""))
    assert only(findings, "undeclared-file").severity is Severity.ERROR
    assert only(findings, "missing-property").severity is Severity.NOTE


def test_a_file_promised_and_not_there_is_refused() -> None:
    members = members_of(SOUND)
    del members["users.csv"]
    found = only(opened(members).findings, "missing-file")
    assert (found.severity, found.file, found.value) == (Severity.ERROR, "users.csv", "bulk")


def test_a_file_the_standard_does_not_have_is_refused() -> None:
    found = only(opened({**members_of(SOUND), "students.csv": "a,b\r\n"}).findings, "unknown-file")
    assert (found.severity, found.file) == (Severity.ERROR, "students.csv")
    assert "enrollments.csv" in found.expected


def test_a_roles_file_is_unknown_to_version_1_1() -> None:
    members = members_of(SOUND_1_1, version="1.1")
    assert only(opened({**members, "roles.csv": ""}).findings, "unknown-file").value == "roles.csv"


def test_names_in_another_case_are_noted_and_read() -> None:
    members = members_of(SOUND)
    members["Users.CSV"] = members.pop("users.csv")
    members["MANIFEST.csv"] = members.pop("manifest.csv").replace("file.roles,bulk", "File.Roles,Bulk")
    rows, findings = read_all(opened(members))
    assert len(rows) == 7
    assert codes(findings) == {"file-name-case", "misspelt-property", "value-case"}
    assert codes(findings, Severity.NOTE) == codes(findings)


def test_the_source_is_who_exported() -> None:
    members = members_of(SOUND)
    members["manifest.csv"] += "source.systemName,Elm SIS\r\nsource.systemCode,elm-9\r\n"
    archive = opened(members)
    assert (archive.source, archive.findings) == (Source("Elm SIS", "elm-9"), [])


def test_a_byte_order_mark_is_noted_and_passed_over() -> None:
    members: dict[str, str | bytes] = {
        name: b"\xef\xbb\xbf" + text.encode() for name, text in members_of(SOUND).items()
    }
    rows, findings = read_all(opened(members))
    assert len(rows) == 7
    assert codes(findings, Severity.NOTE) == codes(findings) == {"byte-order-mark"}
    assert {finding.file for finding in findings} == members.keys()


def test_a_manifest_as_long_as_a_book_is_refused_unread() -> None:
    members = members_of(SOUND)
    members["manifest.csv"] += "x" * 70_000
    assert only(opened(members).findings, "zip-bomb").file == "manifest.csv"

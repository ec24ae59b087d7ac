"""Rows: what is read from each line, what is repaired, and what is left out with file, line, column and value."""

import pytest

from services.profile.rosters import Finding, Limits, RosterRow, Severity
from tests.unit.rosters.sets import (
    SOUND,
    SOUND_1_1,
    Cells,
    added,
    changed,
    codes,
    members_of,
    only,
    opened,
    read_all,
    rows_of,
    text_of,
    with_text,
)

DELTA = {"status": "active", "dateLastModified": "2026-09-01T10:00:00.000Z"}


def user_with(**cells: str) -> tuple[list[RosterRow], list[Finding]]:
    rows, findings = rows_of(opened(members_of(changed(SOUND, "users", **cells))))
    return rows["users"], findings


def delta_user(**cells: str) -> tuple[list[RosterRow], list[Finding]]:
    row = {**SOUND["users"][0], **DELTA, **cells}
    rows, findings = rows_of(opened(members_of({"users": [row]}, mode="delta")))
    return rows["users"], findings


def test_a_row_holds_what_the_file_says_and_no_blanks() -> None:
    rows, findings = user_with(agentSourcedIds="g1,g2", grades="09", email="mina@example.org", userIds="{SIS:7}")
    assert findings == []
    (row,) = rows
    assert (row.file, row.line, row.sourced_id, row.deleted) == ("users", 2, "u1", False)
    assert row.values == {
        "enabledUser": "true",
        "username": "mina",
        "givenName": "Mina",
        "familyName": "Őry",
        "agentSourcedIds": ("g1", "g2"),
        "grades": ("09",),
        "email": "mina@example.org",
        "userIds": ("SIS:7",),
    }


def test_a_bad_value_leaves_its_row_out_and_says_everything() -> None:
    files = changed(SOUND, "enrollments", beginDate="03/04/2026")
    rows, findings = rows_of(opened(members_of(files)))
    assert rows["enrollments"] == []
    found = only(findings, "ambiguous-date")
    assert (found.severity, found.file, found.line) == (Severity.ROW, "enrollments.csv", 2)
    assert (found.column, found.value, found.expected) == ("beginDate", "03/04/2026", "YYYY-MM-DD")


def test_all_faults_of_a_row_are_told_together() -> None:
    _, findings = rows_of(opened(members_of(changed(SOUND, "academicSessions", type="year", startDate="x", title=""))))
    assert codes(findings) == {"bad-value", "bad-date", "missing-value"}


def test_a_required_value_that_is_blank_leaves_the_row_out() -> None:
    rows, findings = user_with(username=" ")
    assert rows == []
    found = only(findings, "missing-value")
    assert (found.severity, found.line, found.column) == (Severity.ROW, 2, "username")


def test_a_row_without_identifier_is_left_out() -> None:
    rows, findings = user_with(sourcedId="")
    assert rows == []
    assert only(findings, "missing-value").column == "sourcedId"


def test_an_endless_identifier_is_left_out_and_shown_short() -> None:
    rows, findings = user_with(sourcedId="x" * 300)
    assert rows == []
    assert len(only(findings, "bad-sourced-id").value) == 80


def test_a_missing_family_name_is_noted_and_a_dash_is_not() -> None:
    rows, findings = user_with(familyName="")
    assert only(findings, "no-family-name").severity is Severity.NOTE
    assert "familyName" not in rows[0].values
    rows, findings = user_with(familyName="-")
    assert findings == []
    assert "familyName" not in rows[0].values


def test_dates_the_wrong_way_round_leave_the_row_out() -> None:
    _, findings = rows_of(opened(members_of(changed(SOUND, "academicSessions", endDate="2026-07-01"))))
    found = only(findings, "dates-reversed")
    assert (found.column, found.value, found.expected) == ("endDate", "2026-07-01", "2026-08-01 or later")


def test_space_around_a_value_is_taken_away_and_noted() -> None:
    rows, findings = user_with(email=" mina@example.org")
    assert rows[0].values["email"] == "mina@example.org"
    assert only(findings, "space-trimmed").column == "email"


def test_status_and_date_in_a_bulk_file_are_noted_and_the_status_heeded() -> None:
    rows, findings = user_with(status="inactive", dateLastModified="2026-01-01")
    assert rows[0].deleted
    assert codes(findings, Severity.NOTE) == codes(findings) == {"status-in-bulk", "modified-in-bulk"}
    assert "dateLastModified" not in rows[0].values


def test_a_delta_row_keeps_its_moment_in_utc() -> None:
    rows, findings = delta_user(dateLastModified="2026-09-01T12:00:00+02:00")
    assert findings == []
    assert rows[0].values["dateLastModified"] == "2026-09-01T10:00:00.000Z"


@pytest.mark.parametrize(
    ("status", "deleted", "code"),
    [
        ("active", False, None),
        ("tobedeleted", True, None),
        ("inactive", True, "status-repaired"),
        ("Active", False, "status-repaired"),
    ],
)
def test_a_delta_row_says_whether_its_subject_is_gone(status: str, deleted: bool, code: str | None) -> None:
    rows, findings = delta_user(status=status)
    assert [row.deleted for row in rows] == [deleted]
    assert codes(findings) == ({code} if code else set())


@pytest.mark.parametrize(("status", "code"), [("", "missing-status"), ("perhaps", "bad-status")])
def test_a_delta_row_without_a_status_is_left_out(status: str, code: str) -> None:
    rows, findings = delta_user(status=status)
    assert rows == []
    assert only(findings, code).severity is Severity.ROW


@pytest.mark.parametrize(("moment", "code"), [("", "missing-modified"), ("lately", "bad-modified")])
def test_a_delta_row_without_a_moment_is_kept(moment: str, code: str) -> None:
    rows, findings = delta_user(dateLastModified=moment)
    assert len(rows) == 1
    assert only(findings, code).severity is Severity.NOTE


def test_of_a_deleted_row_only_the_identifier_matters() -> None:
    rows, findings = delta_user(status="tobedeleted", username="", enabledUser="maybe")
    assert [(row.sourced_id, row.deleted) for row in rows] == [("u1", True)]
    assert findings == []


def test_passwords_are_dropped_noted_once_and_never_shown() -> None:
    secret = "hunter2-Xyzzy"
    files = added(changed(SOUND, "users", password=secret), "users", sourcedId="u2", username="", enabledUser="x")
    rows, findings = rows_of(opened(members_of(files)))
    found = only(findings, "password-dropped")
    assert (found.severity, found.file, found.line, found.column, found.value) == (
        Severity.NOTE,
        "users.csv",
        2,
        "password",
        "",
    )
    assert secret not in repr(rows) + repr(findings)


@pytest.mark.parametrize(
    "text", ['"broken{secret}\r\n', 'u9,,,true,"a"{secret},b\r\n', "u9" + ",{secret}" * 30 + "\r\n"]
)
def test_a_broken_row_does_not_show_a_password(text: str) -> None:
    members = members_of(SOUND)
    text = members["users.csv"] + text.format(secret="hunter2-Xyzzy")
    rows, findings = rows_of(opened(with_text(members, "users", text)))
    assert codes(findings) <= {"malformed-csv", "too-many-values", "row-width", "bad-value"}
    assert "hunter2-Xyzzy" not in repr(findings)
    assert [row.sourced_id for row in rows["users"]] == ["u1"]


def test_blank_lines_are_noted_and_passed_over() -> None:
    members = members_of(SOUND)
    rows, findings = rows_of(opened(with_text(members, "orgs", members["orgs.csv"] + ",,,,,,\r\n\r\n")))
    assert [row.sourced_id for row in rows["orgs"]] == ["o1"]
    assert [(found.code, found.line) for found in findings] == [("blank-line", 3), ("blank-line", 4)]


def test_a_short_row_is_read_with_blanks_and_noted() -> None:
    members = members_of(SOUND)
    rows, findings = rows_of(opened(with_text(members, "orgs", members["orgs.csv"] + "o2,,,Elm,school\r\n")))
    assert [row.sourced_id for row in rows["orgs"]] == ["o1", "o2"]
    found = only(findings, "row-width")
    assert (found.severity, found.line, found.value, found.expected) == (Severity.NOTE, 3, "5", "7 values")


def test_a_row_with_more_values_than_columns_is_left_out() -> None:
    members = members_of(SOUND)
    rows, findings = rows_of(opened(with_text(members, "orgs", members["orgs.csv"] + "o2,,,Elm,school,,,x\r\n")))
    assert [row.sourced_id for row in rows["orgs"]] == ["o1"]
    found = only(findings, "too-many-values")
    assert (found.severity, found.line, found.value) == (Severity.ROW, 3, "8")


def test_a_value_over_two_lines_counts_as_one_row_and_lines_stay_right() -> None:
    files = added(changed(SOUND, "orgs", name="Cedar\r\nHigh"), "orgs", sourcedId="o2", type="shop")
    rows, findings = rows_of(opened(members_of(files)))
    assert rows["orgs"][0].values["name"] == "Cedar\r\nHigh"
    assert only(findings, "bad-value").line == 4


def test_bad_encoding_is_refused_with_its_byte_and_line() -> None:
    good = text_of("orgs", SOUND["orgs"]).encode()
    text = good + "o2,,,École,school,,\r\n".encode("latin-1")
    rows, findings = rows_of(opened(with_text(members_of(SOUND), "orgs", text)))
    found = only(findings, "bad-encoding")
    assert (found.severity, found.file, found.line, found.value, found.expected) == (
        Severity.ERROR,
        "orgs.csv",
        3,
        "0xc9",
        "UTF-8",
    )
    assert f"Byte {len(good) + 5} " in found.message
    assert len(rows["orgs"]) <= 1


def test_bad_encoding_far_into_a_file_is_found_at_its_byte() -> None:
    rows = [{**SOUND["orgs"][0], "sourcedId": f"o{number}", "name": "Ő" * 50} for number in range(3000)]
    good = text_of("orgs", rows).encode()
    text = good + b"o,,,\xff,school,,\r\n"
    _, findings = rows_of(opened(with_text(members_of(SOUND), "orgs", text)))
    found = only(findings, "bad-encoding")
    assert found.line == 3002
    assert f"Byte {len(good) + 4} " in found.message


def test_a_file_that_ends_inside_a_letter_is_refused() -> None:
    text = text_of("orgs", SOUND["orgs"]).encode() + b"o2,,,\xc3"
    _, findings = rows_of(opened(with_text(members_of(SOUND), "orgs", text)))
    assert only(findings, "bad-encoding").line == 3


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_another_encoding_is_refused(encoding: str) -> None:
    text = text_of("orgs", SOUND["orgs"]).encode(encoding)
    _, findings = rows_of(opened(with_text(members_of(SOUND), "orgs", text)))
    assert only(findings, "bad-encoding").line == 1


def test_too_many_rows_are_refused() -> None:
    files: dict[str, list[Cells]] = {
        **SOUND,
        "orgs": [{**SOUND["orgs"][0], "sourcedId": f"o{number}"} for number in range(6)],
    }
    rows, findings = rows_of(opened(members_of(files), Limits(rows_per_file=5)))
    found = only(findings, "too-many-rows")
    assert (found.severity, found.file, found.line, found.expected) == (Severity.ERROR, "orgs.csv", 7, "at most 5 rows")
    assert len(rows["orgs"]) == 5


def test_version_1_1_users_become_people_and_roles() -> None:
    files = changed(SOUND_1_1, "users", orgSourcedIds="o1,o2,o1", role="Administrator", password="p")
    archive = opened(members_of(files, version="1.1"))
    rows, findings = rows_of(archive)
    assert (archive.version, archive.modes["roles"], archive.derived) == ("1.1", "bulk", frozenset({"roles"}))
    assert rows["users"][0].values == {
        "enabledUser": "true",
        "username": "mina",
        "givenName": "Mina",
        "familyName": "Őry",
    }
    assert [role.sourced_id for role in rows["roles"]] == ["u1:o1:administrator", "u1:o2:administrator"]
    assert rows["roles"][1].values == {
        "userSourcedId": "u1",
        "roleType": "primary",
        "role": "administrator",
        "orgSourcedId": "o2",
    }
    assert sorted(found.code for found in findings) == ["password-dropped", "value-case"]


def test_version_1_1_line_items_are_read_under_the_names_of_1_2() -> None:
    item = {
        "sourcedId": "l1", "title": "Weld", "assignDate": "2026-09-01", "dueDate": "2026-09-08",
        "classSourcedId": "k1", "categorySourcedId": "g1", "gradingPeriodSourcedId": "s1",
    }  # fmt: skip
    rows, findings = rows_of(opened(members_of({**SOUND_1_1, "lineItems": [item]}, version="1.1")))
    assert findings == []
    assert rows["lineItems"][0].values["academicSessionSourcedId"] == "s1"


def test_a_dirty_export_is_readable_after_its_faults_are_named() -> None:
    files = changed(SOUND, "users", enabledUser="TRUE", status="active", dateLastModified="2026-01-01")
    files = changed(files, "classes", classType="Scheduled")
    files = changed(files, "enrollments", beginDate="31/08/2026")
    members: dict[str, str | bytes] = dict(members_of(files))
    users = str(members.pop("users.csv"))
    members["Users.csv"] = users.replace("dateLastModified", "dataLastModified").replace("preferred", "preffered")
    rows, findings = read_all(opened(members))
    assert len(rows) == 7
    assert codes(findings, Severity.NOTE) == codes(findings) == {
        "file-name-case", "misspelt-header", "value-case", "status-in-bulk", "modified-in-bulk", "date-repaired"
    }  # fmt: skip

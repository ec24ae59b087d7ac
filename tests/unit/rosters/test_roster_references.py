"""References: nobody twice, nothing that leads nowhere, and what an earlier set told is not forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from services.profile.rosters import Finding, RosterRow, Severity, check_references
from services.profile.rosters.references import IdTable, References
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
)

DELTA = {"status": "active", "dateLastModified": "2026-09-01T10:00:00.000Z"}
GONE = {"status": "tobedeleted", "dateLastModified": "2026-09-01T10:00:00.000Z"}


def ids(rows: list[RosterRow], file: str) -> list[str]:
    return [row.sourced_id for row in rows if row.file == file]


def delta(
    files: dict[str, list[Cells]], known: dict[str, set[str]] | None = None
) -> tuple[list[RosterRow], list[Finding]]:
    dated = {name: [{**DELTA, **row} for row in rows] for name, rows in files.items()}
    return read_all(opened(members_of(dated, mode="delta")), known)


def test_the_second_row_with_an_identifier_is_left_out() -> None:
    rows, findings = read_all(opened(members_of(added(SOUND, "users", username="other"))))
    assert [row.values["username"] for row in rows if row.file == "users"] == ["mina"]
    found = only(findings, "duplicate-id")
    assert (found.severity, found.file, found.line, found.column, found.value, found.expected) == (
        Severity.ROW,
        "users.csv",
        3,
        "sourcedId",
        "u1",
        "each identifier once in a file",
    )


def test_a_binding_reference_that_leads_nowhere_leaves_the_row_out() -> None:
    rows, findings = read_all(opened(members_of(changed(SOUND, "enrollments", userSourcedId="nobody"))))
    assert ids(rows, "enrollments") == []
    found = only(findings, "dangling-reference")
    assert (found.severity, found.file, found.line, found.column, found.value, found.expected) == (
        Severity.ROW,
        "enrollments.csv",
        2,
        "userSourcedId",
        "nobody",
        "the sourcedId of a usable row of users.csv",
    )


def test_what_refers_to_a_row_left_out_is_left_out_in_turn() -> None:
    rows, findings = read_all(opened(members_of(changed(SOUND, "classes", schoolSourcedId="nowhere"))))
    assert (ids(rows, "classes"), ids(rows, "enrollments")) == ([], [])
    assert [(found.file, found.value) for found in findings] == [("classes.csv", "nowhere"), ("enrollments.csv", "k1")]


def test_a_row_that_could_not_be_read_cannot_be_referred_to() -> None:
    rows, findings = read_all(opened(members_of(changed(SOUND, "users", enabledUser="maybe"))))
    assert (ids(rows, "roles"), ids(rows, "enrollments")) == ([], [])
    assert codes(findings) == {"bad-value", "dangling-reference"}


def test_a_class_without_its_course_is_kept() -> None:
    rows, findings = read_all(opened(members_of(changed(SOUND, "classes", courseSourcedId="gone"))))
    (lesson,) = [row for row in rows if row.file == "classes"]
    assert "courseSourcedId" not in lesson.values
    assert only(findings, "dangling-reference").severity is Severity.NOTE


def test_of_several_terms_the_ones_that_exist_are_kept() -> None:
    rows, findings = read_all(opened(members_of(changed(SOUND, "classes", termSourcedIds="s0,s1"))))
    (lesson,) = [row for row in rows if row.file == "classes"]
    assert lesson.values["termSourcedIds"] == ("s1",)
    assert (only(findings, "dangling-reference").severity, only(findings, "dangling-reference").value) == (
        Severity.NOTE,
        "s0",
    )


def test_guardians_may_come_after_their_children_and_lost_ones_are_dropped() -> None:
    files = added(changed(SOUND, "users", agentSourcedIds="g1,lost"), "users", sourcedId="g1", agentSourcedIds="u1")
    rows, findings = read_all(opened(members_of(files)))
    assert [row.values["agentSourcedIds"] for row in rows if row.file == "users"] == [("g1",), ("u1",)]
    found = only(findings, "dangling-reference")
    assert (found.severity, found.line, found.column, found.value) == (Severity.NOTE, 2, "agentSourcedIds", "lost")


def test_demographics_belong_to_a_user() -> None:
    files: dict[str, list[Cells]] = {
        **SOUND,
        "demographics": [{"sourcedId": "u1", "sex": "female"}, {"sourcedId": "u7"}],
    }
    rows, findings = read_all(opened(members_of(files)))
    assert ids(rows, "demographics") == ["u1"]
    assert only(findings, "dangling-reference").value == "u7"


def test_a_delta_may_refer_to_what_is_known_and_to_nothing_else() -> None:
    files = {
        "enrollments": [SOUND["enrollments"][0], {**SOUND["enrollments"][0], "sourcedId": "e2", "classSourcedId": "k9"}]
    }
    rows, findings = delta(files, {"classes": {"k1"}, "orgs": {"o1"}, "users": {"u1"}})
    assert ids(rows, "enrollments") == ["e1"]
    assert only(findings, "dangling-reference").value == "k9"


def test_a_bulk_file_is_not_completed_by_what_is_known() -> None:
    files = changed(SOUND, "enrollments", userSourcedId="u9")
    rows, _ = read_all(opened(members_of(files)), {"users": {"u9"}})
    assert ids(rows, "enrollments") == []


def test_an_absent_file_is_completed_by_what_is_known() -> None:
    files = {name: rows for name, rows in SOUND.items() if name != "courses"}
    rows, findings = read_all(opened(members_of(files)), {"courses": {"c1"}})
    assert findings == []
    assert [row.values["courseSourcedId"] for row in rows if row.file == "classes"] == ["c1"]


def test_what_a_delta_takes_away_cannot_be_referred_to_although_known() -> None:
    known = {"classes": {"k1"}, "orgs": {"o1"}, "users": {"u1"}}
    files: dict[str, list[Cells]] = {"users": [{**SOUND["users"][0], **GONE}], "enrollments": SOUND["enrollments"]}
    rows, findings = delta(files, known)
    assert [(row.sourced_id, row.deleted) for row in rows] == [("u1", True)]
    assert only(findings, "dangling-reference").value == "u1"


def test_a_deleted_row_may_refer_to_anything() -> None:
    rows, findings = delta({"enrollments": [{**SOUND["enrollments"][0], **GONE}]})
    assert [row.deleted for row in rows] == [True]
    assert findings == []


def test_what_is_known_is_asked_for_in_batches() -> None:
    asked: list[tuple[str, int]] = []

    def known(file: str, wanted: set[str]) -> set[str]:
        asked.append((file, len(wanted)))
        return wanted

    rows = [{**SOUND["enrollments"][0], **DELTA, "sourcedId": f"e{n}", "userSourcedId": f"u{n}"} for n in range(1500)]
    counts = check_references(opened(members_of({"enrollments": rows}, mode="delta")), known, lambda _: None)
    assert counts == {"enrollments": 1500}
    assert sorted(asked) == [("classes", 1), ("classes", 1), ("orgs", 1), ("orgs", 1), ("users", 500), ("users", 1000)]


def test_one_file_can_be_checked_alone() -> None:
    findings: list[Finding] = []
    references = References(opened(members_of(SOUND)), lambda _, __: set())
    assert [row.sourced_id for row in references.rows("enrollments", findings.append)] == ["e1"]
    assert findings == []


def test_a_lost_school_of_a_version_1_1_user_is_found_in_the_users_file() -> None:
    rows, findings = read_all(opened(members_of(changed(SOUND_1_1, "users", orgSourcedIds="o1,o9"), version="1.1")))
    assert (ids(rows, "users"), ids(rows, "roles")) == (["u1"], ["u1:o1:student"])
    found = only(findings, "dangling-reference")
    assert (found.file, found.line, found.value) == ("users.csv", 2, "o9")


@given(st.lists(st.text(max_size=6), max_size=400))
def test_a_table_of_identifiers_answers_as_a_set_does(words: list[str]) -> None:
    table, plain = IdTable(), set[str]()
    for word in words:
        assert table.add(word) == (word not in plain)
        plain.add(word)
    assert table.count == len(plain)
    assert all(word in table for word in plain)
    assert not any(f"{word}!" in table for word in plain if f"{word}!" not in plain)

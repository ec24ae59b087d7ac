"""The sample district: valid, plausible, the same for the same seed, and found by its well-known sign-ins."""

import hashlib
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.sample import SampleCounts, sample, write_sample
from cli.sample_names import TONGUES, name_of, tongue_of
from cli.sample_town import plan_schools, year_around
from services.profile.rosters import Finding, RosterArchive, RosterRow, read_set, role_of

YEAR = date(2026, 8, 1)
SCHOOLS, LEARNERS = 5, 900

Rows = dict[str, dict[str, RosterRow]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[SampleCounts, Rows, list[Finding]]:
    """A sample of five schools, its rows by file and identifier, and all findings."""
    path = tmp_path_factory.mktemp("sample") / "sample.zip"
    counts = write_sample(path, schools=SCHOOLS, learners=LEARNERS, seed=7, year_starts_on=YEAR)
    rows: Rows = {}
    with RosterArchive.open(path) as archive:
        findings = list(archive.findings)
        for row in read_set(archive, lambda _, __: set(), findings.append):
            rows.setdefault(row.file, {})[row.sourced_id] = row
    return counts, rows, findings


def people(rows: Rows, role: str) -> dict[str, RosterRow]:
    """The users who have `role`."""
    holders = {str(row.values["userSourcedId"]) for row in rows["roles"].values() if row.values["role"] == role}
    return {user_id: rows["users"][user_id] for user_id in holders}


def test_a_sample_reads_back_without_a_finding(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    assert written[2] == []


def test_the_counts_are_what_was_written(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    counts, rows, _ = written
    assert counts == SampleCounts(
        schools=SCHOOLS,
        learners=LEARNERS,
        teachers=len(people(rows, "teacher")),
        staff=len(people(rows, "teacher")) + 3 * SCHOOLS + 1,
        guardians=len(people(rows, "guardian")),
        classes=len(rows["classes"]),
        enrollments=len(rows["enrollments"]),
        rows=sum(len(of_file) for of_file in rows.values()),
    )


def test_every_school_has_its_staff_and_every_person_a_role(
    written: tuple[SampleCounts, Rows, list[Finding]],
) -> None:
    _, rows, _ = written
    held = Counter((row.values["orgSourcedId"], row.values["role"]) for row in rows["roles"].values())
    schools = [org_id for org_id, org in rows["orgs"].items() if org.values["type"] == "school"]
    for school in schools:
        for role in ("principal", "siteAdministrator", "counselor"):
            assert held[school, role] == 1
        assert held[school, "student"] / held[school, "teacher"] <= 15
    assert held["org-0000", "districtAdministrator"] == 1
    assert {row.values["userSourcedId"] for row in rows["roles"].values()} == rows["users"].keys()
    assert all(role_of(str(row.values["role"])) for row in rows["roles"].values())


def test_some_teachers_work_at_two_schools(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    second = [row for row in written[1]["roles"].values() if row.values["roleType"] == "secondary"]
    assert second
    assert all(row.values["role"] == "teacher" for row in second)


def test_a_learner_has_one_homeroom_and_five_classes_in_different_periods(
    written: tuple[SampleCounts, Rows, list[Finding]],
) -> None:
    _, rows, _ = written
    kinds: dict[str, Counter[str]] = {}
    periods: dict[str, list[object]] = {}
    for row in rows["enrollments"].values():
        lesson = rows["classes"][str(row.values["classSourcedId"])]
        user_id = str(row.values["userSourcedId"])
        kinds.setdefault(user_id, Counter())[str(lesson.values["classType"])] += 1
        periods.setdefault(user_id, []).append(lesson.values["periods"])
    assert all(kinds[learner] == {"homeroom": 1, "scheduled": 5} for learner in people(rows, "student"))
    assert all(len(set(taken)) == len(taken) for taken in periods.values()), "nobody is in two classes at once"


def test_every_class_has_one_teacher_and_its_grade(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    _, rows, _ = written
    teachers: Counter[str] = Counter()
    for row in rows["enrollments"].values():
        class_id = str(row.values["classSourcedId"])
        if row.values["role"] == "teacher":
            teachers[class_id] += 1
        else:
            learner = rows["users"][str(row.values["userSourcedId"])]
            assert learner.values["grades"] == rows["classes"][class_id].values["grades"]
    assert teachers == dict.fromkeys(rows["classes"], 1)


def test_guardians_are_linked_both_ways_and_siblings_share_them(
    written: tuple[SampleCounts, Rows, list[Finding]],
) -> None:
    _, rows, _ = written
    learners, guardians = people(rows, "student"), people(rows, "guardian")
    links = {(user_id, agent) for user_id, row in learners.items() for agent in row.values["agentSourcedIds"]}
    back = {(agent, user_id) for user_id, row in guardians.items() for agent in row.values["agentSourcedIds"]}
    assert links == back
    assert 1.35 < len(links) / len(learners) < 1.65
    assert max(len(row.values["agentSourcedIds"]) for row in guardians.values()) > 1


def test_the_well_known_people_are_at_the_first_school(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    _, rows, _ = written
    by_username = {row.values["username"]: row for row in rows["users"].values()}
    for kind in ("learner", "teacher", "principal", "site", "counselor", "guardian"):
        assert by_username[f"{kind}-0001"].values["primaryOrgSourcedId"] == "org-0001"
    assert by_username["district-0001"].values["primaryOrgSourcedId"] == "org-0000"
    assert by_username["guardian-0001"].sourced_id in by_username["learner-0001"].values["agentSourcedIds"]


def test_identifiers_hold_no_personal_value(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    for row in written[1]["users"].values():
        assert len(row.sourced_id) == 20
        for key in ("username", "givenName", "familyName", "email"):
            assert str(row.values.get(key, "?")).lower() not in row.sourced_id


def test_addresses_are_reserved_ones(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    addresses = [str(row.values["email"]) for row in written[1]["users"].values()]
    assert all(address.endswith(".example.org") for address in addresses)
    assert len(set(addresses)) == len(addresses)


def test_names_come_in_many_scripts_lengths_and_shapes() -> None:
    names = [name for number in range(40_000) for name in [name_of(tongue_of(number), "", number // 100)]]
    written_in = {unicodedata.name(name.given[0]).split()[0] for name in names}
    assert written_in >= {
        "LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI", "CJK", "HANGUL", "ETHIOPIC", "GREEK", "HEBREW", "HIRAGANA"
    }  # fmt: skip
    assert any(not tongue.family for tongue in TONGUES)
    assert max(len(name) for tongue in TONGUES for name in tongue.family) > 30
    assert any(name.preferred for name in names)


def test_single_names_are_read_as_having_no_family_name(written: tuple[SampleCounts, Rows, list[Finding]]) -> None:
    assert any("familyName" not in row.values for row in written[1]["users"].values())


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_sample(tmp_path / name, schools=2, learners=80, seed=seed, year_starts_on=YEAR)
    assert digest_of(tmp_path / "a") == digest_of(tmp_path / "b")
    assert digest_of(tmp_path / "a") != digest_of(tmp_path / "c")


@pytest.mark.parametrize(("schools", "learners"), [(1, 1), (3, 3), (4, 17), (1, 26)])
def test_the_smallest_districts_are_valid(tmp_path: Path, schools: int, learners: int) -> None:
    counts = write_sample(tmp_path / "set.zip", schools=schools, learners=learners, seed=1, year_starts_on=YEAR)
    with RosterArchive.open(tmp_path / "set.zip") as archive:
        findings = list(archive.findings)
        assert sum(1 for _ in read_set(archive, lambda _, __: set(), findings.append)) == counts.rows
    assert findings == []


def test_more_schools_than_learners_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 learners cannot fill 3 schools"):
        write_sample(tmp_path / "set.zip", schools=3, learners=2, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "set.zip", schools=1, learners=100, seed=1, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_number_of_rows(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    counts = write_sample(
        tmp_path / "set.zip", schools=1, learners=200, seed=1, progress=lambda done, total: heard.append((done, total))
    )
    assert heard[-1] == (counts.rows, counts.rows)
    assert len(heard) > 1


def test_the_default_year_is_the_one_around_today() -> None:
    assert year_around(date(2027, 7, 31)).starts_on == YEAR
    assert year_around(YEAR).starts_on == YEAR
    assert year_around(date(2027, 3, 1)).ends_on == date(2027, 7, 31)


def test_school_names_and_teachers_are_never_shared() -> None:
    schools = plan_schools(200, 4000, seed=1)
    assert len({school.name for school in schools}) == 200
    numbers = [teacher for school in schools for teacher in school.teachers]
    assert len(numbers) == len(set(numbers))


def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(sample)
    return app


def test_the_command_writes_a_set_and_names_the_sign_ins(tmp_path: Path) -> None:
    out = tmp_path / "set.zip"
    answer = CliRunner().invoke(command(), [str(out), "--schools", "2", "--learners", "60", "--seed", "5"])
    assert answer.exit_code == 0, answer.output
    assert "60 learners" in answer.output
    assert "learner-0001" in answer.output
    with RosterArchive.open(out) as archive:
        assert archive.findings == []


def test_the_command_refuses_more_schools_than_learners(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command(), [str(tmp_path / "set.zip"), "--schools", "9", "--learners", "3"])
    assert answer.exit_code == 2
    assert not (tmp_path / "set.zip").exists()

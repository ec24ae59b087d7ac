"""Memory: a long file costs no more than a short one, and neither does one made to cost more."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

from services.profile.rosters import Finding, Limits, RosterArchive, check_references
from tests.unit.rosters.sets import SOUND, header_of, manifest_of, members_of, only

ROWS = 200_000
MEGABYTE = 1024 * 1024


def write(path: Path, chunks: Iterator[str]) -> None:
    """A set on disc whose users, of eight columns, are `chunks`, written as they come."""
    members = members_of(SOUND)
    members["manifest.csv"] = manifest_of(dict.fromkeys(SOUND, "bulk"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as container:
        for name, text in members.items():
            if name != "users.csv":
                container.writestr(name, text)
        with container.open("users.csv", "w") as member, io.TextIOWrapper(member, encoding="utf-8") as out:
            out.write(",".join(header_of("users")[:8]) + "\n")
            out.writelines(chunks)


def many_users(rows: int = ROWS) -> Iterator[str]:
    for number in range(rows):
        yield f"u{number},,,true,name{number},,Given,Family\n"


def peak_of(path: Path, *, checked: bool = False) -> tuple[int, int, list[Finding]]:
    """The greatest memory in use while reading, the usable users, and the findings."""
    findings: list[Finding] = []
    tracemalloc.start()
    try:
        with RosterArchive.open(path, Limits(ratio=10_000)) as archive:
            if checked:
                count = check_references(archive, lambda _, __: set(), findings.append)["users"]
            else:
                findings += archive.findings
                count = sum(1 for _ in archive.rows("users", findings.append))
        return tracemalloc.get_traced_memory()[1], count, findings
    finally:
        tracemalloc.stop()


def test_two_hundred_thousand_rows_stream_in_a_few_megabytes(tmp_path: Path) -> None:
    write(tmp_path / "set.zip", many_users())
    peak, count, findings = peak_of(tmp_path / "set.zip")
    assert (count, {finding.code for finding in findings}) == (ROWS, {"missing-column"})
    assert peak < 4 * MEGABYTE


def test_checking_references_costs_bytes_a_row_not_rows(tmp_path: Path) -> None:
    rows = 50_000
    write(tmp_path / "set.zip", many_users(rows))
    peak, count, _ = peak_of(tmp_path / "set.zip", checked=True)
    assert count == rows
    # Two tables of at most 24 bytes a row, one of them doubling, and a batch of rows.
    assert peak < 2 * 36 * rows + 4 * MEGABYTE


def test_a_quote_that_never_closes_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    write(tmp_path / "set.zip", iter(['u,,,true,"', *("x" * 100 + "\n" for _ in range(200_000))]))
    peak, _, findings = peak_of(tmp_path / "set.zip")
    found = only(findings, "malformed-csv")
    assert (found.file, found.value) == ("users.csv", "")
    assert peak < 4 * MEGABYTE


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    write(tmp_path / "set.zip", iter(("xyz," * 1000) for _ in range(5000)))
    peak, _, findings = peak_of(tmp_path / "set.zip")
    assert only(findings, "malformed-csv").line == 2
    assert peak < 8 * MEGABYTE


def test_a_row_of_endless_short_lines_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    write(tmp_path / "set.zip", iter('"a\n",' for _ in range(500_000)))
    peak, _, findings = peak_of(tmp_path / "set.zip")
    assert "a row without end" in only(findings, "malformed-csv").message
    assert peak < 4 * MEGABYTE


def test_bytes_read_grow_to_the_size_of_the_file(tmp_path: Path) -> None:
    write(tmp_path / "set.zip", many_users())
    with RosterArchive.open(tmp_path / "set.zip") as archive:
        before = archive.bytes_read
        for count, _ in enumerate(archive.rows("users", lambda _: None)):
            if count == ROWS // 2:
                halfway = archive.bytes_read - before
        assert archive.bytes_read - before == archive.sizes["users"]
        assert 0.4 < halfway / archive.sizes["users"] < 0.6

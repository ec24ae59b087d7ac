"""Roster sets for tests: each takes only what its story needs, the rest is a small sound school."""

import io
import zipfile
from collections.abc import Iterable, Mapping

from services.profile.rosters import (
    FILE_ORDER,
    Finding,
    Limits,
    RosterArchive,
    RosterRow,
    Severity,
    Version,
    read_set,
)
from services.profile.rosters.layout import columns_of, file_names

Cells = Mapping[str, str]

SOUND: dict[str, list[Cells]] = {
    "orgs": [{"sourcedId": "o1", "name": "Cedar High School", "type": "school"}],
    "academicSessions": [
        {
            "sourcedId": "s1",
            "title": "Fall",
            "type": "semester",
            "startDate": "2026-08-01",
            "endDate": "2027-01-14",
            "schoolYear": "2027",
        }
    ],
    "courses": [{"sourcedId": "c1", "title": "Welding", "orgSourcedId": "o1"}],
    "classes": [
        {
            "sourcedId": "k1",
            "title": "Welding 1",
            "courseSourcedId": "c1",
            "classType": "scheduled",
            "schoolSourcedId": "o1",
            "termSourcedIds": "s1",
        }
    ],
    "users": [
        {"sourcedId": "u1", "enabledUser": "true", "username": "mina", "givenName": "Mina", "familyName": "Őry"},
    ],
    "roles": [
        {"sourcedId": "r1", "userSourcedId": "u1", "roleType": "primary", "role": "student", "orgSourcedId": "o1"}
    ],
    "enrollments": [
        {"sourcedId": "e1", "classSourcedId": "k1", "schoolSourcedId": "o1", "userSourcedId": "u1", "role": "student"}
    ],
}
SOUND_1_1: dict[str, list[Cells]] = {
    **{name: rows for name, rows in SOUND.items() if name not in ("users", "roles")},
    "users": [{**SOUND["users"][0], "orgSourcedIds": "o1", "role": "student"}],
}


def header_of(file: str, version: Version = "1.2") -> list[str]:
    """The exact names in line 1 of `file`."""
    return [column.name for column in columns_of(version, file)]


def line_of(cells: Iterable[str]) -> str:
    """One line of CSV."""
    return ",".join('"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell for cell in cells)


def text_of(file: str, rows: Iterable[Cells], version: Version = "1.2") -> str:
    """A whole file, its header exact."""
    header = header_of(file, version)
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    return "".join(line_of(line) + "\r\n" for line in lines)


def manifest_of(modes: Mapping[str, str], version: Version = "1.2") -> str:
    """A sound manifest: files not in `modes` are absent."""
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{modes.get(name, 'absent')}" for name in file_names(version)]
    return "".join(line + "\r\n" for line in lines)


def packed(members: Mapping[str, str | bytes]) -> io.BytesIO:
    """A ZIP with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    out.seek(0)
    return out


def members_of(files: Mapping[str, Iterable[Cells]], mode: str = "bulk", version: Version = "1.2") -> dict[str, str]:
    """The members of a sound set: its manifest and its files."""
    members = {"manifest.csv": manifest_of(dict.fromkeys(files, mode), version)}
    return members | {f"{name}.csv": text_of(name, rows, version) for name, rows in files.items()}


def opened(members: Mapping[str, str | bytes], limits: Limits | None = None) -> RosterArchive:
    """The archive of these members."""
    return RosterArchive.open(packed(members), limits)


def with_text(members: Mapping[str, str], file: str, text: str | bytes) -> dict[str, str | bytes]:
    """The same set with another text for one file."""
    return {**members, f"{file}.csv": text}


def read_all(
    archive: RosterArchive, known: Mapping[str, set[str]] | None = None
) -> tuple[list[RosterRow], list[Finding]]:
    """All usable rows and all findings, those of the opening first."""
    findings = list(archive.findings)
    rows = list(read_set(archive, lambda file, ids: ids & (known or {}).get(file, set()), findings.append))
    return rows, findings


def rows_of(archive: RosterArchive) -> tuple[dict[str, list[RosterRow]], list[Finding]]:
    """The rows of each file, references unchecked, and all findings."""
    findings = list(archive.findings)
    return {file: list(archive.rows(file, findings.append)) for file in FILE_ORDER}, findings


def only(findings: Iterable[Finding], code: str) -> Finding:
    """The one finding with this code."""
    found = [finding for finding in findings if finding.code == code]
    assert len(found) == 1, found
    return found[0]


def codes(findings: Iterable[Finding], severity: Severity | None = None) -> set[str]:
    """The codes among `findings`, of one severity or of all."""
    return {finding.code for finding in findings if severity in (None, finding.severity)}


def changed(files: Mapping[str, list[Cells]], file: str, **cells: str) -> dict[str, list[Cells]]:
    """The same files with other cells in the first row of `file`."""
    first, *others = files[file]
    return {**files, file: [{**first, **cells}, *others]}


def added(files: Mapping[str, list[Cells]], file: str, **cells: str) -> dict[str, list[Cells]]:
    """The same files with one more row in `file`: its first, with other cells."""
    return {**files, file: [*files[file], {**files[file][0], **cells}]}

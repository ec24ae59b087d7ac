"""Manifest: what a roster set says of itself, and whether the files that came agree."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import cast

from services.profile.rosters.findings import Finding, note, refusal
from services.profile.rosters.layout import Mode, Version, file_names
from services.profile.rosters.records import Record

FILE = "manifest.csv"

_HEADER = ["propertyName", "value"]
_MODES = ("bulk", "delta", "absent")
_VERSIONS = ("1.1", "1.2")
_PLAIN = ("manifest.version", "oneroster.version", "source.systemName", "source.systemCode")


@dataclass(frozen=True, slots=True)
class Source:
    """The system that exported the set, as it calls itself; blank where it does not say."""

    system_name: str = ""
    system_code: str = ""


@dataclass(slots=True)
class Manifest:
    """The manifest as read. `version` is None and `modes` empty where it cannot be relied on."""

    version: Version | None = None
    modes: dict[str, Mode] = field(default_factory=dict)
    source: Source = field(default_factory=Source)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    value: str
    line: int


def read_manifest(records: Iterable[Record]) -> Manifest:
    """Read the rows of `manifest.csv`. An unknown property, or one given twice, refuses the set.

    Source: CSV Binding 1.2.1, section on the manifest.
    """
    rows = iter(records)
    manifest = Manifest()
    _, header = next(rows, (1, []))
    manifest.findings += _of_header(header)
    given = [
        _Property(cells[0].strip(), "".join(cells[1:2]).strip(), line)
        for line, cells in rows
        if any(cell.strip() for cell in cells)
    ]
    version = _version(given, manifest.findings)
    if version is None:
        return manifest
    known = _settle(given, (*_PLAIN, *(f"file.{name}" for name in file_names(version))), manifest.findings)
    manifest.version = version
    manifest.modes = {name: _mode(name, known, manifest.findings) for name in file_names(version)}
    manifest.source = Source(_said(known, "source.systemName"), _said(known, "source.systemCode"))
    return manifest


def _of_header(header: list[str]) -> list[Finding]:
    found = [name.strip() for name in header]
    if found == _HEADER:
        return []
    said = ",".join(found)
    if [name.casefold() for name in found] == [name.casefold() for name in _HEADER]:
        return [note("misspelt-header", FILE, "Read as meant.", line=1, value=said, expected="propertyName,value")]
    message = "The manifest has other columns than the standard."
    return [refusal("wrong-header-order", FILE, message, line=1, value=said, expected="propertyName,value")]


def _version(given: list[_Property], findings: list[Finding]) -> Version | None:
    """The version of the set, once both version properties are what this can read."""
    manifest_is_known = _expect(given, "manifest.version", ("1.0",), findings) is not None
    version = _expect(given, "oneroster.version", _VERSIONS, findings)
    return cast(Version, version) if manifest_is_known and version else None


def _expect(given: list[_Property], name: str, accepted: Collection[str], findings: list[Finding]) -> str | None:
    expected = " or ".join(accepted)
    said = next((one for one in given if one.name.casefold() == name), None)
    if said is None:
        message = "The manifest does not say its version."
        findings.append(refusal("missing-property", FILE, message, column=name, expected=expected))
        return None
    if said.value in accepted:
        return said.value
    message = "This version cannot be read."
    findings.append(
        refusal("unknown-version", FILE, message, line=said.line, column=name, value=said.value, expected=expected)
    )
    return None


def _settle(given: list[_Property], names: Iterable[str], findings: list[Finding]) -> dict[str, _Property]:
    """The known properties by name; the others, and any given twice, are refusals."""
    spelt = {name.casefold(): name for name in names}
    settled: dict[str, _Property] = {}
    for one in given:
        name = spelt.get(one.name.casefold())
        if name is None:
            message = "The standard knows no such property."
            findings.append(
                refusal(
                    "unknown-property",
                    FILE,
                    message,
                    line=one.line,
                    column="propertyName",
                    value=one.name,
                    expected="a property of the standard",
                )
            )
        elif name in settled:
            message = f"The property stands in line {settled[name].line} already."
            findings.append(
                refusal(
                    "duplicate-property",
                    FILE,
                    message,
                    line=one.line,
                    column="propertyName",
                    value=one.name,
                    expected="each property once",
                )
            )
        else:
            settled[name] = one
            findings += _of_spelling(one, name)
    return settled


def _of_spelling(one: _Property, name: str) -> list[Finding]:
    if one.name == name:
        return []
    message = "The property is spelt otherwise; it was read as meant."
    return [
        note("misspelt-property", FILE, message, line=one.line, column="propertyName", value=one.name, expected=name)
    ]


def _mode(name: str, known: dict[str, _Property], findings: list[Finding]) -> Mode:
    said = known.get(f"file.{name}")
    if said is None:
        message = "The manifest does not mention the file; read as absent."
        findings.append(
            note("missing-property", FILE, message, column=f"file.{name}", expected="bulk | delta | absent")
        )
        return "absent"
    mode = said.value.casefold()
    if mode in _MODES:
        if mode != said.value:
            message = "The word is written in small letters; it was read as meant."
            findings.append(
                note("value-case", FILE, message, line=said.line, column=said.name, value=said.value, expected=mode)
            )
        return cast(Mode, mode)
    message = "A file is bulk, delta or absent."
    findings.append(
        refusal(
            "bad-mode",
            FILE,
            message,
            line=said.line,
            column=said.name,
            value=said.value,
            expected="bulk | delta | absent",
        )
    )
    return "absent"


def _said(known: dict[str, _Property], name: str) -> str:
    return known[name].value if name in known else ""


def match_members(manifest: Manifest, members: Collection[str]) -> tuple[dict[str, str], list[Finding]]:
    """Which member of the ZIP is which data file, and where manifest and ZIP disagree.

    `members` are names as in the ZIP, without the manifest. The answer maps `users` to `Users.csv`.
    """
    spelt = {f"{name}.csv".casefold(): name for name in manifest.modes}
    named = {spelt[member.casefold()]: member for member in members if member.casefold() in spelt}
    strangers = [member for member in members if member.casefold() not in spelt]
    findings = [
        refusal(
            "unknown-file",
            member,
            f"Version {manifest.version} has no such file.",
            value=member,
            expected=", ".join(f"{name}.csv" for name in manifest.modes),
        )
        for member in strangers
    ]
    for name, member in named.items():
        if member != f"{name}.csv":
            message = "The file is named otherwise in the standard; it was read as meant."
            findings.append(note("file-name-case", member, message, value=member, expected=f"{name}.csv"))
    for name, mode in manifest.modes.items():
        findings += _of_presence(name, mode, named.get(name))
    return named, findings


def _of_presence(name: str, mode: Mode, member: str | None) -> list[Finding]:
    if mode == "absent" and member is not None:
        message = "The manifest says that this file is absent, and it is there."
        return [refusal("undeclared-file", member, message, value="absent", expected="bulk | delta")]
    if mode != "absent" and member is None:
        message = f"The manifest promises this file ({mode}), and it is not there."
        return [refusal("missing-file", f"{name}.csv", message, value=mode, expected="the file, or absent")]
    return []

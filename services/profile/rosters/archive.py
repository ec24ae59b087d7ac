"""Archive: a OneRoster CSV set in its ZIP, opened with care and read row by row."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

from services.profile.rosters.container import UNOPENABLE, open_container
from services.profile.rosters.findings import Finding, Report, Severity, note, refusal
from services.profile.rosters.headers import Header, read_header
from services.profile.rosters.layout import FILE_ORDER, Mode, Version, columns_of
from services.profile.rosters.limits import Limits
from services.profile.rosters.manifest import FILE as MANIFEST
from services.profile.rosters.manifest import Manifest, Source, match_members, read_manifest
from services.profile.rosters.reading import RosterRow, RowReader, person_in, roles_in
from services.profile.rosters.records import DAMAGE, Unreadable, damaged, read_records

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 64 * 1024


class RosterArchive:
    """One set. Opening reads the manifest and the header of each file; `rows` reads the rest as it is asked for.

    version   "1.1" or "1.2"; None where the set does not say so in a way that can be relied on
    modes     for every file of the standard (without `.csv`): "bulk", "delta" or "absent"
    source    the exporting system, as it calls itself
    findings  what is wrong with ZIP, manifest and headers; with one of severity ERROR nothing may be applied
    sizes     bytes of each file, unpacked; `bytes_read` counts those read so far, for a progress bar
    derived   files that the set does not have and that are made from another: {"roles"} in version 1.1. There, a
              user's row in a delta replaces all roles of that user.
    """

    def __init__(self, source: IO[bytes], limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._container, self.findings = open_container(source, limits)
        self._members: dict[str, str] = {}
        self._headers: dict[str, Header] = {}
        self.version: Version | None = None
        self.modes: dict[str, Mode] = dict.fromkeys(FILE_ORDER, "absent")
        self.source = Source()
        self.derived: frozenset[str] = frozenset()
        self.sizes: dict[str, int] = {}
        self.bytes_read = 0
        if not self.refused:
            self._survey()

    @classmethod
    def open(cls, source: Path | str | IO[bytes], limits: Limits | None = None) -> Self:
        """Open a set from a path or a seekable binary file. Bad content is told in `findings`, never raised.

        Raises: OSError where the file itself cannot be opened.
        """
        opened = Path(source).open("rb") if isinstance(source, Path | str) else source  # noqa: SIM115 - close() closes it
        return cls(opened, limits or Limits())

    def close(self) -> None:
        """Let go of the file."""
        if self._container is not None:
            self._container.close()
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    @property
    def refused(self) -> bool:
        """Whether the set is known to be unusable from its ZIP, manifest and headers alone."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def rows(self, file: str, report: Report) -> Iterator[RosterRow]:
        """The usable rows of `file` (without `.csv`), in the file's order; none where it is absent or was refused.

        Everything else goes to `report`: rows left out, values repaired, and an ERROR where reading had to stop.
        References are not looked at here (see `references`).
        """
        if file in self.derived:
            people = self._raw_rows("users", lambda _: None)
            return (role for row in people for role in roles_in(row))
        if file == "users" and self.derived:
            return (person_in(row) for row in self._raw_rows(file, report))
        return self._raw_rows(file, report)

    def _raw_rows(self, file: str, report: Report) -> Iterator[RosterRow]:
        header = self._headers.get(file)
        if header is None:
            return
        name = f"{file}.csv"
        reader = RowReader(file, header, self.modes[file], report)
        records = read_records(name, lambda: self._open(self._members[file]), self._limits)
        try:
            next(records, None)
            for count, (line, cells) in enumerate(records, start=1):
                if count > self._limits.rows_per_file:
                    report(_too_many_rows(name, line, self._limits))
                    return
                row = reader.read(line, cells)
                if row is not None:
                    yield row
        except Unreadable as why:
            report(why.finding)
        finally:
            records.close()

    def _survey(self) -> None:
        """Read the manifest and all headers."""
        assert self._container is not None
        self.sizes = {member.filename: member.file_size for member in self._container.infolist()}
        manifest = self._read_manifest()
        self.findings += manifest.findings
        if manifest.version is None:
            return
        data_files = [name for name in self.sizes if name.casefold() != MANIFEST]
        self._members, disagreements = match_members(manifest, data_files)
        self.findings += disagreements
        self.version, self.source = manifest.version, manifest.source
        self.modes |= manifest.modes
        if self.version == "1.1":
            self.derived = frozenset({"roles"})
            self.modes["roles"] = self.modes["users"]
        self.sizes = {file: self.sizes[member] for file, member in self._members.items()}
        for file in self._members:
            self._survey_header(file)

    def _read_manifest(self) -> Manifest:
        found = next((name for name in self.sizes if name.casefold() == MANIFEST), None)
        if found is None:
            return Manifest(
                findings=[refusal("missing-manifest", MANIFEST, "The set has no manifest.", expected="manifest.csv")]
            )
        if self.sizes[found] > self._limits.manifest_bytes:
            expected = f"at most {self._limits.manifest_bytes} bytes"
            return Manifest(
                findings=[refusal("zip-bomb", MANIFEST, "The manifest is far too long.", expected=expected)]
            )
        try:
            manifest = read_manifest(read_records(MANIFEST, lambda: self._open(found), self._limits))
            manifest.findings += self._of_byte_order_mark(MANIFEST, found)
        except Unreadable as why:
            return Manifest(findings=[why.finding])
        if found != MANIFEST:
            message = "The file is named otherwise in the standard; it was read as meant."
            manifest.findings.append(note("file-name-case", found, message, value=found, expected=MANIFEST))
        return manifest

    def _survey_header(self, file: str) -> None:
        name, member = f"{file}.csv", self._members[file]
        assert self.version is not None
        try:
            self.findings += self._of_byte_order_mark(name, member)
            first = next(read_records(name, lambda: self._open(member), self._limits), None)
        except Unreadable as why:
            self.findings.append(why.finding)
            return
        if first is None or not any(first[1]):
            message = "The file has no header."
            expected = ",".join(column.name for column in columns_of(self.version, file))
            self.findings.append(refusal("missing-header", name, message, line=1, expected=expected))
            return
        header = read_header(name, first[1], columns_of(self.version, file))
        self.findings += header.findings
        if not any(finding.severity is Severity.ERROR for finding in header.findings):
            self._headers[file] = header

    def _of_byte_order_mark(self, name: str, member: str) -> list[Finding]:
        try:
            with self._open(member) as opened:
                marked = opened.read(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK
        except DAMAGE as why:
            raise Unreadable(damaged(name, str(why))) from None
        if not marked:
            return []
        message = "The file starts with a byte order mark; it was passed over."
        return [note("byte-order-mark", name, message, line=1, expected="UTF-8 without a byte order mark")]

    def _open(self, member: str) -> IO[bytes]:
        assert self._container is not None
        try:
            return io.BufferedReader(_Counted(self, self._container.open(member)), _CHUNK)
        except UNOPENABLE as why:
            raise Unreadable(damaged(member, str(why))) from None


class _Counted(io.RawIOBase):
    """A member of the ZIP that tells the archive how much of it was read."""

    def __init__(self, archive: RosterArchive, member: IO[bytes]) -> None:
        self._archive = archive
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any, /) -> int:
        with memoryview(room) as view:
            chunk = self._member.read(len(view))
            view[: len(chunk)] = chunk
        self._archive.bytes_read += len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._member.close()
        super().close()


def _too_many_rows(name: str, line: int, limits: Limits) -> Finding:
    message = "The file has more rows than are accepted."
    return refusal("too-many-rows", name, message, line=line, expected=f"at most {limits.rows_per_file} rows")

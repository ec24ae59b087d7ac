"""Records: the rows of one CSV file in a ZIP, one at a time, however long the file."""

import codecs
import csv
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import IO, TextIO

from services.profile.rosters.container import text_of
from services.profile.rosters.findings import Finding, refusal
from services.profile.rosters.limits import Limits

_CHUNK = 64 * 1024

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError)
"""What reading a damaged ZIP raises."""

Open = Callable[[], IO[bytes]]
Record = tuple[int, list[str]]
"""The line on which a row starts (the first line of the file is 1), and its cells."""


class Unreadable(Exception):
    """The file cannot be read past this point."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def read_records(file: str, opened: Open, limits: Limits) -> Generator[Record, None, None]:
    """The rows of `file`, header first. Memory: one row.

    Raises: Unreadable where bytes are not UTF-8, quotes do not close, a line has no end, or the ZIP is damaged.
    """
    with opened() as member:
        lines = _BoundedLines(file, text_of(member), limits)
        rows = csv.reader(lines, strict=True)
        try:
            while True:
                start = rows.line_num + 1
                lines.of_record = 0
                cells = next(rows, None)
                if cells is None:
                    return
                yield start, cells
        except UnicodeDecodeError:
            raise Unreadable(find_bad_byte(file, opened)) from None
        except csv.Error as why:
            raise Unreadable(_malformed(file, start, str(why))) from None
        except DAMAGE as why:
            raise Unreadable(damaged(file, str(why), line=rows.line_num)) from None


class _BoundedLines:
    """Lines of a text. A line without end, or a row that never closes its quotes, would otherwise fill the memory."""

    def __init__(self, file: str, text: TextIO, limits: Limits) -> None:
        self.of_record = 0
        self._file = file
        self._read = text.readline
        self._longest = limits.longest_line
        self._most = limits.lines_per_record
        self._line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._read(self._longest)
        if not line:
            raise StopIteration
        self._line += 1
        self.of_record += 1
        if len(line) >= self._longest or self.of_record > self._most:
            raise Unreadable(_malformed(self._file, self._line, "a row without end"))
        if "\0" in line:
            raise Unreadable(_zero_byte(self._file, self._line))
        return line


def _malformed(file: str, line: int, why: str) -> Finding:
    # The text itself is not shown: with its quotes broken, a password may stand in any column.
    return refusal(
        "malformed-csv",
        file,
        f"The row that starts here cannot be taken apart: {why}.",
        line=line,
        expected="cells split by commas, quotes closed and doubled inside",
    )


def damaged(file: str, why: str, line: int | None = None) -> Finding:
    """The finding for a member that does not unpack to what the ZIP says."""
    return refusal(
        "damaged-archive",
        file,
        f"The ZIP is damaged, or says of itself what is not so: {why}.",
        line=line,
        expected="the size and checksum that the ZIP declares",
    )


def _zero_byte(file: str, line: int) -> Finding:
    return refusal(
        "bad-encoding", file, "A zero byte; the file is not UTF-8 text.", line=line, value="0x00", expected="UTF-8"
    )


def find_bad_byte(file: str, opened: Open) -> Finding:
    """Where `file` stops being UTF-8: a second, plain pass, made only once something was found wrong."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, line = 0, 1
    with opened() as member:
        while True:
            chunk = member.read(_CHUNK)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as why:
                line += (pending + chunk)[: why.start].count(b"\n")
                return _bad_byte(file, line, position - len(pending) + why.start, why.object[why.start])
            position += len(chunk)
            line += chunk.count(b"\n")
            if not chunk:
                return _bad_byte(file, line, position, 0)


def _bad_byte(file: str, line: int, offset: int, byte: int) -> Finding:
    return refusal(
        "bad-encoding",
        file,
        f"Byte {offset} of the file is not UTF-8 text.",
        line=line,
        value=f"0x{byte:02x}",
        expected="UTF-8",
    )

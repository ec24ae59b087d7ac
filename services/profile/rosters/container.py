"""Container: the ZIP around a roster, opened only after it has proved harmless."""

import io
import os
import struct
import zipfile
from collections import Counter
from collections.abc import Iterable
from typing import IO

from services.profile.rosters.findings import Finding, refusal
from services.profile.rosters.limits import Limits

THE_SET = ""
"""The `file` of a finding about the ZIP as a whole."""

# APPNOTE 6.3.10: end of central directory (4.3.16), its 64-bit record (4.3.14) and locator (4.3.15).
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_LOCATOR_MARK = b"PK\x06\x07"
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT = 65_535
_ENCRYPTED = 0x1
UNOPENABLE = (zipfile.BadZipFile, OSError, EOFError, struct.error, ValueError, RuntimeError)
"""What opening a damaged ZIP, or a member of one, raises: places before its start, headers cut short."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_container(source: IO[bytes], limits: Limits) -> tuple[zipfile.ZipFile | None, list[Finding]]:
    """Open the ZIP in `source` (seekable), or say why not. No member is unpacked.

    The directory is measured before it is read: a directory of a million names is itself a bomb.
    """
    try:
        members, directory_bytes = _measure_directory(source)
        if members > limits.members or directory_bytes > limits.directory_bytes:
            return None, [_too_many_members(members, limits)]
        container = zipfile.ZipFile(source)
    except UNOPENABLE as why:
        return None, [refusal("not-a-zip", THE_SET, f"This cannot be opened as a ZIP: {why}.", expected="a ZIP file")]
    members_listed = container.infolist()
    if len(members_listed) > limits.members:
        return None, [_too_many_members(len(members_listed), limits)]
    return container, [*_of_members(members_listed), *_of_sizes(members_listed, limits)]


def _measure_directory(source: IO[bytes]) -> tuple[int, int]:
    """The number of members and the bytes of the directory, as the end of the file declares them."""
    size = source.seek(0, os.SEEK_END)
    start = max(0, size - _LONGEST_COMMENT - _END.size - _LOCATOR.size)
    source.seek(start)
    tail = source.read(size - start)
    found = tail.rfind(_END_MARK)
    if found < 0:
        raise zipfile.BadZipFile("the end of its directory is missing")
    end = _END.unpack_from(tail, found)
    wide = _measure_wide_directory(source, tail[max(0, found - _LOCATOR.size) : found])
    return max(end[4], wide[0]), max(end[5], wide[1])


def _measure_wide_directory(source: IO[bytes], before_end: bytes) -> tuple[int, int]:
    if not before_end.startswith(_LOCATOR_MARK):
        return 0, 0
    source.seek(_LOCATOR.unpack(before_end)[2])
    record = _END_64.unpack(source.read(_END_64.size))
    return record[7], record[8]


def _too_many_members(members: int, limits: Limits) -> Finding:
    return refusal(
        "too-many-members",
        THE_SET,
        "The ZIP lists more files than a roster can have.",
        value=str(members),
        expected=f"at most {limits.members} files",
    )


def _of_members(members: Iterable[zipfile.ZipInfo]) -> list[Finding]:
    found: list[Finding] = []
    for member in members:
        found.extend(_of_member(member))
    names = Counter(member.filename.casefold() for member in members)
    found += [
        refusal("duplicate-file", name, "The ZIP holds this file twice.", value=name, expected="each file once")
        for name, times in names.items()
        if times > 1
    ]
    return found


def _of_member(member: zipfile.ZipInfo) -> list[Finding]:
    name = member.filename
    if "/" in name or "\\" in name:
        return [
            refusal(
                "folder-in-archive",
                name,
                "A roster's files stand at the top of the ZIP, not in a folder.",
                value=name,
                expected="no folders",
            )
        ]
    if member.flag_bits & _ENCRYPTED:
        return [refusal("encrypted-file", name, "The file is encrypted.", value=name, expected="no encryption")]
    if member.compress_type not in _METHODS:
        return [
            refusal(
                "unsupported-compression",
                name,
                "The file is packed in a way this cannot read.",
                value=str(member.compress_type),
                expected="deflate, or stored as it is",
            )
        ]
    return []


def _of_sizes(members: Iterable[zipfile.ZipInfo], limits: Limits) -> list[Finding]:
    found = [finding for member in members for finding in _of_size(member, limits)]
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        found.append(_bomb(THE_SET, f"{total} bytes", f"at most {limits.total_bytes} bytes unpacked"))
    return found


def _of_size(member: zipfile.ZipInfo, limits: Limits) -> list[Finding]:
    if member.file_size > limits.member_bytes:
        return [_bomb(member.filename, f"{member.file_size} bytes", f"at most {limits.member_bytes} bytes unpacked")]
    ratio = member.file_size // max(1, member.compress_size)
    if member.file_size >= limits.ratio_from_bytes and ratio > limits.ratio:
        return [_bomb(member.filename, f"{ratio} to 1", f"at most {limits.ratio} to 1")]
    return []


def _bomb(file: str, value: str, expected: str) -> Finding:
    return refusal("zip-bomb", file, "The file would unpack to far too much.", value=value, expected=expected)


def text_of(member: IO[bytes]) -> io.TextIOWrapper:
    """The text of a member, decoded as it streams; a byte order mark is passed over."""
    return io.TextIOWrapper(member, encoding="utf-8-sig", newline="")

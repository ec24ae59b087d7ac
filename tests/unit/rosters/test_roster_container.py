"""The ZIP around a roster: what is refused before a byte of it is unpacked."""

import io
import struct
import warnings
import zipfile

import pytest

from services.profile.rosters import Limits, RosterArchive, Severity
from tests.unit.rosters.sets import SOUND, codes, members_of, only, opened, packed, read_all

ZEROS = bytes(1024 * 1024)


def test_a_sound_set_has_no_findings() -> None:
    archive = opened(members_of(SOUND))
    rows, findings = read_all(archive)
    assert findings == []
    assert len(rows) == 7
    assert (archive.version, archive.modes["users"], archive.modes["results"]) == ("1.2", "bulk", "absent")


def test_what_is_not_a_zip_is_refused() -> None:
    archive = RosterArchive.open(io.BytesIO(b"sourcedId,status\r\n"))
    assert only(archive.findings, "not-a-zip").severity is Severity.ERROR
    assert archive.version is None
    assert read_all(archive)[0] == []


def test_an_empty_file_is_not_a_zip() -> None:
    assert RosterArchive.open(io.BytesIO(b"")).refused


@pytest.mark.parametrize("name", ["export/users.csv", "export/", "..\\users.csv"])
def test_a_folder_is_refused(name: str) -> None:
    found = only(opened({**members_of(SOUND), name: ""}).findings, "folder-in-archive")
    assert (found.severity, found.file, found.expected) == (Severity.ERROR, name, "no folders")


def bomb(megabytes: int) -> io.BytesIO:
    """A set whose users are zeros without end, packed a thousand to one."""
    out = packed({"manifest.csv": members_of(SOUND)["manifest.csv"]})
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as container,
        container.open("users.csv", "w") as member,
    ):
        for _ in range(megabytes):
            member.write(ZEROS)
    return out


def test_a_bomb_is_refused_at_once_and_unopened() -> None:
    source = bomb(megabytes=200)
    archive = RosterArchive.open(source)
    found = only(archive.findings, "zip-bomb")
    assert (found.file, found.expected) == ("users.csv", "at most 100 to 1")
    assert archive.bytes_read == 0


def test_a_file_and_a_set_that_unpack_to_too_much_are_refused() -> None:
    limits = Limits(member_bytes=200, total_bytes=500)
    findings = opened(members_of(SOUND), limits).findings
    assert {finding.expected for finding in findings} == {"at most 200 bytes unpacked", "at most 500 bytes unpacked"}


def test_a_size_declared_too_small_is_found_out_while_reading() -> None:
    packed_bytes = packed(members_of(SOUND)).getvalue()
    size = len(members_of(SOUND)["users.csv"].encode())
    lying = packed_bytes.replace(struct.pack("<L", size), struct.pack("<L", size - 10))
    assert lying != packed_bytes
    _, findings = read_all(RosterArchive.open(io.BytesIO(lying)))
    assert only(findings, "damaged-archive").file == "users.csv"


def test_a_damaged_byte_is_found_out() -> None:
    content = bytearray(packed(members_of(SOUND)).getvalue())
    place = content.index(b"orgs.csv") + 20
    content[place] ^= 0xFF
    _, findings = read_all(RosterArchive.open(io.BytesIO(content)))
    assert codes(findings, Severity.ERROR) & {"damaged-archive", "malformed-csv", "bad-encoding", "wrong-header-order"}


def test_an_encrypted_file_is_refused() -> None:
    content = bytearray(packed(members_of(SOUND)).getvalue())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    found = only(RosterArchive.open(io.BytesIO(content)).findings, "encrypted-file")
    assert found.severity is Severity.ERROR


def test_another_way_of_packing_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as container:
        container.writestr("manifest.csv", "propertyName,value\r\n")
    assert only(RosterArchive.open(out).findings, "unsupported-compression").expected == "deflate, or stored as it is"


def test_a_file_twice_is_refused_whatever_its_case() -> None:
    assert only(opened({**members_of(SOUND), "Users.CSV": ""}).findings, "duplicate-file").file == "users.csv"


def test_a_file_twice_under_one_name_is_refused() -> None:
    out = packed(members_of(SOUND))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as container:
        warnings.simplefilter("ignore")
        container.writestr("orgs.csv", "")
    assert "duplicate-file" in codes(RosterArchive.open(out).findings)


def test_a_crowded_directory_is_refused() -> None:
    found = only(opened({f"{number}.csv": "" for number in range(65)}).findings, "too-many-members")
    assert (found.value, found.expected) == ("65", "at most 64 files")


def test_a_directory_that_claims_few_members_and_is_long_is_refused() -> None:
    content = bytearray(packed({f"{number}.csv": "" for number in range(2000)}).getvalue())
    end = content.rindex(b"PK\x05\x06")
    content[end + 8 : end + 12] = struct.pack("<HH", 3, 3)
    assert codes(RosterArchive.open(io.BytesIO(content)).findings) == {"too-many-members"}

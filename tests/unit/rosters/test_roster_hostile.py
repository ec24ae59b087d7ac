"""Hostile input: whatever the bytes are, the answer is findings, never an exception."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from services.profile.rosters import RosterArchive, Severity
from tests.unit.rosters.sets import SOUND, SOUND_1_1, header_of, members_of, opened, packed, read_all, with_text

SET = packed(members_of(SOUND)).getvalue()
CELL = st.sampled_from(["", "u1", "o1", "true", "x", '"', '"a', 'a"b"', "31/08/2026", "{a:b}", ",", "\N{BOM}", "-"])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_as_a_file_are_answered(content: bytes) -> None:
    archive = opened(with_text(members_of(SOUND), "users", content))
    _, findings = read_all(archive)
    assert any(finding.severity is Severity.ERROR for finding in findings)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, max_size=24), max_size=6), st.sampled_from(["bulk", "delta"]))
def test_any_cells_under_a_sound_header_are_answered(lines: list[list[str]], mode: str) -> None:
    text = "\n".join([",".join(header_of("users", "1.1")), *(",".join(line) for line in lines)])
    members = with_text(members_of(SOUND_1_1, mode, "1.1"), "users", text)
    rows, _ = read_all(opened(members))
    assert all(row.sourced_id for row in rows)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SET) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_damage_to_the_zip_is_answered(damage: list[tuple[int, int]]) -> None:
    content = bytearray(SET)
    for place, byte in damage:
        content[place] = byte
    archive = RosterArchive.open(io.BytesIO(content))
    rows, findings = read_all(archive)
    # Damage that changes nothing that matters (a time stamp) may pass; nothing is lost in silence.
    assert findings or len(rows) == 7


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SET) - 1))
def test_a_zip_cut_short_is_refused(length: int) -> None:
    assert RosterArchive.open(io.BytesIO(SET[:length])).refused

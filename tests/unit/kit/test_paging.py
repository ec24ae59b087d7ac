"""Paging: cursors nobody can bend, and an order that loses and repeats nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from kit.paging import CursorSigner, Keyset
from kit.refusals import Refusals

SIGNER = CursorSigner(SecretStr("a key that is long enough for this"))
ASKED = {"route": "/v1/loans", "where": "{}"}


def test_a_cursor_reads_back_as_its_position() -> None:
    position = (datetime(2031, 5, 1, 9, 30, tzinfo=UTC), 7, None, True, "loan_1")
    assert SIGNER.read(SIGNER.sign(position, ASKED, "north"), ASKED, "north") == position


def test_a_cursor_fits_its_question_district_and_key_alone() -> None:
    cursor = SIGNER.sign((1,), ASKED, "north")
    other_key = CursorSigner(SecretStr("another key that is long enough too"))
    for signer, asked, district in (
        (SIGNER, {**ASKED, "where": "{'a': 1}"}, "north"),
        (SIGNER, ASKED, "south"),
        (other_key, ASKED, "north"),
    ):
        with pytest.raises(Refusals) as refused:
            signer.read(cursor, asked, district)
        assert refused.value.codes == {"stale-cursor"}


@given(st.text(max_size=80))
def test_no_made_up_cursor_is_read(cursor: str) -> None:
    with pytest.raises(Refusals):
        SIGNER.read(cursor, ASKED, "north")


@example(37, 48)
@given(st.integers(0, 200), st.integers(1, 255))
def test_no_changed_cursor_is_read(place: int, change: int) -> None:
    cursor = bytearray(SIGNER.sign((1, "loan_1"), ASKED, "north").encode())
    cursor[place % len(cursor)] ^= change
    with pytest.raises(Refusals):
        SIGNER.read(cursor.decode("latin-1"), ASKED, "north")


def test_a_position_of_another_order_is_stale() -> None:
    with pytest.raises(Refusals):
        Keyset(("a", "_id")).after({}, (1,))


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30)


@given(rows, st.integers(1, 5), st.sampled_from([("a", "b", "_id"), ("-a", "b", "_id"), ("a", "-b", "-_id")]))
def test_pages_follow_each_other_without_gap_or_repeat(pairs: list[Any], limit: int, order: tuple[str, ...]) -> None:
    keyset = Keyset(order)
    documents = [{"_id": number, "a": a, "b": b} for number, (a, b) in enumerate(pairs)]
    ordered = documents
    for name, way in reversed(keyset.sort):
        ordered = sorted(ordered, key=lambda document: document[name], reverse=way == -1)
    seen, position = [], None
    while page := [row for row in ordered if matches(row, keyset.after({}, position))][:limit]:
        seen += page
        position = keyset.position(page[-1])
    assert seen == ordered


def matches(document: dict[str, Any], where: dict[str, Any]) -> bool:
    """Just as much of the store's query language as a keyset uses."""
    if "$or" in where:
        return any(matches(document, branch) for branch in where["$or"])
    compare = {"$gt": lambda held, limit: held > limit, "$lt": lambda held, limit: held < limit}
    for name, wanted in where.items():
        if isinstance(wanted, dict):
            [(operator, limit)] = wanted.items()
            if not compare[operator](document[name], limit):
                return False
        elif document[name] != wanted:
            return False
    return True

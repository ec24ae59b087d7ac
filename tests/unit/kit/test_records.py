"""Records: a value and its document, there and back, in the shape that documents have always had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Literal

import bson
import pytest

from kit.mongo import CODEC
from kit.records import Record

MOMENT = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)


class Shelf(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stamp:
    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    book_id: str
    version: int
    shelf: Shelf
    former: Shelf | None
    kind: Literal["loan", "desk"] = "loan"
    printed_on: date
    due_on: date | None = None
    opens: time = time(8, 30)
    tags: frozenset[str] = frozenset()
    shelves: frozenset[Shelf] = frozenset()
    stamps: tuple[Stamp, ...] = ()
    days: tuple[date, ...] = ()
    last: Stamp | None = None
    counts: Mapping[str, int]
    stamped: Mapping[str, Stamp]
    notes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Volume:
    series: str
    number: int

    @property
    def volume_id(self) -> str:
        return f"{self.series}:{self.number}"


BOOK = Record(Book, "book_id")
VOLUME = Record(Volume, "volume_id")


def a_book(**changes: Any) -> Book:
    given: dict[str, Any] = {
        "book_id": "book_1",
        "version": 3,
        "shelf": Shelf.OPEN,
        "former": Shelf.CLOSED,
        "printed_on": date(2030, 1, 2),
        "due_on": date(2031, 4, 5),
        "tags": frozenset({"b", "a"}),
        "shelves": frozenset({Shelf.OPEN, Shelf.CLOSED}),
        "stamps": (Stamp(MOMENT), Stamp(MOMENT, "ida")),
        "days": (date(2031, 1, 1),),
        "last": Stamp(MOMENT),
        "counts": {"read": 2},
        "stamped": {"ida": Stamp(MOMENT, "ida")},
        "notes": {"p1": ("torn", "mended")},
    }
    return Book(**(given | changes))


GOLDEN = {
    "_id": "book_1",
    "version": 3,
    "shelf": "open",
    "former": "closed",
    "kind": "loan",
    "printed_on": "2030-01-02",
    "due_on": "2031-04-05",
    "opens": "08:30:00",
    "tags": ["a", "b"],
    "shelves": ["closed", "open"],
    "stamps": [{"at": MOMENT, "by": None}, {"at": MOMENT, "by": "ida"}],
    "days": ["2031-01-01"],
    "last": {"at": MOMENT, "by": None},
    "counts": {"read": 2},
    "stamped": {"ida": {"at": MOMENT, "by": "ida"}},
    "notes": {"p1": ["torn", "mended"]},
}


def stored(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it comes back from the store."""
    found: dict[str, Any] = bson.decode(bson.encode(document, codec_options=CODEC), CODEC)
    return found


def test_a_value_is_stored_as_its_golden_document() -> None:
    assert stored(BOOK.pack(a_book())) == GOLDEN


def test_a_value_comes_back_from_its_document_as_it_was() -> None:
    for book in (a_book(), a_book(former=None, due_on=None, last=None, tags=frozenset(), stamps=(), days=())):
        assert BOOK.unpack(stored(BOOK.pack(book))) == book


def test_a_document_from_before_a_field_was_there_has_its_default_and_unknown_fields_are_left_aside() -> None:
    old = {name: value for name, value in GOLDEN.items() if name not in {"stamps", "opens"}} | {"gone": 1}
    assert BOOK.unpack(old) == a_book(stamps=(), opens=time(8, 30))


def test_an_id_that_other_fields_make_up_is_the_documents_id_and_no_field_of_it() -> None:
    document = VOLUME.pack(Volume("sea", 2))
    assert document == {"series": "sea", "number": 2, "_id": "sea:2"}
    assert VOLUME.unpack(document) == Volume("sea", 2)


def test_a_field_that_no_document_can_hold_is_refused_by_name() -> None:
    @dataclass(frozen=True)
    class Odd:
        odd_id: str
        size: complex

    with pytest.raises(TypeError, match="complex"):
        Record(Odd, "odd_id").pack(Odd("odd_1", 1j))


def test_a_field_of_two_kinds_that_are_packed_differently_is_refused() -> None:
    @dataclass(frozen=True)
    class Either:
        either_id: str
        when: date | Shelf

    with pytest.raises(TypeError, match="cannot be told"):
        Record(Either, "either_id").pack(Either("one", Shelf.OPEN))

"""Shapes: a value's fields under their own names, what it has not is given, and nothing is left out."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from kit.shapes import Shape


class Shelf(StrEnum):
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Book:
    book_id: str
    shelf: Shelf
    shelf_mark: str
    pages: int

    @property
    def thick(self) -> bool:
        return self.pages > 500


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShown:
    book_id: str
    shelf: str
    pages: int
    thick: bool
    lent: int


SHOWN = Shape(BookShown, Book, "lent")
ATLAS = Book("book_1", Shelf.OPEN, "G 12", 900)


def test_a_shape_takes_over_what_it_names_and_leaves_the_rest() -> None:
    shown = SHOWN(ATLAS, lent=2)
    assert shown == BookShown(book_id="book_1", shelf="open", pages=900, thick=True, lent=2)
    assert type(shown.shelf) is str


def test_what_the_value_has_not_must_be_given() -> None:
    with pytest.raises(TypeError, match="lent"):
        SHOWN(ATLAS)


def test_a_field_that_the_value_has_not_and_nobody_announced_is_noticed() -> None:
    with pytest.raises(AttributeError, match="lent"):
        Shape(BookShown, Book)(ATLAS)

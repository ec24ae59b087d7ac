"""Bodies: fields are what they say, nothing else, and nothing more."""

from datetime import date
from typing import Any

import pytest
from pydantic import Field, ValidationError

from kit.bodies import Body


class Chapter(Body):
    pages: int


class Book(Body):
    title: str = Field(min_length=1)
    copies: int = Field(ge=0, lt=100)
    weight_kg: float = 1.0
    lent: bool = False
    due_on: date | None = None
    chapters: list[Chapter] = Field(default=[])
    shelves: dict[str, int] = Field(default={})


def fault_of(**fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Book.model_validate({"title": "A", "copies": 1, **fields})
    [fault] = refused.value.errors()
    return ".".join(str(part) for part in fault["loc"])


def test_a_body_reads_what_json_can_say() -> None:
    book = Book.model_validate(
        {"title": " A ", "copies": 1, "weight_kg": 2, "due_on": "2031-05-01", "chapters": [{"pages": 3}]}
    )
    assert (book.title, book.weight_kg, book.due_on) == ("A", 2.0, date(2031, 5, 1))
    assert book.chapters == [Chapter(pages=3)]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"copies": "5"}, "copies"),
        ({"copies": 5.0}, "copies"),
        ({"copies": True}, "copies"),
        ({"copies": -1}, "copies"),
        ({"weight_kg": "2"}, "weight_kg"),
        ({"weight_kg": float("nan")}, "weight_kg"),
        ({"lent": "yes"}, "lent"),
        ({"lent": 1}, "lent"),
        ({"title": 7}, "title"),
        ({"title": "   "}, "title"),
        ({"due_on": "1 May"}, "due_on"),
        ({"colour": "red"}, "colour"),
        ({"chapters": [{"pages": "3"}]}, "chapters.0.pages"),
        ({"chapters": [{"pages": 2**63}]}, "chapters.0.pages"),
        ({"chapters": [{"pages": 3, "x": 1}]}, "chapters.0.x"),
        ({"shelves": {"top": "1"}}, "shelves.top"),
    ],
)
def test_a_body_refuses_what_only_looks_like_it(fields: dict[str, Any], place: str) -> None:
    assert fault_of(**fields) == place


def test_the_bounds_stand_in_the_schema() -> None:
    pages = Chapter.model_json_schema()["properties"]["pages"]
    assert pages["maximum"] == 2**63 - 1
    copies = Book.model_json_schema()["properties"]["copies"]
    assert (copies["minimum"], copies["exclusiveMaximum"], "maximum" in copies) == (0, 100, False)


def test_a_body_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Chapter(pages=1).pages = 2  # type: ignore[misc]

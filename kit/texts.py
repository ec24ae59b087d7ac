"""Texts people write: their length is limited, and control characters have no place in them."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_LINE_BREAKS = "\n\t"


def _printable(text: str) -> str:
    """Refuse control, private-use and unpaired surrogate characters; keep every script, joiners and emoji."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Co") and character not in _LINE_BREAKS:
            raise ValueError(f"control character U+{ord(character):04X}; expected plain text")
    return text


def _one_line(text: str) -> str:
    if any(character in text for character in _LINE_BREAKS):
        raise ValueError("a line break or tab; expected one line")
    return text


# For the document: what is nothing but white space is empty once that is stripped.
_NOT_BLANK = Field(json_schema_extra={"pattern": r"\S"})
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_printable),
    AfterValidator(_one_line),
    _NOT_BLANK,
]
"""A title or a short statement: one line of 1 to 200 characters."""

Paragraphs = Annotated[str, StringConstraints(min_length=1, max_length=8_000), AfterValidator(_printable), _NOT_BLANK]
"""Somebody's own words: 1 to 8,000 characters, line breaks allowed."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*_[0-9a-f]{32}$", max_length=64)]
"""An opaque id, as `kit.ids` makes them."""

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A word of the district's list, such as `bike-repair`."""

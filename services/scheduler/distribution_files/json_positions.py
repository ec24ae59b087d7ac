"""Where things are in a JSON text: line and column of every value, found only when something is wrong."""

import json
import re
from typing import Any

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^,\]\}\s]+")


def positions(text: str) -> dict[Path, int]:
    """Offset of every value of a well-formed JSON text, by its path of keys and indices."""
    found: dict[Path, int] = {}
    _value(text, _SPACE.match(text, 0).end(), (), found)  # type: ignore[union-attr]
    return found


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _value(text: str, at: int, path: Path, found: dict[Path, int]) -> int:
    """Note the value at `at` and all inside it; returns the offset after it."""
    found[path] = at
    if text[at] == '"':
        return _string(text, at)[1]
    if text[at] not in "{[":
        return _SCALAR.match(text, at).end()  # type: ignore[union-attr]
    named, index = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        key: str | int = index
        if named:
            key, at = _string(text, at)
            at = _skip(text, _skip(text, at) + 1)
        at = _skip(text, _value(text, at, (*path, key), found))
        index += 1
        if text[at] == ",":
            at = _skip(text, at + 1)
    return at + 1


def _string(text: str, at: int) -> tuple[str, int]:
    value: Any
    value, end = json.JSONDecoder().raw_decode(text, at)
    return str(value), end

"""Values: the text of one cell, read as what its column means."""

import csv
import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from services.profile.rosters.findings import Problem, Severity
from services.profile.rosters.layout import Column

Value = str | tuple[str, ...]
Parsed = tuple[Value, Problem | None]
"""A value ("" or () for none) and what had to be said about it."""

Reader = Callable[[str], Parsed]

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ISO_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_USER_ID = re.compile(r"\s*\{([^{}:]+):([^{}]*)\}\s*(?:,|$)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_NO_FAMILY_NAME = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}", "."})
_FLAGS = {"true": "true", "false": "false", "1": "true", "0": "false", "yes": "true", "no": "false"}
_REMEMBERED = 4096


def reader_for(column: Column) -> Reader | None:
    """How to read a cell of `column`; None where the text is the value."""
    if column.kind == "enum":
        return _choice_reader(column.choices)
    return _READERS.get(column.kind)


def _repaired(code: str, expected: str, message: str) -> Problem:
    return Problem(Severity.NOTE, code, expected, message)


def _refused(code: str, expected: str, message: str) -> Problem:
    return Problem(Severity.ROW, code, expected, message)


@lru_cache(maxsize=_REMEMBERED)
def read_date(text: str) -> Parsed:
    """An ISO date. Other forms are repaired where only one reading is possible, and refused otherwise."""
    if _ISO_DATE.fullmatch(text):
        return _calendar_date(text, None)
    if moment := _ISO_MOMENT.match(text):
        return _calendar_date(moment[1], _DATE_REPAIRED)
    if parts := _YEAR_FIRST.fullmatch(text):
        return _calendar_date(_iso(parts[1], parts[2], parts[3]), _DATE_REPAIRED)
    if parts := _YEAR_LAST.fullmatch(text):
        return _read_year_last(int(parts[1]), int(parts[2]), parts[3])
    return "", _BAD_DATE


_BAD_DATE = _refused("bad-date", "YYYY-MM-DD", "This is not a date of the calendar.")
_DATE_REPAIRED = _repaired("date-repaired", "YYYY-MM-DD", "The date was written in another form; it was read as meant.")
_AMBIGUOUS_DATE = _refused(
    "ambiguous-date", "YYYY-MM-DD", "Day and month cannot be told apart; write the year first, then month, then day."
)


def _read_year_last(first: int, second: int, year: str) -> Parsed:
    if first <= 12 and second <= 12 and first != second:
        return "", _AMBIGUOUS_DATE
    day, month = (second, first) if second > 12 else (first, second)
    return _calendar_date(_iso(year, month, day), _DATE_REPAIRED)


def _iso(year: str, month: str | int, day: str | int) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _calendar_date(text: str, problem: Problem | None) -> Parsed:
    try:
        return date.fromisoformat(text).isoformat(), problem
    except ValueError:
        return "", _BAD_DATE


@lru_cache(maxsize=_REMEMBERED)
def read_year(text: str) -> Parsed:
    """The year in which a school year ends, YYYY."""
    if len(text) == 4 and text.isascii() and text.isdigit():
        return text, None
    return "", _refused("bad-year", "YYYY", "This is not a year of four digits.")


@lru_cache(maxsize=_REMEMBERED)
def read_flag(text: str) -> Parsed:
    """`true` or `false`, as the standard writes them; 1, 0, yes, no and other case are repaired."""
    if text in ("true", "false"):
        return text, None
    if flag := _FLAGS.get(text.lower()):
        return flag, _repaired("value-case", "true or false", "The standard writes true and false in small letters.")
    return "", _refused("bad-value", "true or false", "This is neither true nor false.")


def read_number(text: str) -> Parsed:
    """A decimal number, kept as written."""
    if _NUMBER.fullmatch(text):
        return text, None
    return "", _refused("bad-number", "a number", "This is not a number.")


def read_integer(text: str) -> Parsed:
    """A whole number, kept as written."""
    if text.isascii() and text.lstrip("+-").isdigit():
        return text, None
    return "", _refused("bad-number", "a whole number", "This is not a whole number.")


def read_list(text: str) -> Parsed:
    """A list: comma between items, quotes around an item that holds a comma. Blank items are dropped."""
    if "," not in text and '"' not in text:
        return (text,), None
    items = next(csv.reader([text], skipinitialspace=True)) if '"' in text else text.split(",")
    return tuple(trimmed for item in items if (trimmed := item.strip())), None


def read_user_ids(text: str) -> Parsed:
    """`{type:id},{type:id}` as ("type:id", …). Anything else is set aside."""
    pairs: list[str] = []
    position = 0
    while position < len(text):
        found = _USER_ID.match(text, position)
        if found is None:
            return (), _repaired("bad-user-ids", "{type:id},{type:id}", "These identifiers cannot be read; set aside.")
        pairs.append(f"{found[1].strip()}:{found[2].strip()}")
        position = found.end()
    return tuple(pairs), None


def read_family_name(text: str) -> Parsed:
    """A family name. The standard requires one; a lone dash or full stop says that the person has none."""
    return ("" if text in _NO_FAMILY_NAME else text), None


@cache
def _choice_reader(choices: tuple[str, ...]) -> Reader:
    exact = frozenset(choices)
    spelt = {_squash(choice): choice for choice in choices}
    expected = " | ".join(choices)
    repaired = _repaired("value-case", expected, "The word is spelt otherwise in the standard; it was read as meant.")
    refused = _refused("bad-value", expected, "The standard does not know this word here.")

    def read_choice(text: str) -> Parsed:
        if text in exact or text.startswith("ext:"):
            return text, None
        meant = spelt.get(_squash(text))
        return ("", refused) if meant is None else (meant, repaired)

    return read_choice


def _squash(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).casefold()


_READERS: dict[str, Reader] = {
    "list": read_list,
    "flag": read_flag,
    "date": read_date,
    "year": read_year,
    "integer": read_integer,
    "number": read_number,
    "user-ids": read_user_ids,
    "family-name": read_family_name,
}

"""The fields of each part of a round: name, kind and what is expected, the same for JSON and CSV."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.scheduler.distribution_files.ranked_round import LEVELS


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `read` returns the value or raises ValueError; `expected` says what it wants."""

    name: str
    read: Callable[[Any], Any]
    expected: str
    required: bool = False


def text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise ValueError
    return str(value).strip()


def maybe_text(value: Any) -> str:
    return "" if value == "" else text(value)


def whole(value: Any) -> int:
    number = int(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise ValueError
    return number


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError
    result = float(value)
    if not math.isfinite(result) or not 0 <= result <= 1e6:
        raise ValueError
    return result


def yes(value: Any) -> bool:
    if value in (True, "yes", "true", "1"):
        return True
    if value in (False, "no", "false", "0"):
        return False
    raise ValueError


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in (p.strip() for p in value.split(";")) if part]
    if not isinstance(value, list):
        raise ValueError
    return [text(item) for item in value]


def numbers(value: Any) -> list[float]:
    if not isinstance(value, list):
        raise ValueError
    return [number(item) for item in value]


def day(value: Any) -> str:
    return date.fromisoformat(text(value)).isoformat()


def clock(value: Any) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text(value))
    if not match or int(match[1]) > 24 or int(match[2]) > 59:
        raise ValueError
    return int(match[1]) * 60 + int(match[2])


def level(value: Any) -> str:
    if value not in LEVELS:
        raise ValueError
    return str(value)


NAME, WORDS = "a name", "names, as a list (in CSV divided by ;)"
COUNT, AMOUNT = "a whole number, 0 or more", "a number, 0 or more, not NaN"

SECTIONS: dict[str, list[Field]] = {
    "blocks": [
        Field("id", text, NAME, True),
        Field("date", day, "a date like 2031-09-01"),
        Field("start", clock, "a time like 09:00"),
        Field("end", clock, "a time like 09:50"),
    ],
    "spaces": [Field("id", text, NAME, True), Field("seats", whole, COUNT), Field("site", maybe_text, NAME)],
    "occurrences": [
        Field("id", text, NAME, True),
        Field("blocks", texts, WORDS, True),
        Field("title", maybe_text, NAME),
        Field("space", maybe_text, "the name of a space"),
        Field("site", maybe_text, NAME),
        Field("seats", whole, COUNT),
        Field("minimum", whole, COUNT),
        Field("kind", maybe_text, NAME),
        Field("groups", texts, WORDS),
        Field("only", texts, WORDS),
        Field("not_for", texts, WORDS),
        Field("calm", yes, "yes or no"),
    ],
    "students": [
        Field("id", text, NAME, True),
        Field("group", maybe_text, NAME),
        Field("credit", number, AMOUNT),
        Field("needs", texts, WORDS),
        Field("most", whole, COUNT),
    ],
    "choices": [
        Field("student", text, NAME, True),
        Field("ranked", texts, "occurrences in order, as a list"),
        Field("weights", numbers, "one number for each ranked occurrence, 0 or more, not NaN"),
        Field("goals", texts, WORDS),
        Field("calm", texts, "blocks in which, if none of these, a calm space will do, as a list"),
    ],
    "requests": [
        Field("student", text, NAME, True),
        Field("occurrence", text, NAME, True),
        Field("level", level, "one of " + ", ".join(LEVELS)),
        Field("rank", whole, COUNT),
        Field("made_at", maybe_text, "a date or time; the older request wins"),
        Field("id", maybe_text, NAME),
    ],
    "keep_apart": [Field("student", text, NAME, True), Field("other", text, NAME, True)],
    "friends": [Field("student", text, NAME, True), Field("other", text, NAME, True)],
    "teams": [Field("students", texts, WORDS, True)],
    "travel": [
        Field("from_site", text, NAME, True),
        Field("to_site", text, NAME, True),
        Field("minutes", whole, COUNT, True),
    ],
}

POLICY: dict[str, Field] = {
    field.name: field
    for field in (
        Field("points", numbers, "points of the first choice, the second ..., as a list"),
        *(
            Field(name, number, AMOUNT)
            for name in ("credit_budget", "credit_tilt", "unplaced", "need", "friends", "goal", "move", "lift")
        ),
        Field("hide_groups_under", whole, COUNT),
    )
}

"""Who sees an entry of a profile, in the reader's language: circles around a student, and adults by name."""

import re
from collections.abc import Sequence
from typing import Any

from services.web.looks.languages import gettext, marked, ngettext

CIRCLES = {
    "advisor": marked("My advisor"),
    "teachers": marked("My teachers"),
    "school": marked("All staff of my school"),
    "family": marked("My family"),
    "project-partners": marked("Partners of my projects"),
}
"""Whom a student can let see an entry, beside adults by name."""
_TOLD = {
    "my advisor": "advisor",
    "my teachers": "teachers",
    "my school's staff": "school",
    "my family": "family",
    "partners of my projects": "project-partners",
}
_PARTS = re.compile(r", | and ")
_COUNT = re.compile(r"(\d+) (?:person|people) I named")


def seen_by(circles: Sequence[str], named: int = 0) -> list[str]:
    """Who sees it beside the student, each in words; nothing where nobody does."""
    words = [gettext(text) for circle, text in CIRCLES.items() if circle in circles]
    return [*words, *([_named(named)] if named else [])]


def as_told(visible_to: str) -> list[str]:
    """The same from the API's own sentence (`me, my advisor and 2 people I named`), as a history gives it."""
    said = [part for part in _PARTS.split(visible_to) if part != "me"]
    return [_part(part) for part in said]


def shared(circles: Sequence[str], named_ids: Sequence[str]) -> dict[str, Any]:
    """What the API asks for: the circles, and those named."""
    return {"circles": [each for each in circles if each in CIRCLES], "visible_to": list(named_ids)}


def _part(part: str) -> str:
    if part in _TOLD:
        return gettext(CIRCLES[_TOLD[part]])
    count = _COUNT.fullmatch(part)
    return _named(int(count[1])) if count else part


def _named(count: int) -> str:
    return ngettext("%(num)d adult by name", "%(num)d adults by name", count)

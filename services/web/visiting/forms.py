"""Forms: what somebody filled in, kept until it is right; where each fault stands, from the API's own words."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from services.web.asking.problems import Problem, Reason
from services.web.looks.languages import coded, gettext, ngettext

TOKEN, ONCE = "_token", "_once"
_HIDDEN = frozenset({TOKEN, ONCE})
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_STALE = frozenset({409, 412})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in words, and with which field (empty: with the whole)."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, and what is wrong with it. An empty one is a form that nobody has sent.

    `once`: the key under which it counts once, however often it is sent.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    once: str = ""
    problem: Problem | None = None

    @classmethod
    def of(cls, sent: FormData) -> "Form":
        """The form as it came; files are not among its values."""
        values: dict[str, list[str]] = {}
        for name, value in sent.multi_items():
            if isinstance(value, str):
                values.setdefault(name, []).append(value.replace("\r\n", "\n"))
        once = values.get(ONCE, [""])[0]
        shown = {name: value for name, value in values.items() if name not in _HIDDEN}
        return cls(shown, once=once if _KEY.fullmatch(once) else fresh_key())

    def text(self, name: str, otherwise: str = "") -> str:
        """One value, without blanks around it."""
        return (self.values.get(name) or [otherwise])[0].strip()

    def texts(self, name: str) -> list[str]:
        """All values of a name that may come more than once; empty ones are left out."""
        return [value.strip() for value in self.values.get(name, ()) if value.strip()]

    def number(self, name: str) -> int | str | None:
        """A whole number; None where nothing was filled in; what is no number as it is, since the API says so."""
        given = self.text(name)
        if not given:
            return None
        return int(given) if re.fullmatch(r"-?[0-9]{1,9}", given) else given

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.texts(name))

    def fault(self, name: str) -> str:
        """What is wrong with this field; empty where nothing is."""
        return " ".join(fault.text for fault in self.faults if fault.field == name)

    def with_faults(self, *faults: Fault) -> "Form":
        """The same, with these faults too; it may be sent again as something new."""
        return replace(self, faults=(*self.faults, *faults), once=fresh_key())

    def refused(self, problem: Problem, fields: Mapping[str, str] | None = None) -> "Form":
        """The same with what the API said against it. `fields`: the API's places to the form's names where they differ.

        While it is unknown whether it was done (the API was away), it keeps its key: sent again, it counts once.
        """
        faults = tuple(fault for reason in problem.reasons for fault in _faults(reason, fields or {}))
        if problem.status in _STALE and not faults:
            faults = (Fault(changed_meanwhile()),)
        return replace(self, faults=faults, problem=problem, once=self.once if problem.passes else fresh_key())


EMPTY = Form()


def fresh_key() -> str:
    """A key that no form has had."""
    return secrets.token_urlsafe(18)


def changed_meanwhile() -> str:
    """Somebody else was faster."""
    return gettext("Somebody changed this meanwhile. This is how it stands now. Look, and send it again.")


def _faults(reason: Reason, fields: Mapping[str, str]) -> list[Fault]:
    """A validation's faults by field, or one fault of the whole."""
    found = reason.details.get("faults")
    if not isinstance(found, list):
        return [Fault(coded(reason.code, reason.detail, reason.details), fields.get(reason.code, ""))]
    return [Fault(_plain(each), _field(str(each.get("location", "")), fields)) for each in found]


def _field(location: str, fields: Mapping[str, str]) -> str:
    place = location.removeprefix("body.").removeprefix("query.")
    return fields.get(place, place)


_LEAST = re.compile(r"at least (\d+) (?:character|item)")
_MOST = re.compile(r"at most (\d+) character")
_ABOVE = re.compile(r"greater than or equal to (-?\d+)")
_BELOW = re.compile(r"less than or equal to (-?\d+)")


def _plain(fault: Mapping[str, Any]) -> str:
    """What was expected, in plain words; as the API says it, where we have none."""
    expected = str(fault.get("expected", ""))
    if fault.get("value_type") == "absent" or _LEAST.search(expected):
        return gettext("Fill this in.")
    if found := _MOST.search(expected):
        most = int(found[1])
        return ngettext("Use %(num)d character or fewer.", "Use %(num)d characters or fewer.", most)
    if found := _ABOVE.search(expected):
        return gettext("Use %(number)s or more.", number=found[1])
    if found := _BELOW.search(expected):
        return gettext("Use %(number)s or less.", number=found[1])
    return _of_a_kind(expected)


def _of_a_kind(expected: str) -> str:
    kinds = {
        "valid date": gettext("Write a day, such as 2031-03-03."),
        "valid time": gettext("Write a time of day, such as 09:05."),
        "valid integer": gettext("Write a whole number."),
        "control character": gettext("Take out the characters that cannot be seen."),
        "one line": gettext("Write it in one line."),
    }
    return next((text for kind, text in kinds.items() if kind in expected), expected)

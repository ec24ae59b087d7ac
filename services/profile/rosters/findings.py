"""Findings: what is wrong with a roster, where, and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_VALUE = 80


class Severity(StrEnum):
    """What a finding costs: the whole set, one row, or nothing."""

    ERROR = "error"
    """The set is refused; nothing of it may be applied."""
    ROW = "row"
    """The row is left out, if the operator accepts."""
    NOTE = "note"
    """The value was repaired or set aside; the row is kept."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `line` counts from 1, the header; `value` is at most 80 characters and never a password."""

    severity: Severity
    code: str
    file: str
    line: int | None
    column: str | None
    value: str
    expected: str
    message: str


Report = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one value, before anyone says where it stands."""

    severity: Severity
    code: str
    expected: str
    message: str

    def at(self, file: str, line: int, column: str, value: str) -> Finding:
        """This problem as the finding for `value` in `column` of `file`, line `line`."""
        return Finding(self.severity, self.code, file, line, column, shorten(value), self.expected, self.message)


def shorten(value: str) -> str:
    """`value` in at most 80 characters, the cut marked by an ellipsis."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def refusal(
    code: str,
    file: str,
    message: str,
    *,
    line: int | None = None,
    column: str | None = None,
    value: str = "",
    expected: str = "",
) -> Finding:
    """A finding that refuses the whole set."""
    return Finding(Severity.ERROR, code, file, line, column, shorten(value), expected, message)


def note(
    code: str,
    file: str,
    message: str,
    *,
    line: int | None = None,
    column: str | None = None,
    value: str = "",
    expected: str = "",
) -> Finding:
    """A finding that costs nothing: what was meant is plain, and was read so."""
    return Finding(Severity.NOTE, code, file, line, column, shorten(value), expected, message)


def left_out(
    code: str,
    file: str,
    message: str,
    *,
    line: int | None = None,
    column: str | None = None,
    value: str = "",
    expected: str = "",
) -> Finding:
    """A finding that leaves one row out."""
    return Finding(Severity.ROW, code, file, line, column, shorten(value), expected, message)

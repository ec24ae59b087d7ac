"""Faults in an input: each says where it is, what stands there and what was expected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; line and column count from 1, 0 when the file has no such thing."""

    file: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input."""

    where: Where
    value: str
    expected: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return f"{self.where.file}:{self.where.line}:{self.where.column}: found {value}; expected {self.expected}"


class InputFaults(Exception):
    """All faults of an input, reported together."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

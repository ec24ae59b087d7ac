"""The verdict: what the checker found, and its last line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tests.faults.history import Operation, Phase


class Kind(StrEnum):
    """Lost: acknowledged and not there. Diverged: two that must agree and do not, or something is there twice."""

    LOST = "lost"
    DIVERGED = "diverged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be."""

    kind: Kind
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.rule}: {self.text}"


def lost(rule: str, text: str) -> Finding:
    return Finding(Kind.LOST, rule, text)


def diverged(rule: str, text: str) -> Finding:
    return Finding(Kind.DIVERGED, rule, text)


@dataclass(slots=True)
class Verdict:
    """Counts of a run, and everything that was found."""

    rounds: int = 0
    acknowledged: int = 0
    unknown: int = 0
    findings: list[Finding] = field(default_factory=list)

    def count(self, operations: Sequence[Operation]) -> None:
        """Add the operations of a history."""
        states = [operation.state for operation in operations]
        self.acknowledged += states.count(Phase.OK)
        self.unknown += states.count(Phase.UNKNOWN)

    def of(self, kind: Kind) -> int:
        """How many findings of this kind there are."""
        return sum(finding.kind is kind for finding in self.findings)

    @property
    def line(self) -> str:
        """The last line of a run."""
        return (
            f"faults: rounds {self.rounds} acked {self.acknowledged} lost {self.of(Kind.LOST)} "
            f"diverged {self.of(Kind.DIVERGED)} unknown {self.unknown}"
        )

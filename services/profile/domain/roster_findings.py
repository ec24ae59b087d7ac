"""Findings: every fault of a roster counted, the first of each kind kept to be looked at."""

from collections import Counter
from collections.abc import Iterable

from services.profile.domain.rosters import FindingCount
from services.profile.rosters.findings import Finding, Severity

MOST_KEPT = 200
"""Findings kept of one kind in one file. A district that sends a million bad dates learns that from the count."""


class FindingTally:
    """Counts what it is told, and hands over what is worth keeping."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._fresh: list[Finding] = []

    def __call__(self, finding: Finding) -> None:
        key = (finding.file, finding.code, finding.severity.value)
        self._counts[key] += 1
        if self._counts[key] <= MOST_KEPT:
            self._fresh.append(finding)

    def add_all(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self(finding)

    def take(self) -> list[Finding]:
        """What is to be kept and was not handed over yet."""
        fresh, self._fresh = self._fresh, []
        return fresh

    @property
    def is_refused(self) -> bool:
        """Whether one of them refuses the whole set."""
        return any(severity == Severity.ERROR.value for _, _, severity in self._counts)

    def counts(self) -> tuple[FindingCount, ...]:
        return tuple(
            FindingCount(file, code, severity, count) for (file, code, severity), count in sorted(self._counts.items())
        )

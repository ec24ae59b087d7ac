"""The breaker: after failures in a row, a peer is left alone for a while, then tried once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Breaker:
    """Closed: calls pass. Open, after `most_failures` in a row: none for `open_seconds`. Then one call decides."""

    most_failures: int = 5
    open_seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    opened_at: float = 0.0
    trying: bool = field(default=False)

    def admits(self) -> bool:
        """Whether a call may go out now; the one that tries a peer again is let through alone."""
        if self.failures < self.most_failures:
            return True
        if self.trying or self.clock() - self.opened_at < self.open_seconds:
            return False
        self.trying = True
        return True

    def succeeded(self) -> None:
        """The peer answered."""
        self.failures, self.trying = 0, False

    def failed(self) -> None:
        """The peer did not answer, or answered that it cannot."""
        self.failures += 1
        self.opened_at, self.trying = self.clock(), False

    def given_up(self) -> None:
        """The caller left before the peer could answer: that says nothing about the peer."""
        self.trying = False

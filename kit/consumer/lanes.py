"""Lanes: the work in hand of one partition, in order, and when it may be tried again."""

import time
from collections import deque
from dataclasses import dataclass, field

from kit.bus import Place
from kit.consumer.heard import Event, Unreadable


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a kind of failure is tried, and how the waits between grow: doubling from the first to the longest."""

    attempts: int
    first_seconds: float = 0.2
    longest_seconds: float = 10.0

    def wait(self, attempt: int) -> float:
        """Seconds before the try after the `attempt`-th (counted from 1) has failed."""
        return min(self.longest_seconds, self.first_seconds * 2.0 ** min(attempt - 1, 32))


@dataclass(slots=True)
class Lane:
    """One partition under one assignment. While it is held back, the other lanes go on."""

    place: Place
    assignment: int
    next_offset: int
    end: int
    items: deque[Event | Unreadable] = field(default_factory=deque)
    attempts: int = 0
    pauses: int = 0
    due: float = 0.0

    @property
    def held(self) -> bool:
        return self.attempts > 0 or self.pauses > 0

    def is_ready(self) -> bool:
        return bool(self.items) and time.monotonic() >= self.due

    def events(self) -> list[Event]:
        """The events at its head, up to the first record that cannot be read."""
        found: list[Event] = []
        for item in self.items:
            if isinstance(item, Unreadable):
                break
            found.append(item)
        return found

    def unreadable(self) -> list[Unreadable]:
        """The unreadable records at its head."""
        found: list[Unreadable] = []
        for item in self.items:
            if isinstance(item, Event):
                break
            found.append(item)
        return found

    def advance(self, count: int) -> None:
        """The first `count` items are done."""
        for _ in range(count):
            self.items.popleft()
        self.attempts, self.pauses, self.due = 0, 0, 0.0

    def hold_back(self, patience: Patience) -> None:
        """The first item failed: try again after a wait that grows with its attempts."""
        self.attempts += 1
        self.due = time.monotonic() + patience.wait(self.attempts)

    def pause(self, patience: Patience) -> None:
        """Something that the first item needs is away: try again later, without counting it as the item's failure."""
        self.pauses += 1
        self.due = time.monotonic() + patience.wait(self.pauses)

    @property
    def done_before(self) -> int:
        """The offset that may be committed: everything before it is done."""
        return self.items[0].record.offset if self.items else self.end

"""Lanes and patience: what is held back, for how long, and what may be committed meanwhile."""

import time
from dataclasses import dataclass, field
from typing import Any

from kit.clock import now
from kit.consumer.heard import Event, Unreadable
from kit.consumer.lanes import Lane, Patience
from kit.envelope import Envelope, Trace


@dataclass(frozen=True)
class Record:
    """A record off a topic."""

    offset: int
    topic: str = "lending-copies"
    partition: int = 0
    key: bytes | None = b"copy_1"
    value: bytes | None = b"{}"
    headers: list[tuple[str, bytes]] = field(default_factory=list)


async def nothing(*_: Any) -> None: ...


def event(offset: int) -> Event:
    envelope = Envelope(f"fact_{offset}", "t", "/s", "copy_1", offset, now(), "district_1", Trace("c"), {})
    return Event(Record(offset), envelope, None, nothing)


def unreadable(offset: int) -> Unreadable:
    return Unreadable(Record(offset), "bad-envelope", "expected JSON")


def lane(*items: Event | Unreadable) -> Lane:
    made = Lane(("lending-copies", 0), 1, 0, len(items))
    made.items.extend(items)
    return made


def test_waits_double_up_to_the_longest() -> None:
    patience = Patience(attempts=9, first_seconds=0.5, longest_seconds=3.0)
    assert [patience.wait(attempt) for attempt in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert patience.wait(10_000) == 3.0


def test_a_lane_offers_its_events_up_to_the_first_record_that_cannot_be_read() -> None:
    mixed = lane(event(0), event(1), unreadable(2), event(3))
    assert [found.record.offset for found in mixed.events()] == [0, 1]
    assert mixed.unreadable() == []
    mixed.advance(2)
    assert mixed.events() == []
    assert [found.record.offset for found in mixed.unreadable()] == [2]


def test_only_what_is_done_may_be_committed() -> None:
    worked = lane(event(0), event(1), event(2))
    assert worked.done_before == 0
    worked.advance(1)
    assert worked.done_before == 1
    worked.hold_back(Patience(3, 60, 60))
    assert worked.done_before == 1
    worked.advance(2)
    assert worked.done_before == 3


def test_a_lane_held_back_is_not_ready_until_it_is_due() -> None:
    held = lane(event(0))
    assert held.is_ready()
    assert not held.held
    held.hold_back(Patience(3, 60, 60))
    assert held.held
    assert not held.is_ready()
    held.advance(1)
    assert not held.held


def test_a_pause_does_not_count_as_a_failure_of_the_event() -> None:
    paused = lane(event(0))
    for _ in range(20):
        paused.pause(Patience(0, 0, 0))
    assert (paused.attempts, paused.pauses, paused.held) == (0, 20, True)


def test_a_paused_lane_waits_longer_each_time_and_is_ready_when_it_is_due() -> None:
    paused = lane(event(0))
    before = time.monotonic()
    paused.pause(Patience(0, 60, 600))
    first = paused.due
    paused.pause(Patience(0, 60, 600))
    assert before + 60 <= first <= time.monotonic() + 60
    assert first + 60 <= paused.due
    assert not paused.is_ready()
    paused.advance(1)
    assert (paused.attempts, paused.pauses, paused.due) == (0, 0, 0.0)
    assert not paused.is_ready(), "nothing is left to do"


def test_a_failed_lane_waits_from_now_on() -> None:
    held = lane(event(0))
    before = time.monotonic()
    held.hold_back(Patience(3, 60, 600))
    assert before + 60 <= held.due <= time.monotonic() + 60
    held.hold_back(Patience(3, 60, 600))
    assert before + 120 <= held.due
    assert (held.attempts, held.pauses) == (2, 0)

"""Patience: how long an event is tried before it is put aside."""

from kit.consumer.lanes import Patience
from kit.consumer.listener import BUSY, MISSING

TRANSACTION_SECONDS = 60
"""How long a store keeps the transaction, and the locks, of a process that died, where nobody set it."""


def waited(patience: Patience) -> float:
    return sum(patience.wait(attempt) for attempt in range(1, patience.attempts))


def test_a_busy_store_is_waited_for_longer_than_the_dead_hold_their_locks() -> None:
    assert waited(BUSY) > TRANSACTION_SECONDS


def test_what_is_missing_is_waited_for_while_it_may_still_be_on_its_way() -> None:
    assert 15 < waited(MISSING) < TRANSACTION_SECONDS

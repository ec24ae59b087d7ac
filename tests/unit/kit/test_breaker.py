"""The breaker: closed, open, one try, and closed again."""

from dataclasses import dataclass

from kit.breaker import Breaker


@dataclass
class Clock:
    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(most_failures=3, open_seconds=5, clock=clock)
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()
    return breaker


def test_failures_in_a_row_open_it_and_a_success_between_does_not() -> None:
    breaker = Breaker(most_failures=2)
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert breaker.admits()
    breaker.failed()
    breaker.failed()
    assert not breaker.admits()


def test_after_a_while_one_call_tries_and_the_others_wait_for_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    assert not breaker.admits()
    clock.seconds += 5
    assert breaker.admits()
    assert not breaker.admits()
    breaker.succeeded()
    assert breaker.admits()
    assert breaker.admits()


def test_a_try_that_fails_keeps_it_open_as_long_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.seconds += 5
    assert breaker.admits()
    breaker.failed()
    clock.seconds += 4
    assert not breaker.admits()
    clock.seconds += 1
    assert breaker.admits()


def test_a_try_that_nobody_waited_for_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.seconds += 5
    assert breaker.admits()
    breaker.given_up()
    assert breaker.admits()

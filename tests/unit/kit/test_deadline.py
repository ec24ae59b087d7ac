"""Deadlines: read from a header, bounded, and counted down."""

import time

import pytest

from kit.deadline import current_deadline, deadline_of, deadline_scope, remaining


def test_a_header_may_shorten_the_time_but_never_lengthen_it() -> None:
    in_a_second = time.time() + 1
    assert deadline_of(str(int(in_a_second * 1000)), 5) == pytest.approx(in_a_second, abs=0.01)
    assert deadline_of(str(int((time.time() + 900) * 1000)), 5) == pytest.approx(time.time() + 5, abs=0.5)


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1e12", "²", "9" * 400])
def test_nonsense_is_no_deadline(header: str | None) -> None:
    assert deadline_of(header, 5) == pytest.approx(time.time() + 5, abs=0.5)


def test_time_left_is_counted_to_the_deadline_and_never_below_nothing() -> None:
    assert remaining(3) == 3
    with deadline_scope(time.time() + 1):
        assert 0 < remaining(3) <= 1
        assert remaining(0.5) == 0.5
    with deadline_scope(time.time() - 1):
        assert remaining(3) == 0
    assert current_deadline() is None

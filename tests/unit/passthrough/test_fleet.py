"""Which instance a request goes to."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.passthrough import Breaker, Fleet, Upstream, choose

FOUR = [Upstream("10.1.0.7", 8000 + number) for number in range(4)]
KEYS = [b"occurrence_%d" % number for number in range(4_000)]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.permutations(FOUR), st.binary())
def test_a_key_has_one_owner_in_whatever_order_the_instances_are_listed(order: list[Upstream], key: bytes) -> None:
    assert choose(order, key) == choose(FOUR, key)


def test_keys_are_spread_evenly() -> None:
    shares = Counter(choose(FOUR, key) for key in KEYS)
    assert set(shares) == set(FOUR)
    assert all(850 < share < 1150 for share in shares.values())


def test_a_new_instance_takes_its_share_and_moves_nothing_else() -> None:
    before = {key: choose(FOUR[:3], key) for key in KEYS}
    after = {key: choose(FOUR, key) for key in KEYS}
    moved = {key for key in KEYS if before[key] != after[key]}
    assert {after[key] for key in moved} == {FOUR[3]}
    assert 850 < len(moved) < 1150


def test_an_ejected_instance_is_passed_over_and_the_others_keep_their_keys() -> None:
    fleet = Fleet(FOUR)
    before = {key: fleet.pick(key) for key in KEYS}
    for _ in range(3):
        fleet.failed(FOUR[0])
    for key in KEYS:
        assert fleet.pick(key) == before[key] if before[key] != FOUR[0] else fleet.pick(key) != FOUR[0]


def test_without_a_key_the_instances_take_turns_and_the_ejected_one_is_left_out() -> None:
    fleet = Fleet(FOUR)
    assert {fleet.pick(None) for _ in range(4)} == set(FOUR)
    for _ in range(3):
        fleet.failed(FOUR[1])
    assert {fleet.pick(None) for _ in range(8)} == {*FOUR} - {FOUR[1]}


def test_failures_count_only_in_a_row() -> None:
    fleet = Fleet(FOUR[:2])
    for _ in range(5):
        fleet.failed(FOUR[0])
        fleet.failed(FOUR[0])
        fleet.ok(FOUR[0])
    assert {fleet.pick(None) for _ in range(4)} == set(FOUR[:2])


def test_after_its_time_one_request_at_a_time_tries_the_ejected_instance() -> None:
    clock = Clock()
    fleet = Fleet(FOUR, Breaker(most_failures=1, ejected_seconds=5.0, now=clock))
    key = next(key for key in KEYS if choose(FOUR, key) == FOUR[2])
    fleet.failed(FOUR[2])
    assert fleet.pick(key) != FOUR[2]
    clock.now += 5.1
    assert fleet.pick(key) == FOUR[2]
    assert fleet.pick(key) != FOUR[2]
    fleet.ok(FOUR[2])
    assert fleet.pick(key) == FOUR[2]
    assert fleet.pick(key) == FOUR[2]


def test_a_trial_that_fails_ejects_again() -> None:
    clock = Clock()
    fleet = Fleet(FOUR, Breaker(most_failures=1, ejected_seconds=5.0, now=clock))
    key = next(key for key in KEYS if choose(FOUR, key) == FOUR[2])
    fleet.failed(FOUR[2])
    clock.now += 5.1
    assert fleet.pick(key) == FOUR[2]
    fleet.failed(FOUR[2])
    clock.now += 4.9
    assert fleet.pick(key) != FOUR[2]


def test_when_all_are_ejected_the_owner_is_tried_all_the_same() -> None:
    fleet = Fleet(FOUR, Breaker(most_failures=1))
    for upstream in FOUR:
        fleet.failed(upstream)
    for key in KEYS[:50]:
        assert fleet.pick(key) == choose(FOUR, key)
    assert fleet.pick(None) in FOUR


def test_a_fleet_of_none_says_so() -> None:
    with pytest.raises(ValueError, match="at least one upstream"):
        Fleet([]).pick(None)

"""The processes of one service: which of them a request goes to, and which are left alone for a while."""

import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import count

from services.gateway.passthrough.terms import Upstream


class Breaker:
    """Counts failures to connect, in a row; after `most_failures` an upstream is ejected for `ejected_seconds`.

    Then one request at a time may try it again (half open); its success takes the upstream back, its failure or
    silence leaves it out for another while.
    """

    def __init__(
        self, most_failures: int = 3, ejected_seconds: float = 5.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most_failures = most_failures
        self._ejected_seconds = ejected_seconds
        self._now = now
        self._failures: dict[Upstream, int] = {}
        self._until: dict[Upstream, float] = {}

    @property
    def suspects(self) -> bool:
        """Whether any upstream has failed since it last answered."""
        return bool(self._failures)

    def failed(self, upstream: Upstream) -> None:
        """A connection could not be made."""
        failures = self._failures.get(upstream, 0) + 1
        self._failures[upstream] = failures
        if failures >= self._most_failures:
            self._until[upstream] = self._now() + self._ejected_seconds

    def ok(self, upstream: Upstream) -> None:
        """The upstream answered."""
        self._failures.pop(upstream, None)
        self._until.pop(upstream, None)

    def ejected(self, upstream: Upstream) -> bool:
        """Whether requests should go elsewhere for now."""
        return self._now() < self._until.get(upstream, 0.0)

    def probe(self, upstream: Upstream) -> None:
        """A request goes there. If the upstream was ejected, the others wait until this one has had its time."""
        if upstream in self._until:
            self._until[upstream] = self._now() + self._ejected_seconds


def choose(upstreams: Sequence[Upstream], key: bytes, ejected: Callable[[Upstream], bool] | None = None) -> Upstream:
    """The instance that owns `key`: rendezvous hashing, so that one instance more or less moves only its own share.

    The bookings of one occurrence thus meet in one process. An ejected instance's keys are spread over the others;
    when all are ejected the owner is tried all the same, because refusing without trying helps nobody.
    Raises: ValueError when there is no instance at all.
    """
    if len(upstreams) == 1:
        return upstreams[0]
    standing = upstreams if ejected is None else [upstream for upstream in upstreams if not ejected(upstream)]
    return max(standing or upstreams, key=lambda upstream: _weight(upstream, key))


def _weight(upstream: Upstream, key: bytes) -> bytes:
    # A cryptographic hash, because with a checksum the order of two instances would be the same for every key.
    return blake2b(key, digest_size=8, salt=upstream.salt).digest()


class Fleet:
    """The instances of one service, with one breaker between them."""

    def __init__(self, upstreams: Sequence[Upstream], breaker: Breaker | None = None) -> None:
        self._upstreams = tuple(upstreams)
        self._breaker = breaker or Breaker()
        self._turn = count()

    def pick(self, key: bytes | None) -> Upstream:
        """The owner of `key`; without a key, the next in turn. Raises: ValueError when the fleet is empty."""
        breaker = self._breaker
        ejected = breaker.ejected if breaker.suspects else None
        upstream = self._next_in_turn(ejected) if key is None else choose(self._upstreams, key, ejected)
        if ejected is not None:
            breaker.probe(upstream)
        return upstream

    def others(self, upstream: Upstream) -> Sequence[Upstream]:
        """Who may take what this one did not: the others that stand, and those that are left alone last."""
        if len(self._upstreams) == 1:
            return ()
        rest = [other for other in self._upstreams if other is not upstream]
        return sorted(rest, key=self._breaker.ejected) if self._breaker.suspects else rest

    def failed(self, upstream: Upstream) -> None:
        """A connection could not be made."""
        self._breaker.failed(upstream)

    def ok(self, upstream: Upstream) -> None:
        """The upstream answered."""
        self._breaker.ok(upstream)

    def _next_in_turn(self, ejected: Callable[[Upstream], bool] | None) -> Upstream:
        if not self._upstreams:
            raise ValueError("a fleet needs at least one upstream")
        first = next(self._turn)
        turns = [self._upstreams[(first + step) % len(self._upstreams)] for step in range(len(self._upstreams))]
        if ejected is None:
            return turns[0]
        return next((upstream for upstream in turns if not ejected(upstream)), turns[0])

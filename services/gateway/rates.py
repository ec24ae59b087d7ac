"""Rates: how much anybody may ask for in a minute, counted by person, app or address."""

import ipaddress
import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage, Storage
from limits.errors import StorageError
from limits.storage import storage_from_string

from kit.problems import EdgeRefusal
from kit.refusals import Kind
from services.gateway.passthrough.terms import Header

MINUTE = 60
_SHARED_SECONDS = 0.2
_log = structlog.get_logger()


class TooManyRequests(EdgeRefusal):
    kind = Kind.UNAVAILABLE
    status = 429
    text = "More than {most} requests in a minute. Go on in {retry_after_seconds} seconds."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a minute: the IETF's RateLimit fields, and whether this request was one too many."""

    headers: tuple[Header, Header]
    retry_after_seconds: int | None


class Rates:
    """Fixed windows of a minute. In memory it counts by itself, as a shared store's round trip would cost more than the
    hop; with a shared store the library counts there for all gateways together. While that store is away each gateway
    counts for itself: nobody is locked out, and nobody is let loose.
    """

    def __init__(self, url: str) -> None:
        self._window = 0
        self._counts: dict[str, int] = {}
        self._policies: dict[tuple[str, int], bytes] = {}
        self._shared: Storage | None = None
        self._away = False
        if not url.startswith("async+memory"):
            storage = storage_from_string(
                url, wrap_exceptions=True, socket_timeout=_SHARED_SECONDS, socket_connect_timeout=_SHARED_SECONDS
            )
            assert isinstance(storage, Storage), "the shared store must be an asyncio one: async+valkey://…"
            self._shared = storage

    async def close(self) -> None:
        """Let go of the shared store's connections."""
        if isinstance(self._shared, RedisStorage):
            await self._shared.bridge.get_connection().aclose()  # type: ignore[attr-defined]  # each bridge has it

    async def count(self, name: str, who: str, most: int) -> Allowance:
        """Count one request of `who` against `most` a minute."""
        moment = int(time.time())
        window, gone = divmod(moment, MINUTE)
        count = self._count_here(who, window) if self._shared is None else await self._count_shared(who, window, most)
        left = most - count
        policy = self._policies.get((name, most)) or self._policy(name, most)
        limit = b'"%s";r=%d;t=%d' % (name.encode(), max(0, left), MINUTE - gone)
        headers = ((b"ratelimit-policy", policy), (b"ratelimit", limit))
        return Allowance(headers, MINUTE - gone if left < 0 else None)

    def _count_here(self, who: str, window: int) -> int:
        if window != self._window:
            self._window, self._counts = window, {}
        count = self._counts[who] = self._counts.get(who, 0) + 1
        return count

    async def _count_shared(self, who: str, window: int, most: int) -> int:
        assert self._shared is not None
        # The window is part of the key, so that all gateways turn it at the same moment, which is the one they tell.
        key = RateLimitItemPerMinute(most).key_for(who, str(window))
        try:
            count = await self._shared.incr(key, MINUTE)
        except StorageError as error:
            if not self._away:
                _log.warning("shared_limits_away", error=type(error.storage_error).__name__)
            self._away = True
            return self._count_here(who, window)
        self._away = False
        return count

    def _policy(self, name: str, most: int) -> bytes:
        policy = self._policies[name, most] = b'"%s";q=%d;w=%d' % (name.encode(), most, MINUTE)
        return policy


def limit_headers(name: str, most: int, seconds: int) -> list[Header]:
    """The fields of a refused request."""
    return [
        (b"retry-after", b"%d" % seconds),
        (b"ratelimit-policy", b'"%s";q=%d;w=%d' % (name.encode(), most, MINUTE)),
        (b"ratelimit", b'"%s";r=0;t=%d' % (name.encode(), seconds)),
    ]


def address_of(client: str, forwarded_for: str, proxies_in_front: int) -> str:
    """Whom an anonymous request is counted for.

    Behind `proxies_in_front` proxies of our own it is the address that the outermost of them saw; what stands further
    left in X-Forwarded-For is the client's own claim. An IPv6 caller is counted by network: each has 2^64 addresses.
    """
    seen = [part.strip() for part in forwarded_for.split(",")] if forwarded_for else []
    if proxies_in_front and len(seen) >= proxies_in_front:
        client = seen[-proxies_in_front]
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)

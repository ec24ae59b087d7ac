"""Cross-origin calls: which pages of other origins may call from a browser; none unless they are listed."""

from collections.abc import Mapping, Sequence

from services.gateway.passthrough.terms import Header

_METHODS = b"GET, POST, PUT, PATCH, DELETE"
_MAY_SEND = b"authorization, content-type, idempotency-key, if-match, if-none-match, x-correlation-id"
_MAY_READ = b"etag, location, ratelimit, ratelimit-policy, retry-after, x-correlation-id"


class Cors:
    """The Fetch standard's CORS protocol for a list of origins. Credentials of the browser are never asked for."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)
        # A shared cache must not hand one origin's answer to another.
        self._plain: list[Header] = [(b"vary", b"origin")] if origins else []

    def headers(self, given: Mapping[bytes, bytes]) -> list[Header]:
        """What every answer says about the origin that asks."""
        origin = given.get(b"origin")
        if origin is None or origin not in self._origins:
            return self._plain
        return [*self._plain, (b"access-control-allow-origin", origin), (b"access-control-expose-headers", _MAY_READ)]

    def preflight(self, method: str, given: Mapping[bytes, bytes]) -> list[Header] | None:
        """The answer to a listed origin's question before its call; None when it is no such question."""
        asks = method == "OPTIONS" and b"access-control-request-method" in given
        if not asks or given.get(b"origin") not in self._origins:
            return None
        return [
            *self.headers(given),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _MAY_SEND),
            (b"access-control-max-age", b"600"),
        ]

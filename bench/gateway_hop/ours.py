"""Ours: the pass-through bare, and with all that the gateway does for a request."""

import os
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import orjson
from joserfc import jwt
from joserfc.jwk import OKPKey
from uuid_utils import uuid7

from bench.gateway_hop.peers import UPSTREAM_HOST, UPSTREAM_PORT
from services.gateway.passthrough import Breaker, Fleet, Limits, Passthrough, Upstream, problem_json
from services.gateway.passthrough.terms import Header, Receive, Scope, Send

ISSUER, AUDIENCE = "https://gateway.example", "trellis"
MOST_TOKENS = 10_000
MOST_A_MINUTE = 100_000_000
INTERNAL_TOKEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a verified token speaks for, with the internal tokens made for them: by audience, until when."""

    person_id: str
    scopes: frozenset[str]
    expires_at: float
    minted: dict[str, tuple[float, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the routing table."""

    scope: str
    audience: str
    fleet: Fleet
    deadline_seconds: float


def issue(key: OKPKey, person_id: str, scopes: str, seconds: float, audience: str = AUDIENCE) -> str:
    """A signed token (EdDSA) for a person."""
    claims = {"iss": ISSUER, "aud": audience, "sub": person_id, "scope": scopes, "exp": int(time.time() + seconds)}
    return jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])


class Refused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail


class Tokens:
    """Checks bearer tokens, each once, and mints the internal ones, each for a minute."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self._verified: OrderedDict[bytes, Caller] = OrderedDict()

    def caller(self, headers: list[Header], now: float) -> Caller:
        bearer = b""
        for name, value in headers:
            if name == b"authorization":
                bearer = value
        caller = self._verified.get(bearer)
        if caller is None:
            caller = self._verify(bearer)
        else:
            self._verified.move_to_end(bearer)
        if caller.expires_at < now:
            raise Refused(401, "token-expired", "The access token has run out. Ask for a new one.")
        return caller

    def _verify(self, bearer: bytes) -> Caller:
        scheme, _, token = bearer.partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise Refused(401, "token-missing", "Send an access token as `Authorization: Bearer`.")
        claims = jwt.decode(token.decode("ascii"), self._key, algorithms=["Ed25519"]).claims
        caller = Caller(claims["sub"], frozenset(claims["scope"].split()), claims["exp"])
        self._verified[bearer] = caller
        if len(self._verified) > MOST_TOKENS:
            self._verified.popitem(last=False)
        return caller

    def internal(self, caller: Caller, audience: str, now: float) -> bytes:
        minted = caller.minted.get(audience)
        if minted is not None and minted[0] > now:
            return minted[1]
        token = issue(self._key, caller.person_id, " ".join(sorted(caller.scopes)), INTERNAL_TOKEN_SECONDS, audience)
        caller.minted[audience] = now + INTERNAL_TOKEN_SECONDS / 2, token.encode("ascii")
        return caller.minted[audience][1]


class Rates:
    """Counts requests of each person in windows of a minute."""

    def __init__(self) -> None:
        self._window = 0
        self._counts: dict[str, int] = {}

    def count(self, person_id: str, now: float) -> Header:
        window, seconds = divmod(int(now), 60)
        if window != self._window:
            self._window, self._counts = window, {}
        count = self._counts[person_id] = self._counts.get(person_id, 0) + 1
        if count > MOST_A_MINUTE:
            raise Refused(429, "too-many-requests", "Too many requests in this minute. Go on in the next.")
        return (b"ratelimit", b'"person";r=%d;t=%d' % (MOST_A_MINUTE - count, 60 - seconds))


class Gateway:
    """Authentication, routing, scope, rate limit, request id, internal token and timeouts, then the hop."""

    def __init__(self) -> None:
        breaker = Breaker()
        fleet = Fleet([Upstream(UPSTREAM_HOST, UPSTREAM_PORT)], breaker)
        self._tokens = Tokens(OKPKey.import_key(orjson.loads(os.environ["HOP_KEY"])))
        self._rates = Rates()
        self._hop = Passthrough(Limits(), breaker=breaker)
        self._routes: dict[tuple[str, str, int], Route] = {}
        for method in ("GET", "POST", "PUT", "DELETE"):
            for noun in ("placements", "offers", "occurrences", "goals", "projects", "people", "spaces", "passes"):
                route = Route(f"{noun}.{method.lower()}", "scheduler", fleet, 10.0)
                self._routes[method, noun, 2] = self._routes[method, noun, 3] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            route, headers, answer_headers, key = self._admit(scope)
        except Refused as refused:
            await _refuse(send, refused)
            return
        await self._hop.forward(
            route.fleet.pick(key),
            scope,
            receive,
            send,
            headers=headers,
            deadline_seconds=route.deadline_seconds,
            answer_headers=answer_headers,
        )

    def _admit(self, scope: Scope) -> tuple[Route, list[Header], list[Header], bytes | None]:
        now = time.time()
        caller = self._tokens.caller(scope["headers"], now)
        segments = scope["path"][1:].split("/", 3)
        count = len(segments)
        route = self._routes.get((scope["method"], segments[1], count)) if count > 1 else None
        if route is None:
            raise Refused(404, "no-such-route", "There is nothing at this address.")
        if route.scope not in caller.scopes:
            raise Refused(403, "scope-missing", "The access token does not carry the scope for this.")
        request_id = (b"x-request-id", uuid7().hex.encode("ascii"))
        headers = [(b"x-trellis-token", self._tokens.internal(caller, route.audience, now)), request_id]
        answer_headers = [self._rates.count(caller.person_id, now), request_id]
        return route, headers, answer_headers, segments[2].encode() if count > 2 else None


async def _refuse(send: Send, refused: Refused) -> None:
    body = problem_json(refused.status, refused.code, refused.detail)
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Bare:
    """The hop and nothing else."""

    def __init__(self) -> None:
        self._upstream = Upstream(UPSTREAM_HOST, UPSTREAM_PORT)
        self._hop = Passthrough(Limits())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._hop.forward(self._upstream, scope, receive, send, headers=(), deadline_seconds=10.0)

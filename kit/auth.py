"""Auth: who is calling, told by a short-lived token that the gateway signed for this service."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from kit.edge import Reader
from kit.problems import Unauthenticated
from kit.refusals import Refusals, refuse

# EdDSA over Curve25519, under the full name that RFC 9864 gives it. Nothing else is accepted.
ALGORITHM = "Ed25519"
ISSUER = "trellis-gateway"
LEEWAY_SECONDS = 5
KINDS = ("person", "app", "operator")
_MOST_REMEMBERED = 4_096
_LONGEST_TOKEN = 8_192


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role at an organisation; at the district's own id it holds for the whole district."""

    role: str
    organisation_id: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling. `caller_id` is a person's or an app's id; a scope `*` means all that the person may do."""

    caller_id: str
    kind: Literal["person", "app", "operator"]
    district_id: str
    roles: tuple[RoleAt, ...] = ()
    scopes: frozenset[str] = frozenset()

    def role_names(self) -> frozenset[str]:
        """The roles the caller has anywhere in the district; an operator is one by kind."""
        names = frozenset(held.role for held in self.roles)
        return names | {"operator"} if self.kind == "operator" else names


@dataclass(frozen=True, slots=True)
class Member:
    """What a service knows of a person: where they belong, whom they lead, for whom they answer."""

    member_id: str
    roles: tuple[RoleAt, ...] = ()
    organisations: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    wards: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a request is about: a person, organisations, groups, and circles of people by relation name."""

    member_id: str | None = None
    organisations: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    circles: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Directory(Protocol):
    """A service's own knowledge of people, fed by facts."""

    async def members(self, reader: Reader, ids: Sequence[str]) -> dict[str, Member]:
        """The members with these ids, by id, in one query; who is not known in this district is left out."""
        ...


class JwksSource(Protocol):
    """Where the gateway's public keys come from."""

    async def key(self, kid: str) -> OKPKey | None:
        """The key with this id, or None when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The keys of whoever signs: the gateway verifies its own tokens without asking itself."""

    keys: KeySet

    async def key(self, kid: str) -> OKPKey | None:
        return find_key(self.keys, kid)


def find_key(keys: KeySet, kid: str) -> OKPKey | None:
    """The Ed25519 key with this id; keys of other kinds do not count."""
    for key in keys.keys:
        if isinstance(key, OKPKey) and key.kid == kid and key.curve_name == "Ed25519":
            return key
    return None


def mint(key: OKPKey, caller: Caller, audience: str, seconds: int, now: datetime) -> str:
    """A token for `caller` that the service `audience` accepts for `seconds`."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + seconds,
        "sub": caller.caller_id,
        "kind": caller.kind,
        "district_id": caller.district_id,
        "roles": [{"role": held.role, "organisation_id": held.organisation_id} for held in caller.roles],
        "scopes": sorted(caller.scopes),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


class TokenVerifier:
    """Verifies tokens for one audience, and remembers verified ones until they expire."""

    def __init__(self, jwks: JwksSource, audience: str) -> None:
        self._jwks = jwks
        self._audience = audience
        self._verified: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    async def verify(self, authorization: str | None) -> Caller:
        """The caller of an `Authorization: Bearer …` header.

        Raises: Refusals of Unauthenticated, with the reason as one of a few words.
        """
        token = _bearer(authorization)
        known = self._verified.get(token)
        if known is None:
            known = await self._check(token)
        self._remember(token, known)
        expires_at, caller = known
        if time.time() > expires_at + LEEWAY_SECONDS:
            self._verified.pop(token, None)
            raise _unauthenticated("expired")
        return caller

    async def _check(self, token: str) -> tuple[float, Caller]:
        key = await self._jwks.key(_kid(token))
        if key is None:
            raise _unauthenticated("unknown key")
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise _unauthenticated("bad signature") from error
        _check_claims(claims, self._audience)
        return float(claims["exp"]), _caller(claims)

    def _remember(self, token: str, known: tuple[float, Caller]) -> None:
        self._verified[token] = known
        self._verified.move_to_end(token)
        if len(self._verified) > _MOST_REMEMBERED:
            self._verified.popitem(last=False)


def _unauthenticated(reason: str) -> Refusals:
    return refuse(Unauthenticated(reason=reason))


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise _unauthenticated("no token")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN:
        raise _unauthenticated("no bearer token")
    return token


def _kid(token: str) -> str:
    """The key id in an unverified header; the algorithm is looked at here too, before any key is touched."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise _unauthenticated("malformed") from error
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise _unauthenticated("wrong algorithm")
    return kid


def _check_claims(claims: Mapping[str, Any], audience: str) -> None:
    now = time.time()
    expires_at, not_before = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires_at, int) or not isinstance(not_before, int):
        raise _unauthenticated("malformed")
    if claims.get("iss") != ISSUER:
        raise _unauthenticated("another issuer")
    if claims.get("aud") != audience:
        raise _unauthenticated("for another service")
    if now > expires_at + LEEWAY_SECONDS:
        raise _unauthenticated("expired")
    if now < not_before - LEEWAY_SECONDS:
        raise _unauthenticated("not yet valid")


def _caller(claims: Mapping[str, Any]) -> Caller:
    try:
        caller_id, kind, district_id = claims["sub"], claims["kind"], claims["district_id"]
        roles = tuple(RoleAt(str(held["role"]), str(held["organisation_id"])) for held in claims["roles"])
        scopes = frozenset(map(str, claims["scopes"]))
    except (KeyError, TypeError) as error:
        raise _unauthenticated("malformed") from error
    if kind not in KINDS or not all(isinstance(part, str) and part for part in (caller_id, district_id)):
        raise _unauthenticated("malformed")
    return Caller(caller_id, kind, district_id, roles, scopes)

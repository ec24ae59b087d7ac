"""Tokens: the gateway checks the ones it handed out, each once, and mints the short ones that services trust."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from kit.auth import ALGORITHM, Caller, OwnKeys, TokenVerifier, mint
from kit.clock import now

OUTSIDE = "trellis"
"""The audience of what pages and apps hold; a service never accepts it."""
INTERNAL_SECONDS = 60
_RENEW_SECONDS = 30
_MOST_REMEMBERED = 20_000


class BadSigningKey(SystemExit):
    """The key file holds no Ed25519 private key with an id."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The gateway's keys: the first signs, all of them still verify."""

    keys: KeySet

    @classmethod
    def load(cls, path: Path) -> "SigningKeys":
        """Read the key file. Raises: BadSigningKey with what was expected, never with the content."""
        try:
            found = orjson.loads(path.read_bytes())
            keys = [OKPKey.import_key(_named(key)) for key in found.get("keys", [found])]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
            raise BadSigningKey(f"{path}: expected an Ed25519 private JWK, or a set of them") from error
        if not keys or not all(key.kid and key.is_private and key.curve_name == "Ed25519" for key in keys):
            raise BadSigningKey(f"{path}: expected Ed25519 private keys, each with a kid")
        return cls(KeySet([*keys]))

    @classmethod
    def fresh(cls) -> "SigningKeys":
        """A key that nobody else has: for documents and tests."""
        return cls(KeySet([OKPKey.generate_key("Ed25519", {"kid": "fresh"}, private=True)]))

    @property
    def signing(self) -> OKPKey:
        key = self.keys.keys[0]
        assert isinstance(key, OKPKey)
        return key

    def public(self) -> dict[str, Any]:
        """The JWK set for whoever verifies."""
        return dict(self.keys.as_dict(private=False))

    def mint(self, caller: Caller, audience: str, seconds: int) -> str:
        """A token for this audience."""
        return mint(self.signing, caller, audience, seconds, now())


def _named(key: dict[str, Any]) -> dict[str, Any]:
    """The key, for the one algorithm we use, whichever of its two names (RFC 8037, RFC 9864) the file has."""
    return {**{name: value for name, value in key.items() if name != "key_ops"}, "use": "sig", "alg": ALGORITHM}


@dataclass(slots=True)
class Known:
    """A caller whose token was checked, with the internal tokens made for them: by service, good until."""

    caller: Caller
    roles: frozenset[str]
    minted: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    checked_at: float = 0.0


class Tokens:
    """Outside tokens in, internal tokens out; a hop of a caller who is known costs no signature."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys
        self._verifier = TokenVerifier(OwnKeys(keys.keys), OUTSIDE)
        self._known: OrderedDict[bytes, Known] = OrderedDict()

    async def caller(self, authorization: bytes) -> Known:
        """Who holds this bearer token. Raises: Refusals of Unauthenticated."""
        known = self._known.get(authorization)
        moment = time.monotonic()
        if known is not None and moment - known.checked_at < 1.0:
            return known
        # Expiry is looked at again each second; the signature only once, which the verifier remembers.
        caller = await self._verifier.verify(authorization.decode("latin-1") if authorization else None)
        if known is None:
            known = self._known[authorization] = Known(caller, caller.role_names())
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        known.checked_at = moment
        return known

    def internal(self, known: Known, service: str) -> bytes:
        """The `Authorization` value that `service` accepts for this caller."""
        moment = time.monotonic()
        minted = known.minted.get(service)
        if minted is not None and minted[0] > moment:
            return minted[1]
        value = b"Bearer " + self._keys.mint(known.caller, service, INTERNAL_SECONDS).encode()
        known.minted[service] = (moment + _RENEW_SECONDS, value)
        return value

"""Identity providers: the districts' own OpenID Connect providers, as a client sees them (OpenID Connect Core 1.0)."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from kit.http import Answer, Door
from services.gateway.domain.districts import Provider
from services.gateway.domain.oauth import OAuthRefusal, challenge_of
from services.gateway.secret_box import SecretBox

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
_LEEWAY_SECONDS = 60
_KEPT_SECONDS = 300.0
_RENEWED_SECONDS = 10.0
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself, with its keys."""

    authorization_endpoint: str
    token_endpoint: str
    takes_posted_secret: bool
    names_itself: bool
    """Whether its answers carry `iss` (RFC 9207)."""
    keys: KeySet
    read_at: float


@dataclass(slots=True)
class Providers:
    """Talks to providers; what they say of themselves is kept for a few minutes."""

    box: SecretBox
    redirect_uri: str
    door_to: Callable[[str], Door] = lambda origin: Door(origin, peer="identity-provider")
    _metadata: dict[str, Metadata] = field(default_factory=dict)
    _doors: dict[str, Door] = field(default_factory=dict)

    async def authorize_url(self, provider: Provider, state: str, nonce: str, verifier: str, district_id: str) -> str:
        """Where the person signs in: code flow with state, nonce and PKCE of our own."""
        metadata = await self._described(provider)
        query = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            "district": district_id,
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"

    async def who(self, provider: Provider, came: Mapping[str, str], nonce: str, verifier: str) -> str:
        """The subject of the ID token that this authorization answer brings.

        Raises: OAuthRefusal when anything does not fit; Refusals of PeerUnavailable.
        """
        metadata = await self._described(provider)
        # Before the code is shown to anybody: it may be another provider's (the mix-up attack of RFC 9207).
        named = came.get("iss", provider.issuer if not metadata.names_itself else "")
        if named != provider.issuer:
            raise OAuthRefusal("access_denied", "the answer comes from another provider than was asked")
        if "error" in came or not came.get("code"):
            raise OAuthRefusal("access_denied", "the district's sign-in was not completed; start again")
        answer = await self._tokens(provider, metadata, came["code"], verifier)
        claims = await self._claims(provider, metadata, str(answer.get("id_token", "")))
        check_claims(claims, provider, nonce)
        return subject_of(claims, provider)

    async def close(self) -> None:
        """Close every door."""
        await asyncio.gather(*(door.close() for door in self._doors.values()))

    async def _tokens(self, provider: Provider, metadata: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": provider.client_id,
            "code_verifier": verifier,
        }
        headers = dict(_FORM)
        if provider.secret_box:
            secret = self.box.unlock(provider.secret_box)
            if metadata.takes_posted_secret:
                form["client_secret"] = secret
            else:
                headers["authorization"] = _basic(provider.client_id, secret)
        door, path = self._door(metadata.token_endpoint)
        answer = await door.call("POST", path, content=urlencode(form).encode(), headers=headers)
        if answer.status != 200:
            raise OAuthRefusal("access_denied", "the district's sign-in did not accept the code")
        return _object(answer)

    async def _claims(self, provider: Provider, metadata: Metadata, token: str) -> Mapping[str, Any]:
        try:
            return _verified(token, metadata.keys)
        except InvalidKeyIdError:
            # The provider has a new key since we looked.
            renewed = await self._described(provider, _RENEWED_SECONDS)
        except (JoseError, ValueError) as error:
            raise _unsigned() from error
        try:
            return _verified(token, renewed.keys)
        except (JoseError, ValueError) as error:
            raise _unsigned() from error

    async def _described(self, provider: Provider, kept_seconds: float = _KEPT_SECONDS) -> Metadata:
        known = self._metadata.get(provider.issuer)
        if known is not None and time.monotonic() - known.read_at < kept_seconds:
            return known
        described = await self._read(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if described.get("issuer") != provider.issuer:
            raise OAuthRefusal("access_denied", "the provider calls itself by another name")
        keys = await self._read(_address(described, "jwks_uri", provider))
        methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        metadata = self._metadata[provider.issuer] = Metadata(
            authorization_endpoint=_address(described, "authorization_endpoint", provider),
            token_endpoint=_address(described, "token_endpoint", provider),
            takes_posted_secret="client_secret_post" in methods,
            names_itself=described.get("authorization_response_iss_parameter_supported") is True,
            keys=readable_keys(keys),
            read_at=time.monotonic(),
        )
        return metadata

    async def _read(self, url: str) -> Mapping[str, Any]:
        door, path = self._door(url)
        answer = await door.get(path)
        if answer.status != 200:
            raise _unexpected()
        return _object(answer)

    def _door(self, url: str) -> tuple[Door, str]:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._doors:
            self._doors[origin] = self.door_to(origin)
        return self._doors[origin], url.removeprefix(origin) or "/"


def check_claims(claims: Mapping[str, Any], provider: Provider, nonce: str) -> None:
    """ID token validation as OpenID Connect Core, section 3.1.3.7, asks. Raises: OAuthRefusal."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    moment = time.time()
    fits = (
        claims.get("iss") == provider.issuer
        and provider.client_id in audiences
        and claims.get("azp", provider.client_id if len(audiences) == 1 else None) == provider.client_id
        and claims.get("nonce") == nonce
        and isinstance(claims.get("exp"), int)
        and claims["exp"] > moment - _LEEWAY_SECONDS
        and isinstance(claims.get("iat"), int)
        and claims["iat"] < moment + _LEEWAY_SECONDS
    )
    if not fits:
        raise OAuthRefusal("access_denied", "the provider's token was made for another sign-in")


def subject_of(claims: Mapping[str, Any], provider: Provider) -> str:
    """The claim that says who signed in. Raises: OAuthRefusal."""
    subject = claims.get(provider.subject)
    if not isinstance(subject, str) or not subject:
        raise OAuthRefusal("access_denied", "the provider does not say who signed in")
    if provider.subject == "email" and claims.get("email_verified", True) not in (True, "true"):
        raise OAuthRefusal("access_denied", "the provider has not verified this address")
    return subject


def readable_keys(published: Mapping[str, Any]) -> KeySet:
    """The signing keys that we can read; the others of a set are passed over (RFC 7517, section 5).

    Symmetric keys never count: whoever reads them could sign. Raises: OAuthRefusal when there is none.
    """
    keys = [key for entry in published.get("keys", ()) if (key := _key(entry)) is not None]
    if not keys:
        raise _unexpected()
    return KeySet(keys)


def _key(entry: Any) -> Key | None:
    try:
        if entry.get("kty") not in ("RSA", "EC", "OKP") or entry.get("use", "sig") != "sig":
            return None
        return JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        return None


def _verified(token: str, keys: KeySet) -> Mapping[str, Any]:
    return jwt.decode(token, keys, algorithms=ALGORITHMS).claims


def _basic(client_id: str, secret: str) -> str:
    """HTTP Basic as RFC 6749, section 2.3.1, has it: both halves form-encoded first."""
    return "Basic " + b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()


def _address(described: Mapping[str, Any], name: str, provider: Provider) -> str:
    """An address of the provider; one of an https issuer is never reached, or redirected to, by another scheme."""
    address = described.get(name)
    if not isinstance(address, str) or not address.startswith(f"{urlsplit(provider.issuer).scheme}://"):
        raise _unexpected()
    return address


def _object(answer: Answer) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise _unexpected() from error
    if not isinstance(found, dict):
        raise _unexpected()
    return found


def _unexpected() -> OAuthRefusal:
    return OAuthRefusal("temporarily_unavailable", "the district's sign-in does not answer as expected", 503)


def _unsigned() -> OAuthRefusal:
    return OAuthRefusal("access_denied", "the provider's token is not signed as expected")

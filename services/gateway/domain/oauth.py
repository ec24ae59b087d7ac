"""OAuth 2.1: what a client may ask for, and what makes a code or a refresh token good (RFC 6749, 7636, 9700)."""

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Self
from urllib.parse import urlencode

CODE_LIFE = timedelta(seconds=60)
SIGN_IN_LIFE = timedelta(minutes=10)
PAGES = "trellis"
"""The client id of the first-party pages: public, bound by redirect address and PKCE."""
WEB = "trellis-web"
"""The client id of the pages' server: confidential. Its refresh token stays the same until its end, since the requests
of one browser come at once and each may have to renew (OAuth 2.1 asks for rotation of public clients alone)."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# A whole match, never a parse: what a parser takes for the host and what a browser does have differed before.
_LOOPBACK = re.compile(
    r"http://(?:127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?"
)
_MOST_STATE = 1_024


class OAuthRefusal(Exception):
    """A refusal in OAuth's own words: `error` is one of RFC 6749's codes.

    `back_to` is the client's redirect address and state, once that address is known to be the client's.
    """

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status
        self.back_to: tuple[str, str] | None = None

    def towards(self, redirect_uri: str, state: str) -> Self:
        """The same, to be told to the client at this address (RFC 6749, section 4.1.2.1)."""
        self.back_to = redirect_uri, state
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks for tokens: the first-party pages, or an app."""

    client_id: str
    district_id: str | None
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    loopback: bool = False
    """Whether any port of this machine will do as a redirect (RFC 8252, section 7.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An authorization request as it came."""

    response_type: str
    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str
    code_challenge_method: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in under way: what the client asked for, and our own half of the talk with the provider."""

    sign_in_id: str
    version: int
    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str
    scopes: tuple[str, ...]
    nonce: str
    verifier: str
    browser_hash: str | None
    """Which browser began it, as a hash of its cookie; None at the built-in provider, which believes everybody."""
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person let a client do, from sign-in until it is revoked: one code, then a chain of refresh tokens.

    Each is good once; one that comes twice ends the whole grant, because somebody else has a copy.
    """

    grant_id: str
    version: int
    person_id: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    scopes: tuple[str, ...]
    code_hash: str
    code_expires_at: datetime
    code_used: bool
    refresh_hash: str | None
    spent_hashes: tuple[str, ...]
    expires_at: datetime
    revoked: bool = False
    role: str | None = None
    """The one role that the grant stands for, whatever else its person is or becomes; None: all that they are."""


def check_redirect(client: Client, redirect_uri: str) -> None:
    """An unknown redirect address is never redirected to. Raises: OAuthRefusal."""
    if redirect_uri in client.redirect_uris or (client.loopback and _LOOPBACK.fullmatch(redirect_uri)):
        return
    raise OAuthRefusal("invalid_request", "redirect_uri is not registered for this client")


def redirect_with(redirect_uri: str, answer: dict[str, str]) -> str:
    """The client's address with an authorization answer in its query."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}"


def check_asked(client: Client, asked: Asked) -> tuple[str, ...]:
    """The scopes that are granted. Raises: OAuthRefusal for anything but code with PKCE S256 and known scopes."""
    if asked.response_type != "code":
        raise OAuthRefusal("unsupported_response_type", "expected response_type=code")
    if len(asked.state) > _MOST_STATE:
        raise OAuthRefusal("invalid_request", f"state is longer than {_MOST_STATE} characters")
    if asked.code_challenge_method != "S256" or not _CHALLENGE.fullmatch(asked.code_challenge):
        raise OAuthRefusal("invalid_request", "expected a code_challenge with code_challenge_method=S256")
    scopes = tuple(sorted(set(asked.scope.split()))) or tuple(sorted(client.scopes))
    if not client.scopes.issuperset(scopes):
        raise OAuthRefusal("invalid_scope", "the client may not ask for all of these scopes")
    return scopes


def redeem(grant: Grant, client_id: str, redirect_uri: str, verifier: str, now: datetime) -> None:
    """Whether this code may become tokens now. Raises: OAuthRefusal."""
    fits = (
        grant.client_id == client_id
        and grant.redirect_uri == redirect_uri
        and not grant.code_used
        and not grant.revoked
        and now < grant.code_expires_at
        and _VERIFIER.fullmatch(verifier) is not None
        and compare_digest(challenge_of(verifier), grant.code_challenge)
    )
    if not fits:
        raise OAuthRefusal("invalid_grant", "the code is used, expired, or was made for another request")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def hash_of(secret: str) -> str:
    """What is kept of a code or refresh token: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

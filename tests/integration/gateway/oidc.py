"""A district's OpenID Connect provider over HTTP: it signs in whom the test says, and misbehaves as the test says."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import Key, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from services.gateway.domain.oauth import challenge_of

CLIENT_ID, CLIENT_SECRET = "trellis at oak", "provider secret: 50% + more"


@cache
def rsa_key(kid: str) -> RSAKey:
    """One key per id for all tests: making them takes its time."""
    return RSAKey.generate_key(2048, {"kid": kid})


@dataclass
class OidcProvider:
    """Its page asks nobody: it answers at once, as the person in `claims`. `twist` changes a token just before it is
    signed; `sign` signs it.
    """

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    twist: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    key: Key = field(default_factory=lambda: rsa_key("published"))
    published: Key | None = None
    sign: Callable[["OidcProvider", dict[str, Any]], str] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/keys", self.keys),
                Route("/sign-in", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def describe(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/sign-in",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.metadata,
            }
        )

    async def keys(self, _request: Request) -> Response:
        published = KeySet([self.published or self.key]).as_dict(private=False)
        strange = [{"kty": "oct", "kid": "shared", "k": "AAAA"}, {"kty": "AKP", "kid": "new"}, {"kty": "RSA", "n": "?"}]
        return JSONResponse({"keys": [*strange, *published["keys"]]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        answer = {"code": f"code-{len(self.asked)}", "state": asked["state"], **self.answer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.redeemed.append(form)
        self.secrets.append(request.headers.get("authorization", form.get("client_secret", "")))
        asked = self.asked[int(form["code"].removeprefix("code-")) - 1]
        if challenge_of(form["code_verifier"]) != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        moment = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "nonce": asked["nonce"], "iat": moment, "exp": moment + 300}
        told = {name: value for name, value in {**claims, **self.claims, **self.twist}.items() if value is not None}
        id_token = (self.sign or signed)(self, told)
        return JSONResponse({"id_token": id_token, "access_token": "x", "token_type": "Bearer"})


def signed(provider: OidcProvider, claims: dict[str, Any]) -> str:
    """As it should be."""
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key, algorithms=["RS256"])


def signed_with_a_stranger(provider: OidcProvider, claims: dict[str, Any]) -> str:
    """By a key that the provider never published, under the id of one that it did."""
    head = {"alg": "RS256", "kid": provider.key.kid}
    return jwt.encode(head, claims, rsa_key("stranger"), algorithms=["RS256"])

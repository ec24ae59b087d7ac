"""The built-in provider's addresses: a page with sample people per role, and the code flow behind it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kit.auth import ALGORITHM
from services.gateway.domain.oauth import OAuthRefusal, challenge_of, redirect_with
from services.gateway.people_door import PeopleDoor
from services.gateway.provider import BUILT_IN_CLIENT, PATH, built_in_issuer
from services.gateway.reading import page
from services.gateway.routes.forms import read_form
from services.gateway.routes.oauth import NO_STORE, plain
from services.gateway.tokens import SigningKeys

ROLES = ("learner", "educator", "administrator", "guardian", "partner")
CODE_SECONDS, TOKEN_SECONDS = 60, 300
_CODE = "code"


class Provider:
    """A real, if trusting, OpenID provider: it asks who you are and believes you."""

    def __init__(
        self, public_url: str, keys: SigningKeys, people: PeopleDoor, page_redirects: Sequence[str] = ()
    ) -> None:
        self.issuer = built_in_issuer(public_url)
        self._redirect_uri = f"{public_url}/oauth/callback"
        self._keys = keys
        self._people = people
        self._headers = NO_STORE | {"content-security-policy": _policy(page_redirects)}

    def routes(self) -> list[Route]:
        """Discovery, keys, the sign-in page, and the token address."""
        return [
            Route(f"{PATH}/.well-known/openid-configuration", plain(self.describe, self.issuer), methods=["GET"]),
            Route(f"{PATH}/jwks", plain(self.jwks, self.issuer), methods=["GET"]),
            Route(f"{PATH}/authorize", plain(self.authorize, self.issuer), methods=["GET", "POST"]),
            Route(f"{PATH}/token", plain(self.token, self.issuer), methods=["POST"]),
        ]

    async def describe(self, _request: Request) -> Response:
        """OpenID Connect Discovery 1.0."""
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def jwks(self, _request: Request) -> Response:
        """The keys that its tokens are signed with."""
        return JSONResponse(self._keys.public())

    async def authorize(self, request: Request) -> Response:
        """The page, and where its form goes."""
        return await (self.sign_in(request) if request.method == "POST" else self.page(request))

    async def page(self, request: Request) -> Response:
        """Who would you like to be? Sample people, by role."""
        asked = request.query_params
        district_id = asked.get("district", "")
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items()
        )
        found = await asyncio.gather(*(self._people.samples(district_id, role) for role in ROLES))
        parts = "".join(_people_of(role, people) for role, people in zip(ROLES, found, strict=True))
        form = f'<form method="post" action="{PATH}/authorize">{hidden}{parts}</form>'
        return HTMLResponse(page("Development sign-in", _TOLD + form), headers=self._headers)

    async def sign_in(self, request: Request) -> Response:
        """Believe it, and go back with a code."""
        form = await read_form(request)
        if form.get("redirect_uri") != self._redirect_uri or form.get("client_id") != BUILT_IN_CLIENT:
            raise OAuthRefusal("invalid_request", "the built-in provider serves this gateway alone")
        claims = {
            "aud": _CODE,
            "sub": form.get("person_id", ""),
            "nonce": form.get("nonce", ""),
            "challenge": form.get("code_challenge", ""),
        }
        answer = {"code": self._sign(claims, CODE_SECONDS), "state": form.get("state", ""), "iss": self.issuer}
        return RedirectResponse(redirect_with(self._redirect_uri, answer), 303, headers=NO_STORE)

    async def token(self, request: Request) -> Response:
        """An ID token for a code whose verifier fits."""
        form = await read_form(request)
        claims = self._read(form.get("code", ""))
        if challenge_of(form.get("code_verifier", "")) != claims["challenge"] or not claims["sub"]:
            raise OAuthRefusal("invalid_grant", "the code was made for another request")
        told = {"aud": BUILT_IN_CLIENT, "sub": claims["sub"], "nonce": claims["nonce"]}
        answer = {"id_token": self._sign(told, TOKEN_SECONDS), "token_type": "Bearer", "access_token": "none"}
        return JSONResponse(answer, headers=NO_STORE)

    def _sign(self, claims: dict[str, Any], seconds: int) -> str:
        moment = int(time.time())
        stamped = {**claims, "iss": self.issuer, "iat": moment, "exp": moment + seconds}
        key = self._keys.signing
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, stamped, key, algorithms=[ALGORITHM])

    def _read(self, code: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(code, self._keys.keys, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise OAuthRefusal("invalid_grant", "the code is none of ours") from error
        if claims.get("aud") != _CODE or claims.get("iss") != self.issuer or claims["exp"] < time.time():
            raise OAuthRefusal("invalid_grant", "the code has run out")
        return dict(claims)


def _people_of(role: str, people: Sequence[Mapping[str, str]]) -> str:
    return f"<h2>{role}</h2>{''.join(map(_button, people)) or '<p>Nobody yet.</p>'}"


def _button(person: Mapping[str, str]) -> str:
    person_id, name, username = (escape(person.get(key, "")) for key in ("person_id", "name", "username"))
    return f'<p><button name="person_id" value="{person_id}">{name}</button> {username}</p>'


def _policy(page_redirects: Sequence[str]) -> str:
    """The page's content security policy. Browsers hold a form to it through all redirects that follow, so that the
    clients' own addresses must be in it too.
    """
    origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, page_redirects)}
    allowed = " ".join(["'self'", "https:", "http://127.0.0.1:*", "http://localhost:*", *sorted(origins)])
    return f"default-src 'none'; style-src 'self'; form-action {allowed}; base-uri 'none'; frame-ancestors 'none'"


_TOLD = (
    "<h1>Who would you like to be?</h1>"
    "<p>This sign-in believes everybody. It is switched on for demo and development alone.</p>"
)

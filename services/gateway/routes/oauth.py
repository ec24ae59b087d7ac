"""OAuth over HTTP: the addresses that hand out tokens, open to everybody, counted by address."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import unquote

from pymongo.errors import PyMongoError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kit.mongo import StoreUnavailable
from kit.refusals import Refusals, refuse
from services.gateway.domain.oauth import Asked, OAuthRefusal, redirect_with
from services.gateway.granting import Granting, fresh_secret, in_oauth
from services.gateway.reading import PAGE_HEADERS, page
from services.gateway.routes.forms import read_form
from services.gateway.tokens import Tokens

Handler = Callable[[Request], Awaitable[Response]]
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
_COOKIE_SECONDS = 600
_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
_PERSON_SEES = frozenset({"/oauth/authorize", "/oauth/callback", "/dev/provider/authorize"})


def oauth_routes(granting: Granting, tokens: Tokens) -> list[Route]:
    """`/oauth/authorize`, `/oauth/callback`, `/oauth/token`, `/oauth/revoke`, `/oauth/introspect`."""
    desk = OAuthDesk(granting, tokens)
    issuer = granting.settings.public_url
    return [
        Route("/oauth/authorize", plain(desk.authorize, issuer), methods=["GET"]),
        Route("/oauth/callback", plain(desk.callback, issuer), methods=["GET"]),
        Route("/oauth/token", plain(desk.token, issuer), methods=["POST"]),
        Route("/oauth/revoke", plain(desk.revoke, issuer), methods=["POST"]),
        Route("/oauth/introspect", plain(desk.introspect, issuer), methods=["POST"]),
    ]


def plain(handler: Handler, issuer: str) -> Handler:
    """Refusals in OAuth's own form (RFC 6749, sections 4.1.2.1 and 5.2)."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except OAuthRefusal as refused:
            return _refusal(request, refused, issuer)
        except Refusals as refused:
            return _refusal(request, in_oauth(refused), issuer)
        except PyMongoError:
            return _refusal(request, in_oauth(refuse(StoreUnavailable())), issuer)

    return answered


class OAuthDesk:
    """Reads what comes, asks the issuer, writes what goes."""

    def __init__(self, granting: Granting, tokens: Tokens) -> None:
        self._granting = granting
        self._tokens = tokens
        self._secure = granting.settings.public_url.startswith("https://")
        # With `__Host-` no neighbouring host can set it; browsers take that name over https alone.
        self._cookie = "__Host-trellis-sign-in" if self._secure else "trellis-sign-in"

    async def authorize(self, request: Request) -> Response:
        """Send the person to the district's provider."""
        given = _query(request)
        asked = Asked(
            response_type=given.get("response_type", ""),
            client_id=given.get("client_id", ""),
            redirect_uri=given.get("redirect_uri", ""),
            state=given.get("state", ""),
            code_challenge=given.get("code_challenge", ""),
            code_challenge_method=given.get("code_challenge_method", ""),
            scope=given.get("scope", ""),
        )
        browser = self._browser(request) or fresh_secret()
        answer = _redirect(await self._granting.begin(asked, given.get("district", ""), browser))
        answer.set_cookie(
            self._cookie, browser, _COOKIE_SECONDS, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
        return answer

    async def callback(self, request: Request) -> Response:
        """The provider sends the person back; the client gets its code."""
        given = _query(request)
        return _redirect(await self._granting.come_back(given.get("state", ""), given, self._browser(request)))

    async def token(self, request: Request) -> Response:
        """Tokens for a code, a refresh token, a sign-in link, or a client's own secret."""
        form = await read_form(request)
        client_id, secret = _client(request, form)
        match form.get("grant_type"):
            case "authorization_code":
                await self._granting.clients.check(client_id, secret)
                answer = await self._granting.redeem(
                    form.get("code", ""), client_id, form.get("redirect_uri", ""), form.get("code_verifier", "")
                )
            case "refresh_token":
                await self._granting.clients.check(client_id, secret)
                answer = await self._granting.refresh(form.get("refresh_token", ""), client_id)
            case "urn:trellis:sign-in-link":
                await self._granting.clients.check(client_id, secret)
                answer = await self._granting.redeem_link(form.get("link_token", ""), client_id)
            case "client_credentials":
                answer = await self._granting.for_client(
                    client_id, secret, form.get("scope", ""), form.get("district", "")
                )
            case _:
                expected = "authorization_code, refresh_token, client_credentials or urn:trellis:sign-in-link"
                raise OAuthRefusal("unsupported_grant_type", f"expected {expected}")
        return JSONResponse(answer, headers=NO_STORE)

    async def revoke(self, request: Request) -> Response:
        """End a refresh token's grant; unknown ones are answered alike (RFC 7009)."""
        form = await read_form(request)
        await self._granting.end(form.get("token", ""))
        return Response(status_code=200, headers=NO_STORE)

    async def introspect(self, request: Request) -> Response:
        """Whether an access token is good, for a client that shows its own secret (RFC 7662).

        An app hears of its own district's tokens alone.
        """
        form = await read_form(request)
        asker = await self._granting.clients.proven(*_client(request, form), "")
        try:
            known = await self._tokens.caller(f"Bearer {form.get('token', '')}".encode())
        except Refusals:
            return JSONResponse({"active": False}, headers=NO_STORE)
        caller = known.caller
        if asker.kind == "app" and asker.district_id != caller.district_id:
            return JSONResponse({"active": False}, headers=NO_STORE)
        told = {"active": True, "sub": caller.caller_id, "scope": " ".join(sorted(caller.scopes))}
        return JSONResponse(told, headers=NO_STORE)

    def _browser(self, request: Request) -> str:
        """The secret in this browser's cookie; empty where there is none of ours."""
        held = request.cookies.get(self._cookie, "")
        return held if _BROWSER.fullmatch(held) else ""


def _query(request: Request) -> dict[str, str]:
    """The query's parameters. Raises: OAuthRefusal when one comes twice (RFC 6749, section 3.1)."""
    given = request.query_params.multi_items()
    fields = dict(given)
    if len(fields) != len(given):
        raise OAuthRefusal("invalid_request", "a parameter came twice")
    return fields


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """The client's id and secret, from HTTP Basic or from the form."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise OAuthRefusal("invalid_client", "the Basic credentials cannot be read", 401) from error
    return unquote(client_id), unquote(secret)


def _redirect(address: str) -> RedirectResponse:
    return RedirectResponse(address, 302, headers=NO_STORE)


def _refusal(request: Request, refused: OAuthRefusal, issuer: str) -> Response:
    told: dict[str, Any] = {"error": refused.error, "error_description": refused.description}
    if refused.back_to is not None:
        redirect_uri, state = refused.back_to
        return _redirect(redirect_with(redirect_uri, {**told, "state": state, "iss": issuer}))
    if request.url.path in _PERSON_SEES and "text/html" in request.headers.get("accept", ""):
        body = f"<h1>Sign-in did not work</h1><p>{escape(refused.description)}</p>"
        return HTMLResponse(page("Sign-in", body), refused.status, headers={**PAGE_HEADERS, **NO_STORE})
    headers = NO_STORE | ({"www-authenticate": 'Basic realm="trellis"'} if refused.status == 401 else {})
    return JSONResponse(told, refused.status, headers=headers)

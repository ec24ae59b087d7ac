"""Clients: who may ask for tokens, and whether they are who they say."""

import asyncio
from dataclasses import dataclass, field
from hmac import compare_digest

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from kit.auth import Caller
from kit.mongo import Mongo
from services.gateway.domain.apps import App
from services.gateway.domain.oauth import PAGES, WEB, Client, OAuthRefusal
from services.gateway.settings import GatewaySettings, split
from services.gateway.store.finding import app_called, district_named

OPERATOR = "operator"
UNBOUND = "operators"
"""What stands in an operator's token where no district was named; no district has this id."""
ALL_SCOPES = frozenset({"*"})
OPERATOR_SCOPES = frozenset({"operations"})
_HASHES_AT_ONCE = 2
_hasher = PasswordHasher()


async def hash_secret(secret: str) -> str:
    """What is kept of an app's secret. Slow on purpose, so it runs beside the loop."""
    return await asyncio.to_thread(_hasher.hash, secret)


@dataclass(slots=True)
class Clients:
    """The first-party pages, the operator, and the apps that districts let in."""

    settings: GatewaySettings
    mongo: Mongo
    operator_secret: str
    web_secret: str | None = None
    """None: there are no pages behind this gateway."""
    _hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_HASHES_AT_ONCE))

    async def named(self, client_id: str) -> Client:
        """The client that sends a person here. Raises: OAuthRefusal."""
        if client_id == PAGES:
            redirects = tuple(split(self.settings.page_redirects))
            loopback = self.settings.dev_provider
            return Client(
                client_id=PAGES, district_id=None, redirect_uris=redirects, scopes=ALL_SCOPES, loopback=loopback
            )
        if client_id == WEB and self.web_secret is not None:
            back = (f"{self.settings.public_url}/signed-in",)
            return Client(client_id=WEB, district_id=None, redirect_uris=back, scopes=ALL_SCOPES)
        app = await app_called(self.mongo, client_id)
        if app is None or app.revoked_at is not None:
            raise OAuthRefusal("unauthorized_client", "this client is not registered")
        return Client(
            client_id=app.app_id,
            district_id=app.district_id,
            redirect_uris=app.redirect_uris,
            scopes=frozenset(app.scopes),
        )

    async def check(self, client_id: str, secret: str) -> None:
        """Whether this client may redeem what was granted to it: apps and the pages' server show their secret
        (RFC 6749, section 3.2.1), a revoked one has none, and first-party pages without a server are public.
        Raises: OAuthRefusal.
        """
        if client_id == WEB:
            if self.web_secret is None or not compare_digest(secret.encode(), self.web_secret.encode()):
                raise _unknown()
        elif client_id != PAGES:
            await self._app(client_id, secret)

    async def proven(self, client_id: str, secret: str, district: str) -> Caller:
        """The client itself as a caller. Raises: OAuthRefusal; Refusals of NoSuchDistrict."""
        if client_id == OPERATOR:
            return await self._operator(secret, district)
        app = await self._app(client_id, secret)
        return Caller(app.app_id, "app", app.district_id, (), frozenset(app.scopes))

    async def _operator(self, secret: str, district: str) -> Caller:
        if not compare_digest(secret.encode(), self.operator_secret.encode()):
            raise _unknown()
        district_id = (await district_named(self.mongo, district)).district_id if district else UNBOUND
        return Caller(OPERATOR, "operator", district_id, (), OPERATOR_SCOPES)

    async def _app(self, client_id: str, secret: str) -> App:
        app = await app_called(self.mongo, client_id)
        if app is None or app.revoked_at is not None or not await self._is_secret(app.secret_hash, secret):
            raise _unknown()
        return app

    async def _is_secret(self, secret_hash: str, secret: str) -> bool:
        # A hash takes tens of milliseconds and 64 MiB: a few at once, and never on the loop that everybody shares.
        async with self._hashing:
            return await asyncio.to_thread(_verify, secret_hash, secret)


def _verify(secret_hash: str, secret: str) -> bool:
    try:
        return _hasher.verify(secret_hash, secret)
    except Argon2Error:
        return False


def _unknown() -> OAuthRefusal:
    return OAuthRefusal("invalid_client", "unknown client or wrong secret", 401)

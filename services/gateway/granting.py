"""Granting: how a sign-in, a refresh token or a client's own secret becomes an access token."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contracts.people import Role
from kit.auth import Caller
from kit.clock import now
from kit.edge import Store
from kit.ids import new_id
from kit.refusals import Refusals
from kit.tracing import current_trace
from services.gateway.actions.sign_in import BeginSignIn, MakeGrant, TakeSignIn, begin_sign_in, make_grant, take_sign_in
from services.gateway.actions.sign_in_by_link import UseSignInLink, use_sign_in_link
from services.gateway.actions.use_grant import (
    EndGrant,
    RedeemCode,
    RotateRefresh,
    Used,
    end_grant,
    redeem_code,
    rotate_refresh,
)
from services.gateway.clients import ALL_SCOPES, Clients
from services.gateway.domain.districts import Provider
from services.gateway.domain.oauth import (
    CODE_LIFE,
    SIGN_IN_LIFE,
    WEB,
    Asked,
    Client,
    Grant,
    OAuthRefusal,
    SignIn,
    check_asked,
    check_redirect,
    hash_of,
    redirect_with,
)
from services.gateway.domain.sign_in_links import REDEEMERS, not_good
from services.gateway.identity_providers import Providers
from services.gateway.people_door import PeopleDoor, Person
from services.gateway.provider import BUILT_IN_CLIENT, built_in_issuer
from services.gateway.settings import GatewaySettings
from services.gateway.store.collections import GRANTS, SIGN_IN_LINKS
from services.gateway.store.finding import district_named
from services.gateway.tokens import OUTSIDE, SigningKeys


def fresh_secret() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Granting:
    """The issuer. A code, a state and a refresh token begin with their district and row, so that each is looked for in
    its own district alone: `<district_id>.<row_id>.<secret>`.
    """

    settings: GatewaySettings
    store: Store
    keys: SigningKeys
    clients: Clients
    providers: Providers
    people: PeopleDoor

    async def begin(self, asked: Asked, district_name: str, browser: str) -> str:
        """The address of the provider's sign-in page; `browser` is the secret that its cookie holds.

        Raises: OAuthRefusal, Refusals. Once the redirect address is known to be the client's, it is told there.
        """
        client = await self.clients.named(asked.client_id)
        check_redirect(client, asked.redirect_uri)
        try:
            return await self._begun(client, asked, district_name, browser)
        except OAuthRefusal as refused:
            raise refused.towards(asked.redirect_uri, asked.state) from refused
        except Refusals as refused:
            raise in_oauth(refused).towards(asked.redirect_uri, asked.state) from refused

    async def come_back(self, state: str, came: dict[str, str], browser: str) -> str:
        """The client's address with a code for it, or with why there is none. Raises: OAuthRefusal, Refusals."""
        district_id, _, sign_in_id = state.partition(".")
        order = TakeSignIn(sign_in_id, hash_of(browser) if browser else None)
        sign_in: SignIn = await self._act(district_id, take_sign_in, order)
        try:
            code = await self._code(district_id, sign_in, came)
        except OAuthRefusal as refused:
            raise refused.towards(sign_in.redirect_uri, sign_in.state) from refused
        except Refusals as refused:
            raise in_oauth(refused).towards(sign_in.redirect_uri, sign_in.state) from refused
        return redirect_with(
            sign_in.redirect_uri, {"code": code, "state": sign_in.state, "iss": self.settings.public_url}
        )

    async def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Tokens for a code. Raises: OAuthRefusal."""
        district_id, grant_id, secret = parts_of(code)
        person = await self._person(district_id, grant_id)
        following = fresh_secret()
        order = RedeemCode(grant_id, secret, client_id, redirect_uri, verifier, following)
        return self._answer(district_id, person, await self._act(district_id, redeem_code, order), following)

    async def refresh(self, token: str, client_id: str) -> dict[str, Any]:
        """The next tokens for a refresh token, with the person's roles of today. Raises: OAuthRefusal."""
        district_id, grant_id, secret = parts_of(token)
        person = await self._person(district_id, grant_id)
        following = None if client_id == WEB else fresh_secret()
        order = RotateRefresh(grant_id, secret, client_id, following)
        used = await self._act(district_id, rotate_refresh, order)
        return self._answer(district_id, person, used, following or secret)

    async def redeem_link(self, token: str, client_id: str) -> dict[str, Any]:
        """Tokens for a partner contact's sign-in link. Raises: OAuthRefusal, alike for every link that is not good."""
        if client_id not in REDEEMERS:
            raise OAuthRefusal("unauthorized_client", "this client may not redeem sign-in links")
        try:
            district_id, person_id, secret = parts_of(token)
        except OAuthRefusal as refused:
            raise not_good() from refused
        if await self.store.reader(district_id)[SIGN_IN_LINKS].one({"_id": person_id}, ["_id"]) is None:
            raise not_good()
        person = await self._contact(district_id, person_id)
        following = fresh_secret()
        grant = self._grant_by_link(person, client_id, following)
        used = Used(await self._act(district_id, use_sign_in_link, UseSignInLink(secret, grant)))
        return self._answer(district_id, person, used, following)

    async def end(self, token: str) -> None:
        """Revoke a refresh token's grant."""
        try:
            district_id, grant_id, secret = parts_of(token)
        except OAuthRefusal:
            return
        await self._act(district_id, end_grant, EndGrant(grant_id, secret))

    async def for_client(self, client_id: str, secret: str, scope: str, district: str) -> dict[str, Any]:
        """A token for an app itself, or for an operator. Raises: OAuthRefusal."""
        caller = await self.clients.proven(client_id, secret, district)
        wanted = frozenset(scope.split()) or caller.scopes
        if not wanted <= caller.scopes:
            raise OAuthRefusal("invalid_scope", "the client may not ask for all of these scopes")
        return self._tokens(Caller(caller.caller_id, caller.kind, caller.district_id, (), wanted))

    async def _begun(self, client: Client, asked: Asked, district_name: str, browser: str) -> str:
        district = await district_named(self.store.mongo, district_name)
        if client.district_id not in (None, district.district_id):
            raise OAuthRefusal("unauthorized_client", "the client belongs to another district")
        scopes = check_asked(client, asked)
        provider = self._provider(district.provider)
        sign_in = SignIn(
            sign_in_id=fresh_secret(),
            version=0,
            client_id=client.client_id,
            redirect_uri=asked.redirect_uri,
            state=asked.state,
            code_challenge=asked.code_challenge,
            scopes=scopes,
            nonce=fresh_secret(),
            verifier=fresh_secret(),
            browser_hash=hash_of(browser) if district.provider else None,
            expires_at=now() + SIGN_IN_LIFE,
        )
        district_id = district.district_id
        state = f"{district_id}.{sign_in.sign_in_id}"
        address = await self.providers.authorize_url(provider, state, sign_in.nonce, sign_in.verifier, district_id)
        await self._act(district_id, begin_sign_in, BeginSignIn(sign_in))
        return address

    async def _code(self, district_id: str, sign_in: SignIn, came: dict[str, str]) -> str:
        district = await district_named(self.store.mongo, district_id)
        provider = self._provider(district.provider)
        subject = await self.providers.who(provider, came, sign_in.nonce, sign_in.verifier)
        person = await self.people.find(district_id, provider.claim, subject)
        secret = fresh_secret()
        grant = self._grant(sign_in, person, secret)
        await self._act(district_id, make_grant, MakeGrant(grant))
        return f"{district_id}.{grant.grant_id}.{secret}"

    async def _person(self, district_id: str, grant_id: str) -> Person:
        """Whose grant this is. Asked for before anything is used up: while profile is away a code or refresh token
        stays good, in place of being lost with the answer. Raises: OAuthRefusal, Refusals.
        """
        row = await self.store.reader(district_id)[GRANTS].one({"_id": grant_id}, ["person_id"])
        if row is None:
            raise OAuthRefusal("invalid_grant", "the code or refresh token is unknown")
        try:
            return await self.people.find(district_id, "person_id", row["person_id"])
        except OAuthRefusal as refused:
            raise OAuthRefusal("invalid_grant", "the person is no longer on the roster") from refused

    def _provider(self, configured: Provider | None) -> Provider:
        if configured is not None:
            return configured
        if not self.settings.dev_provider:
            raise OAuthRefusal("access_denied", "the district has not set up its sign-in yet", 503)
        issuer = built_in_issuer(self.settings.public_url)
        return Provider(issuer=issuer, client_id=BUILT_IN_CLIENT, secret_box=None, subject="sub", claim="person_id")

    def _grant(self, sign_in: SignIn, person: Person, secret: str) -> Grant:
        moment = now()
        return Grant(
            grant_id=new_id("grant"),
            version=0,
            person_id=person.person_id,
            client_id=sign_in.client_id,
            redirect_uri=sign_in.redirect_uri,
            code_challenge=sign_in.code_challenge,
            scopes=sign_in.scopes,
            code_hash=hash_of(secret),
            code_expires_at=moment + CODE_LIFE,
            code_used=False,
            refresh_hash=None,
            spent_hashes=(),
            expires_at=moment + self._life(sign_in.client_id),
        )

    def _life(self, client_id: str) -> timedelta:
        settings = self.settings
        return (
            timedelta(hours=settings.web_session_hours) if client_id == WEB else timedelta(days=settings.refresh_days)
        )

    async def _contact(self, district_id: str, person_id: str) -> Person:
        """Who signs in by a link: as a partner's contact, and only while they are one. Raises: OAuthRefusal."""
        try:
            person = await self.people.find(district_id, "person_id", person_id)
        except OAuthRefusal as refused:
            raise (not_good() if refused.error == "access_denied" else refused) from refused
        if {held.role for held in person.roles} != {Role.PARTNER.value}:
            raise not_good()
        return person

    def _grant_by_link(self, person: Person, client_id: str, refresh: str) -> Grant:
        moment = now()
        return Grant(
            grant_id=new_id("grant"),
            version=0,
            person_id=person.person_id,
            client_id=client_id,
            redirect_uri="",
            code_challenge="",
            scopes=tuple(sorted(ALL_SCOPES)),
            code_hash=hash_of(fresh_secret()),
            code_expires_at=moment,
            code_used=True,
            refresh_hash=hash_of(refresh),
            spent_hashes=(),
            expires_at=moment + timedelta(days=self.settings.refresh_days),
            role=Role.PARTNER.value,
        )

    def _answer(self, district_id: str, person: Person, used: Used, following: str) -> dict[str, Any]:
        if used.grant is None:
            raise OAuthRefusal("invalid_grant", used.refusal or "not good")
        roles = tuple(held for held in person.roles if used.grant.role in (None, held.role))
        caller = Caller(person.person_id, "person", district_id, roles, frozenset(used.grant.scopes))
        refresh = f"{district_id}.{used.grant.grant_id}.{following}"
        granted = [{"role": held.role, "organisation_id": held.organisation_id} for held in roles]
        told = {"person_id": person.person_id, "district_id": district_id, "roles": granted}
        return {**self._tokens(caller), "refresh_token": refresh, **told}

    def _tokens(self, caller: Caller) -> dict[str, Any]:
        seconds = self.settings.access_seconds
        return {
            "access_token": self.keys.mint(caller, OUTSIDE, seconds),
            "token_type": "Bearer",
            "expires_in": seconds,
            "scope": " ".join(sorted(caller.scopes)),
        }

    async def _act(self, district_id: str, action: Any, order: Any) -> Any:
        return await self.store.transact(district_id, current_trace(), lambda tx: action(tx, order))


def parts_of(token: str) -> tuple[str, str, str]:
    """District, row and secret of a code or refresh token. Raises: OAuthRefusal when it has another form."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise OAuthRefusal("invalid_grant", "this is no token of ours")
    return parts[0], parts[1], parts[2]


def in_oauth(refused: Refusals) -> OAuthRefusal:
    """Any refusal in OAuth's own words."""
    status = refused.kind.status
    error = "temporarily_unavailable" if status == 503 else "invalid_request"
    return OAuthRefusal(error, refused.reasons[0].detail, status)

"""Signing in at a district's own OpenID Connect provider: what its tokens must be, and what is made of them."""

import time
from base64 import b64decode
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from deploy.local.mongo import Mongo
from kit.ids import new_id
from tests.integration.gateway.gate import PAGES_BACK, Flow, Gate, operator, parameters
from tests.integration.gateway.handmade import signed_with_what_is_public, unsigned
from tests.integration.gateway.oidc import (
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    signed_with_a_stranger,
)
from tests.integration.gateway.store import documents

EMAIL = "maya@oak.example"


async def district_of(gate: Gate, oidc: OidcProvider, **provider: Any) -> str:
    """A district that signs in at this provider, with one learner on its roster."""
    asked = {"issuer": oidc.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **provider}
    district_id = await gate.open_district(provider=asked)
    gate.profile.enrol(district_id, new_id("person"), "learner", email=EMAIL, username="maya", identifier="s-17")
    oidc.claims = {"sub": "subject-1", "email": EMAIL, "email_verified": True}
    return district_id


async def come_back(
    gate: Gate, district_id: str, flow: Flow, browser: httpx.AsyncClient | None = None
) -> httpx.Response:
    """The answer of the callback after a sign-in at the provider. `browser` makes the last step in another one."""
    async with httpx.AsyncClient(base_url=gate.url) as first:
        begun = await first.get("/oauth/authorize", params=flow.asked(district_id))
        at_provider = await first.get(begun.headers["location"])
        return await (browser or first).get(at_provider.headers["location"])


async def signed_in(gate: Gate, district_id: str) -> dict[str, Any]:
    flow = Flow(redirect_uri=PAGES_BACK)
    answer = parameters(await come_back(gate, district_id, flow))
    assert (answer["state"], answer["iss"]) == (flow.state, gate.url), answer
    tokens = await gate.form("/oauth/token", flow.redeeming(answer["code"]))
    assert tokens.status_code == 200, tokens.text
    return dict(tokens.json())


async def test_a_verified_address_signs_in_the_person_on_the_roster(gate: Gate, oidc: OidcProvider) -> None:
    district_id = await district_of(gate, oidc)
    tokens = await signed_in(gate, district_id)
    assert gate.profile.roster[district_id, "email", EMAIL]["person_id"] == tokens["person_id"]
    [asked], [redeemed] = oidc.asked, oidc.redeemed
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == redeemed["redirect_uri"] == f"{gate.url}/oauth/callback"


@pytest.mark.parametrize(
    ("subject", "claim", "value"), [("preferred_username", "username", "maya"), ("sid", "identifier", "s-17")]
)
async def test_a_district_says_which_claim_names_its_people(
    gate: Gate, oidc: OidcProvider, subject: str, claim: str, value: str
) -> None:
    district_id = await district_of(gate, oidc, subject=subject, claim=claim)
    oidc.claims[subject] = value
    assert (await signed_in(gate, district_id))["person_id"]


async def test_the_secret_travels_as_the_provider_takes_it(gate: Gate, oidc: OidcProvider) -> None:
    await signed_in(gate, await district_of(gate, oidc))
    assert oidc.secrets[-1].startswith("Basic ")
    assert b64decode(oidc.secrets[-1].removeprefix("Basic ")) == (
        b"trellis%20at%20oak:provider%20secret%3A%2050%25%20%2B%20more"
    )
    assert "client_secret" not in oidc.redeemed[-1]


async def test_a_provider_that_takes_posted_secrets_gets_it_so(gate: Gate, oidc: OidcProvider) -> None:
    oidc.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await signed_in(gate, await district_of(gate, oidc))
    assert oidc.secrets == [CLIENT_SECRET]


@pytest.mark.parametrize(
    "twist",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": CLIENT_ID, "azp": "another-client"},
        {"iss": "https://another.example"},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) + 36_000},
        {"email": None},
        {"email": ["maya@oak.example"]},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email": "stranger@oak.example"},
    ],
    ids=str,
)
async def test_a_token_that_does_not_fit_signs_nobody_in(gate: Gate, oidc: OidcProvider, twist: dict[str, Any]) -> None:
    district_id = await district_of(gate, oidc)
    oidc.twist = twist
    answer = await come_back(gate, district_id, Flow(redirect_uri=PAGES_BACK))
    told = parameters(answer)
    assert told["error"] == "access_denied"
    assert "code" not in told
    assert "oak.example" not in told["error_description"]


def without_a_signature(provider: OidcProvider, claims: dict[str, Any]) -> str:
    return unsigned({"kid": provider.key.kid}, claims)


def with_the_published_key_as_a_secret(provider: OidcProvider, claims: dict[str, Any]) -> str:
    assert isinstance(provider.key, RSAKey)
    return signed_with_what_is_public({"kid": provider.key.kid}, claims, provider.key.as_pem(private=False))


def with_a_weaker_hash(provider: OidcProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS512", "kid": provider.key.kid}, claims, provider.key, algorithms=["RS512"])


def not_at_all(_provider: OidcProvider, _claims: dict[str, Any]) -> str:
    return "no.token.here"


@pytest.mark.parametrize(
    "sign",
    [without_a_signature, signed_with_a_stranger, with_the_published_key_as_a_secret, with_a_weaker_hash, not_at_all],
)
async def test_a_token_signed_in_another_way_signs_nobody_in(gate: Gate, oidc: OidcProvider, sign: Any) -> None:
    district_id = await district_of(gate, oidc)
    oidc.sign = sign
    told = parameters(await come_back(gate, district_id, Flow(redirect_uri=PAGES_BACK)))
    assert told["error"] == "access_denied"
    assert told["error_description"] == "the provider's token is not signed as expected"


async def test_an_elliptic_key_is_as_good(gate: Gate, oidc: OidcProvider) -> None:
    oidc.key = ECKey.generate_key("P-256", {"kid": "oak-2"})
    oidc.sign = lambda provider, claims: jwt.encode(
        {"alg": "ES256", "kid": "oak-2"}, claims, provider.key, algorithms=["ES256"]
    )
    assert (await signed_in(gate, await district_of(gate, oidc)))["person_id"]


async def test_a_sign_in_comes_back_to_the_browser_that_began_it_alone(gate: Gate, oidc: OidcProvider) -> None:
    district_id = await district_of(gate, oidc)
    async with httpx.AsyncClient(base_url=gate.url) as victim:
        answer = await come_back(gate, district_id, Flow(redirect_uri=PAGES_BACK), victim)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        await victim.get("/oauth/authorize", params=Flow(redirect_uri=PAGES_BACK).asked(district_id))
        answer = await come_back(gate, district_id, Flow(redirect_uri=PAGES_BACK), victim)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert oidc.redeemed == []


async def test_the_browsers_cookie_is_out_of_scripts_reach(gate: Gate, oidc: OidcProvider) -> None:
    begun = await gate.http.get("/oauth/authorize", params=Flow().asked(await district_of(gate, oidc)))
    cookie = begun.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "max-age=600", "path=/"):
        assert part in cookie


async def test_an_answer_of_another_provider_is_not_taken_to_this_one(gate: Gate, oidc: OidcProvider) -> None:
    district_id = await district_of(gate, oidc)
    oidc.answer = {"iss": "https://honest.example"}
    told = parameters(await come_back(gate, district_id, Flow(redirect_uri=PAGES_BACK)))
    assert told["error_description"] == "the answer comes from another provider than was asked"
    assert oidc.redeemed == []


async def test_a_provider_that_names_itself_always_does(gate: Gate, oidc: OidcProvider) -> None:
    oidc.metadata = {"authorization_response_iss_parameter_supported": True}
    district_id = await district_of(gate, oidc)
    told = parameters(await come_back(gate, district_id, Flow(redirect_uri=PAGES_BACK)))
    assert told["error"] == "access_denied"
    oidc.answer = {"iss": oidc.issuer}
    assert (await signed_in(gate, district_id))["person_id"]


async def test_a_sign_in_that_was_broken_off_is_told_to_the_client(gate: Gate, oidc: OidcProvider) -> None:
    district_id = await district_of(gate, oidc)
    oidc.answer = {"error": "access_denied", "error_description": "<b>no</b>"}
    flow = Flow(redirect_uri=PAGES_BACK)
    told = parameters(await come_back(gate, district_id, flow))
    assert (told["error"], told["state"]) == ("access_denied", flow.state)
    assert "<b>" not in told["error_description"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://another.example"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1:9/keys"},
    ],
    ids=str,
)
async def test_a_provider_that_describes_itself_oddly_is_not_used(
    gate: Gate, oidc: OidcProvider, metadata: dict[str, Any]
) -> None:
    oidc.metadata = metadata
    asked = Flow(redirect_uri=PAGES_BACK).asked(await district_of(gate, oidc))
    told = parameters(await gate.http.get("/oauth/authorize", params=asked))
    assert told["error"] in ("access_denied", "temporarily_unavailable")
    assert oidc.asked == []


async def test_a_state_that_nobody_gave_out_comes_to_nothing(gate: Gate) -> None:
    for state in ("", "x", "district_x.y", "a.b.c.d", "\0.\0"):
        answer = await gate.http.get("/oauth/callback", params={"state": state, "code": "code"})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_the_providers_secret_is_kept_encrypted_and_never_shown(
    gate: Gate, oidc: OidcProvider, mongod: Mongo
) -> None:
    district_id = await district_of(gate, oidc)
    kept = str(await documents(mongod, "districts", {"_id": district_id}))
    shown = (await gate.ask("GET", "/v1/districts?limit=200", operator())).text
    assert district_id in shown
    assert oidc.issuer in kept
    for text in (kept, shown):
        assert CLIENT_SECRET not in text
    assert "secret" not in shown

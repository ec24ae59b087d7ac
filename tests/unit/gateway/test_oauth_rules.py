"""OAuth's rules: values in, values out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.oauth import (
    Asked,
    Client,
    Grant,
    OAuthRefusal,
    challenge_of,
    check_asked,
    check_redirect,
    hash_of,
    redeem,
    redirect_with,
)

NOW = datetime(2031, 5, 3, 8, tzinfo=UTC)
VERIFIER = "v" * 43
PAGES = Client(
    client_id="trellis",
    district_id=None,
    redirect_uris=("https://pages.example/back",),
    scopes=frozenset({"*"}),
    loopback=True,
)
ASKED = Asked(
    response_type="code",
    client_id="trellis",
    redirect_uri="https://pages.example/back",
    state="s",
    code_challenge=challenge_of(VERIFIER),
    code_challenge_method="S256",
    scope="",
)
GRANT = Grant(
    grant_id="grant_1",
    version=1,
    person_id="person_1",
    client_id="trellis",
    redirect_uri="https://pages.example/back",
    code_challenge=challenge_of(VERIFIER),
    scopes=("*",),
    code_hash=hash_of("code"),
    code_expires_at=NOW + timedelta(seconds=60),
    code_used=False,
    refresh_hash=None,
    spent_hashes=(),
    expires_at=NOW + timedelta(days=14),
)


def test_the_challenge_is_the_one_of_the_rfcs_example() -> None:
    # RFC 7636, appendix B.
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_redeemed_with_its_verifier_in_its_minute() -> None:
    redeem(GRANT, "trellis", "https://pages.example/back", VERIFIER, NOW)


@pytest.mark.parametrize(
    ("grant", "client_id", "redirect_uri", "verifier", "now"),
    [
        (GRANT, "app_1", GRANT.redirect_uri, VERIFIER, NOW),
        (GRANT, "trellis", "https://pages.example/other", VERIFIER, NOW),
        (GRANT, "trellis", GRANT.redirect_uri, "w" * 43, NOW),
        (GRANT, "trellis", GRANT.redirect_uri, "", NOW),
        (GRANT, "trellis", GRANT.redirect_uri, GRANT.code_challenge, NOW),
        (GRANT, "trellis", GRANT.redirect_uri, VERIFIER, GRANT.code_expires_at),
        (replace(GRANT, code_used=True), "trellis", GRANT.redirect_uri, VERIFIER, NOW),
        (replace(GRANT, revoked=True), "trellis", GRANT.redirect_uri, VERIFIER, NOW),
    ],
)
def test_a_code_that_does_not_fit_is_not_redeemed(
    grant: Grant, client_id: str, redirect_uri: str, verifier: str, now: datetime
) -> None:
    with pytest.raises(OAuthRefusal) as refused:
        redeem(grant, client_id, redirect_uri, verifier, now)
    assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8765/back", "http://[::1]:1/", "http://localhost", "http://127.0.0.1:80/?a=b@c"]
)
def test_any_port_of_this_machine_will_do_where_that_is_switched_on(address: str) -> None:
    check_redirect(PAGES, address)
    with pytest.raises(OAuthRefusal):
        check_redirect(replace(PAGES, loopback=False), address)


@given(st.text(max_size=40))
def test_no_other_address_is_ever_redirected_to(text: str) -> None:
    for address in (text, f"http://127.0.0.1{text}evil.example", f"https://pages.example/back{text}x"):
        if address.startswith(("http://127.0.0.1/", "http://127.0.0.1?", "http://127.0.0.1:")) and "@" not in address:
            continue
        with pytest.raises(OAuthRefusal):
            check_redirect(PAGES, address)


def test_a_client_gets_its_own_scopes_and_no_more() -> None:
    shelf = replace(PAGES, client_id="app_1", scopes=frozenset({"b", "a"}))
    assert check_asked(shelf, ASKED) == ("a", "b")
    assert check_asked(shelf, replace(ASKED, scope="b b")) == ("b",)
    with pytest.raises(OAuthRefusal) as refused:
        check_asked(shelf, replace(ASKED, scope="b c"))
    assert refused.value.error == "invalid_scope"


def test_an_answer_is_added_to_the_clients_address_and_encoded() -> None:
    assert redirect_with("https://a/b", {"state": "x&y=\r\n"}) == "https://a/b?state=x%26y%3D%0D%0A"
    assert redirect_with("https://a/b?c=d", {"code": "1"}) == "https://a/b?c=d&code=1"

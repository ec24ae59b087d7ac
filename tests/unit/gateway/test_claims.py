"""What a provider's ID token must say, and which of its keys count."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from services.gateway.domain.districts import Provider
from services.gateway.domain.oauth import OAuthRefusal
from services.gateway.identity_providers import check_claims, readable_keys, subject_of

OAK = Provider(issuer="https://login.oak.example", client_id="trellis", secret_box=None, subject="email", claim="email")


def claims(**changes: Any) -> dict[str, Any]:
    moment = int(time.time())
    told = {
        "iss": OAK.issuer,
        "aud": "trellis",
        "nonce": "n",
        "iat": moment,
        "exp": moment + 300,
        "email": "a@b.example",
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def test_a_token_made_for_this_sign_in_fits() -> None:
    check_claims(claims(), OAK, "n")
    check_claims(claims(aud=["trellis", "other"], azp="trellis"), OAK, "n")
    assert subject_of(claims(), OAK) == "a@b.example"
    assert subject_of(claims(email_verified="true"), OAK) == "a@b.example"


@given(st.sampled_from(["iss", "aud", "nonce", "iat", "exp"]), st.one_of(st.none(), st.text(max_size=9), st.just([])))
def test_no_token_fits_whose_claim_is_another(name: str, value: Any) -> None:
    if claims()[name] != value:
        with pytest.raises(OAuthRefusal):
            check_claims(claims(**{name: value}), OAK, "n")


def test_only_public_signing_keys_are_read() -> None:
    good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
    other = OKPKey.generate_key("Ed25519", {"kid": "other"}).as_dict(private=False)
    published = [good, {**other, "use": "enc"}, {"kty": "oct", "k": "AAAA"}, {"kty": "EC"}, "text", None]
    assert [key.kid for key in readable_keys({"keys": published})] == ["good"]
    with pytest.raises(OAuthRefusal):
        readable_keys({"keys": published[1:]})
    with pytest.raises(OAuthRefusal):
        readable_keys({})

"""Auth: what a verified token says, and what is remembered of it."""

from datetime import timedelta

import pytest
from joserfc.jwk import KeySet, OctKey, OKPKey

from kit.auth import Caller, OwnKeys, RoleAt, TokenVerifier, find_key, mint
from kit.clock import now
from kit.refusals import Refusals

KEY = OKPKey.generate_key("Ed25519", {"kid": "one"})
CALLER = Caller(
    "person_maya",
    "person",
    "district_north",
    (RoleAt("reader", "branch_leith"), RoleAt("librarian", "branch_leith")),
    frozenset({"*"}),
)


class CountedKeys:
    """The signer's own keys, counted each time they are asked for."""

    def __init__(self) -> None:
        self.asked = 0

    async def key(self, kid: str) -> OKPKey | None:
        self.asked += 1
        return find_key(KeySet([KEY]), kid)


async def test_a_verified_caller_is_the_one_who_was_signed() -> None:
    verifier = TokenVerifier(OwnKeys(KeySet([KEY])), "library")
    for caller in (CALLER, Caller("app_1", "app", "district_north", (), frozenset({"loans", "shelves"}))):
        assert await verifier.verify(f"Bearer {mint(KEY, caller, 'library', 60, now())}") == caller


async def test_a_token_is_verified_once_and_then_remembered() -> None:
    keys = CountedKeys()
    verifier = TokenVerifier(keys, "library")
    token = mint(KEY, CALLER, "library", 60, now())
    for _ in range(3):
        await verifier.verify(f"bearer {token}")
    assert keys.asked == 1


async def test_a_remembered_token_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = TokenVerifier(OwnKeys(KeySet([KEY])), "library")
    token = mint(KEY, CALLER, "library", 60, now())
    await verifier.verify(f"Bearer {token}")
    later = (now() + timedelta(seconds=70)).timestamp()
    monkeypatch.setattr("kit.auth.time.time", lambda: later)
    with pytest.raises(Refusals) as refused:
        await verifier.verify(f"Bearer {token}")
    assert refused.value.reasons[0].details == {"reason": "expired"}


async def test_clocks_may_differ_by_a_few_seconds_and_no_more() -> None:
    verifier = TokenVerifier(OwnKeys(KeySet([KEY])), "library")
    await verifier.verify(f"Bearer {mint(KEY, CALLER, 'library', 60, now() + timedelta(seconds=4))}")
    await verifier.verify(f"Bearer {mint(KEY, CALLER, 'library', -3, now())}")
    with pytest.raises(Refusals):
        await verifier.verify(f"Bearer {mint(KEY, CALLER, 'library', 60, now() + timedelta(seconds=8))}")


def test_keys_of_another_kind_or_curve_do_not_count() -> None:
    others = KeySet([OctKey.import_key("secret" * 8, {"kid": "one"}), OKPKey.generate_key("X25519", {"kid": "one"})])
    assert find_key(others, "one") is None
    assert find_key(KeySet([*others.keys, KEY]), "one") is KEY


def test_an_operator_is_one_by_kind_whatever_roles_the_token_holds() -> None:
    assert Caller("person_ops", "operator", "district_north").role_names() == {"operator"}
    assert CALLER.role_names() == {"reader", "librarian"}

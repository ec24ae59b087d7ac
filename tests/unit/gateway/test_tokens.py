"""Tokens and secrets: keys that can be used, and those that stop the start."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from kit.auth import Caller
from kit.refusals import Refusals
from services.gateway.secret_box import SecretBox
from services.gateway.settings import BadSecret, read_secret, split
from services.gateway.tokens import OUTSIDE, BadSigningKey, SigningKeys, Tokens

MAYA = Caller("person_maya", "person", "district_oak", (), frozenset({"*"}))


def written(folder: Path, content: Any) -> Path:
    path = folder / "key"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def key(kid: str = "one", **more: str) -> dict[str, Any]:
    return {**OKPKey.generate_key("Ed25519", {"kid": kid}).as_dict(private=True), **more}


@pytest.mark.parametrize("name", ["EdDSA", "Ed25519", ""])
def test_a_key_signs_under_whichever_name_its_file_has_for_the_algorithm(tmp_path: Path, name: str) -> None:
    keys = SigningKeys.load(written(tmp_path, key(alg=name) if name else key()))
    token = keys.mint(MAYA, OUTSIDE, 60)
    assert jwt.decode(token, keys.signing, algorithms=["Ed25519"]).header["alg"] == "Ed25519"


async def test_of_two_keys_the_first_signs_and_both_verify(tmp_path: Path) -> None:
    old, new = key("old"), key("new")
    before = SigningKeys.load(written(tmp_path, old))
    after = SigningKeys.load(written(tmp_path, {"keys": [new, old]}))
    assert after.signing.kid == "new"
    for token in (before.mint(MAYA, OUTSIDE, 60), after.mint(MAYA, OUTSIDE, 60)):
        assert (await Tokens(after).caller(f"Bearer {token}".encode())).caller == MAYA
    with pytest.raises(Refusals):
        await Tokens(before).caller(f"Bearer {after.mint(MAYA, OUTSIDE, 60)}".encode())
    assert not [entry for entry in after.public()["keys"] if "d" in entry]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        {},
        {"keys": []},
        {"keys": ["x"]},
        {name: value for name, value in key().items() if name != "d"},
        {name: value for name, value in key().items() if name != "kid"},
        OKPKey.generate_key("X25519", {"kid": "one"}).as_dict(private=True),
        RSAKey.generate_key(2048, {"kid": "one"}).as_dict(private=True),
    ],
    ids=["empty", "text", "list", "nothing", "no-keys", "no-key", "public", "no-kid", "other-curve", "other-kind"],
)
def test_a_file_that_holds_no_key_of_ours_stops_the_start_without_being_quoted(tmp_path: Path, content: Any) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadSigningKey) as stopped:
        SigningKeys.load(path)
    assert str(stopped.value).startswith(f"{path}: expected")
    assert "'d'" not in str(stopped.value)


async def test_an_inside_token_is_minted_once_for_a_service_and_then_remembered() -> None:
    tokens = Tokens(keys := SigningKeys.fresh())
    known = await tokens.caller(f"Bearer {keys.mint(MAYA, OUTSIDE, 60)}".encode())
    first = tokens.internal(known, "profile")
    assert tokens.internal(known, "profile") is first
    other = tokens.internal(known, "scheduler")
    claims = [jwt.decode(token[7:].decode(), keys.signing, algorithms=["Ed25519"]).claims for token in (first, other)]
    assert [claim["aud"] for claim in claims] == ["profile", "scheduler"]
    assert all(claim["exp"] - claim["iat"] == 60 for claim in claims)


@pytest.mark.parametrize("content", ["", "\n", "short", " " * 40])
def test_a_secret_that_anybody_could_guess_stops_the_start(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadSecret):
        read_secret(written(tmp_path, content))
    with pytest.raises(BadSecret):
        read_secret(tmp_path / "nowhere")


def test_a_box_opens_with_its_own_key_alone() -> None:
    locked = SecretBox.of(b"one").lock("provider secret")
    assert "provider" not in locked
    assert SecretBox.of(b"one").unlock(locked) == "provider secret"
    with pytest.raises(InvalidToken):
        SecretBox.of(b"two").unlock(locked)


def test_lists_are_written_with_commas() -> None:
    assert split(" a, b,,c ") == ["a", "b", "c"]
    assert split("") == []

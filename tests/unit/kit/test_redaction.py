"""Redaction: no secret and no personal word gets into a log line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.redaction import HIDDEN, redact, redacted

TOKEN = "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJwZXJzb25fMSJ9.c2lnbmF0dXJl"


def line(**fields: Any) -> dict[str, Any]:
    return dict(redact(None, "info", fields))


@pytest.mark.parametrize(
    "key",
    [
        *("password", "db_passwd", "token", "refresh_token", "Authorization", "cookie", "set-cookie", "client_secret"),
        *("api_key", "email", "e_mail", "contact_email", "name", "given_name", "family_name", "phone", "identifier"),
    ],
)
def test_values_under_private_keys_are_hidden(key: str) -> None:
    assert line(**{key: "hunter2"}) == {key: HIDDEN}
    assert line(inner=[{key: {"deep": "hunter2"}}]) == {"inner": [{key: HIDDEN}]}


def test_what_identifies_without_naming_stays() -> None:
    kept = {
        "event": "copy_lent",
        "copy_id": "copy_1",
        "took_ms": 1.5,
        "codes": ["a", "b"],
        "route": "/v1/{x}",
        "n": None,
    }
    assert line(**kept) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"sent {TOKEN} there", f"sent {HIDDEN} there"),
        ("Authorization: Bearer abc.def", f"Authorization: {HIDDEN}"),
        ("no reader maya@example.org here", f"no reader {HIDDEN} here"),
        ("mongodb://library:hunter2@host:1/x", f"mongodb://{HIDDEN}@host:1/x"),
        ("at 12:30, see kit/app.py:7", "at 12:30, see kit/app.py:7"),
    ],
)
def test_secrets_inside_text_are_hidden(said: str, kept: str) -> None:
    assert redacted(said) == kept
    assert line(event=said) == {"event": kept}


def test_objects_are_told_as_clean_text() -> None:
    assert line(error=ValueError("maya@example.org")) == {"error": HIDDEN}


@given(
    st.from_regex(r"[a-z0-9.+-]{1,20}@[a-z0-9-]{1,20}\.[a-z]{2,6}", fullmatch=True),
    st.text(alphabet=st.characters(blacklist_characters="@")),
)
def test_no_address_survives_whatever_stands_around_it(address: str, around: str) -> None:
    assert address not in redacted(f"{around} {address} {around}")

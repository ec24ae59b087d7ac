"""Tokens made by hand, as no library would let one make them."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import orjson


def unsigned(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """`alg` none, and nothing where the signature should be."""
    return f"{_part({**head, 'alg': 'none'})}.{_part(claims)}."


def signed_with_what_is_public(head: Mapping[str, Any], claims: Mapping[str, Any], public: bytes) -> str:
    """The confusion of algorithms: HMAC, with the public key, which everybody can read, as its secret."""
    signed = f"{_part({**head, 'alg': 'HS256'})}.{_part(claims)}"
    return f"{signed}.{_text(hmac.digest(public, signed.encode(), hashlib.sha256))}"


def _part(content: Mapping[str, Any]) -> str:
    return _text(orjson.dumps(content))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()

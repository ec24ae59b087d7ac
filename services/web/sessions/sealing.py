"""Sealing: what a browser keeps for us, so that it can neither read nor change it, nor use it for another purpose."""

import hashlib
import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Seal:
    """AES-256-GCM with keys made from one secret; the purpose is part of what is authenticated."""

    def __init__(self, secret: str) -> None:
        self._box = AESGCM(_key(secret, b"seal"))
        self._mark = _key(secret, b"mark")

    def close(self, purpose: str, content: dict[str, Any]) -> str:
        """The content as a sealed text, fit for a cookie."""
        nonce = os.urandom(_NONCE_BYTES)
        stamped = orjson.dumps({**content, "at": int(time.time())})
        return urlsafe_b64encode(nonce + self._box.encrypt(nonce, stamped, purpose.encode())).rstrip(b"=").decode()

    def open(self, purpose: str, sealed: str, most_seconds: float) -> dict[str, Any] | None:
        """What was sealed for this purpose, unless it is no seal of ours or older than `most_seconds`."""
        try:
            whole = urlsafe_b64decode(sealed.encode() + b"=" * (-len(sealed) % 4))
            stamped = self._box.decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], purpose.encode())
        except (ValueError, InvalidTag):
            return None
        content: dict[str, Any] = orjson.loads(stamped)
        return content if time.time() - content.pop("at") <= most_seconds else None

    def mark(self, *parts: str) -> str:
        """A mark that only we can make of these parts: what a form carries to show that it is ours."""
        whole = b"\0".join(part.encode() for part in parts)
        return urlsafe_b64encode(hmac.digest(self._mark, whole, "sha256")).rstrip(b"=").decode()

    def is_mark(self, mark: str, *parts: str) -> bool:
        """Whether the mark is of these parts."""
        return hmac.compare_digest(mark.encode("utf-8", "replace"), self.mark(*parts).encode())


def _key(secret: str, purpose: bytes) -> bytes:
    return hmac.digest(hashlib.sha256(secret.encode()).digest(), purpose, "sha256")

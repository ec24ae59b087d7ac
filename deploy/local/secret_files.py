"""Secrets of one town: random, one file each, and the same after a restart."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from joserfc.jwk import OKPKey

OWNER_ALONE, MOUNTED = 0o600, 0o444


def new_password() -> str:
    """256 random bits, safe inside a URL."""
    return secrets.token_urlsafe(32)


def new_keyfile() -> str:
    """What the members of a MongoDB replica set know each other by."""
    return base64.b64encode(secrets.token_bytes(256)).decode()


def new_signing_key() -> str:
    """A private Ed25519 key as a JWK, named by its thumbprint."""
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "EdDSA"}, auto_kid=True)
    return json.dumps(key.as_dict(private=True))


def secret_file(folder: Path, name: str, make: Callable[[], str] = new_password, mode: int = OWNER_ALONE) -> Path:
    """The path of the secret `name` below `folder/secrets`, made on first use and kept from then on.

    The folder is its owner's alone (0700). `mode` is `MOUNTED` for files that other users inside containers must read.
    """
    path = folder / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _write_once(path, make(), mode)
    return path


def secret(folder: Path, name: str) -> str:
    """The value of the secret `name`, a password made on first use."""
    return secret_file(folder, name).read_text()


def _write_once(path: Path, value: str, mode: int) -> None:
    # A half-written secret must never be found under its name: write beside it, then rename.
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ALONE)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
    draft.chmod(mode)
    draft.replace(path)

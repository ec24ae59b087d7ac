#!/usr/bin/env python3
"""Random secrets for docker-compose.yml, one file each below .trellis/compose/secrets, made once, never overwritten.

The folder is its owner's (mode 0700), so nobody else on the machine gets at the files; the files themselves can be
read by the unprivileged users inside the containers that they are mounted into. Nothing secret is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.local.mongo_users import SERVICES, Account  # noqa: E402 - found only now
from deploy.local.replica_set import admin_url  # noqa: E402
from deploy.local.secret_files import MOUNTED, new_keyfile, new_password, new_signing_key, secret_file  # noqa: E402

_PASSWORDS = (
    "cursor-key",
    "gateway-cookie-key",
    "gateway-operator-secret",
    "grafana-password",
    "web-client-secret",
    "web-session-key",
)


def make_secrets(folder: Path) -> list[Path]:
    """Make every file that is missing in `folder/secrets`; returns all of them."""
    made = [_keep(folder, name, new_password) for name in _PASSWORDS]
    made.append(_keep(folder, "gateway-signing-key", new_signing_key))
    for service in SERVICES:
        made += _for_store(folder, service)
    return made


def _for_store(folder: Path, service: str) -> list[Path]:
    password = _keep(folder, f"{service}-mongo-password", new_password)
    host = admin_url(f"{service}-mongo:27017", "")
    url = Account(service, password.read_text()).url_on(host)
    return [
        password,
        _keep(folder, f"{service}-mongo-url", lambda: url),
        _keep(folder, f"{service}-mongo-admin-password", new_password),
        _keep(folder, f"{service}-mongo-keyfile", new_keyfile),
    ]


def _keep(folder: Path, name: str, make: Callable[[], str]) -> Path:
    return secret_file(folder, name, make, MOUNTED)


if __name__ == "__main__":
    made = make_secrets(ROOT / ".trellis" / "compose")
    print(f"{len(made)} secrets are in {made[0].parent}")

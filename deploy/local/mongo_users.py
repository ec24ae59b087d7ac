"""MongoDB's users: one for each service, with rights on its own database alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pymongo import MongoClient

from deploy.local.secret_files import secret

SERVICES = ("profile", "scheduler", "community", "gateway")


@dataclass(frozen=True, slots=True)
class Account:
    """A service's user; it lives in the service's own database."""

    service: str
    password: str = field(repr=False)

    @property
    def database(self) -> str:
        """The one database that this user may read and write."""
        return f"trellis_{self.service}"

    def url_on(self, admin_url: str) -> str:
        """This user's URL on the server of `admin_url`, whose hosts and options are kept."""
        parts = urlsplit(admin_url)
        hosts = parts.netloc.rpartition("@")[2]
        options = {name: value for name, value in parse_qsl(parts.query) if name.lower() != "authsource"}
        query = urlencode({**options, "authSource": self.database})
        return f"{parts.scheme}://{quote(self.service)}:{quote(self.password)}@{hosts}/{self.database}?{query}"


def make_service_users(
    client: MongoClient[dict[str, Any]], folder: Path, services: Sequence[str], admin_url: str
) -> dict[str, str]:
    """Make each service's user, or set its rights anew, with the password that `folder` keeps; returns their URLs.

    `client` is signed in with `admin_url` and needs rights to make users.
    """
    accounts = [Account(service, secret(folder, f"mongo-{service}")) for service in services]
    for account in accounts:
        make_user(client, account)
    return {account.service: account.url_on(admin_url) for account in accounts}


def make_user(client: MongoClient[dict[str, Any]], account: Account) -> None:
    """Make the account's user, or set its password and rights anew."""
    database = client[account.database]
    known = database.command("usersInfo", account.service)["users"]
    database.command(
        "updateUser" if known else "createUser",
        account.service,
        pwd=account.password,
        roles=[{"role": "readWrite", "db": account.database}],
    )

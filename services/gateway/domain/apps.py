"""Apps: third parties whom a district lets in, with what they may do."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.fact import Fact
from contracts.gateway import AppRegistered, AppRevoked
from kit.refusals import Kind, Refusal, refuse_all

APP_SCOPES = frozenset(
    {
        "rosters.read",
        "rosters.write",
        "people.read",
        "profile.read",
        "schedule.read",
        "schedule.write",
        "community.read",
        "community.write",
    }
)
"""What a district may grant to an app."""


class NoSuchApp(Refusal):
    kind = Kind.MISSING
    text = "There is no app with this id in the district."


class ScopeUnknown(Refusal):
    kind = Kind.INVALID
    text = "{scope} cannot be granted to an app. Known scopes: {known}."


class SecretShownBefore(Refusal):
    text = (
        "An earlier request with this key registered {app_id}, and its answer alone held the secret. "
        "If it was lost, revoke that app and register it anew."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A registered app. Its secret is kept as a hash alone."""

    app_id: str
    version: int
    district_id: str
    name: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    secret_hash: str
    registered_at: datetime
    revoked_at: datetime | None = None


def register(app: App) -> list[Fact]:
    """A district lets an app in.

    Raises: Refusals of ScopeUnknown for each scope that cannot be granted.
    """
    known = ", ".join(sorted(APP_SCOPES))
    refuse_all(*(ScopeUnknown(scope=scope, known=known) for scope in app.scopes if scope not in APP_SCOPES))
    return [AppRegistered(district_id=app.district_id, app_id=app.app_id, scopes=app.scopes)]


def revoke(app: App, at: datetime) -> tuple[App, list[Fact]]:
    """A district lets an app go; a second time changes nothing."""
    if app.revoked_at is not None:
        return app, []
    return replace(app, revoked_at=at), [AppRevoked(district_id=app.district_id, app_id=app.app_id)]

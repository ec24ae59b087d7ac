"""A district lets an app in, and lets it go."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.gateway.domain import apps
from services.gateway.domain.apps import App, NoSuchApp
from services.gateway.store.collections import APP, APPS


@dataclass(frozen=True, slots=True)
class RegisterApp:
    """The app as it should stand, its secret as a hash."""

    app: App


@dataclass(frozen=True, slots=True)
class RevokeApp:
    """Which app goes."""

    app_id: str


async def register_app(tx: Transaction, order: RegisterApp) -> App:
    """Let an app in. Raises: Refusals of ScopeUnknown."""
    return replace(order.app, version=tx[APPS].save(APP.pack(order.app), apps.register(order.app)))


async def revoke_app(tx: Transaction, order: RevokeApp) -> App:
    """Let an app go; its tokens end within minutes. Raises: Refusals of NoSuchApp."""
    found = await tx[APPS].get(order.app_id)
    if found is None:
        raise refuse(NoSuchApp())
    app, facts = apps.revoke(APP.unpack(found), tx.now)
    return replace(app, version=tx[APPS].save(APP.pack(app), facts)) if facts else app

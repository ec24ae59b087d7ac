"""The gateway's world: its own guarded addresses, with the services behind it away."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from joserfc.jwk import KeySet

from kit.auth import OwnKeys
from kit.clock import now
from kit.http import Door
from kit.ids import new_id
from services.gateway.api import own_app
from services.gateway.domain.apps import App
from services.gateway.domain.notices import Notice
from services.gateway.identity_providers import Providers
from services.gateway.secret_box import SecretBox
from services.gateway.settings import GatewaySettings
from services.gateway.store.collections import APP, APPS
from services.gateway.store.inbox import NOTICE, NOTICES
from services.gateway.tokens import SigningKeys
from tests.contract.authorisation.world import World, people_of
from tests.support.stage import District, Stage

NOWHERE = "http://127.0.0.1:1"
THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
BODIES: dict[str, Any] = {}


class StageSettings(GatewaySettings):
    """The gateway's settings on a stage: nobody is behind it, and it signs with the stage's key."""

    profile_urls: str = NOWHERE
    scheduler_urls: str = NOWHERE
    community_urls: str = NOWHERE
    public_url: str = NOWHERE
    signing_key_file: Path = Path("/nowhere")
    cookie_key_file: Path = Path("/nowhere")
    operator_secret_file: Path = Path("/nowhere")


@dataclass(frozen=True)
class GatewayApi:
    """What a stage needs of an application."""

    settings: type[StageSettings] = StageSettings

    def assemble(self, settings: StageSettings, keys: OwnKeys) -> FastAPI:
        """The gateway's guarded addresses."""
        doors = {name: Door(NOWHERE, peer=name, attempts=1) for name in ("profile", "scheduler", "community")}
        app = own_app(settings, SigningKeys(KeySet([*keys.keys.keys])), doors, [])
        app.state.box = SecretBox.of(b"of the stage")
        app.state.providers = Providers(app.state.box, f"{NOWHERE}/oauth/callback")
        return app


API = GatewayApi()


async def build(stage: Stage) -> World:
    """A district with an app, and a learner with a notice."""
    world = await people_of(stage, District.person)
    world.bodies = BODIES
    app = App(
        app_id=new_id("app"),
        version=0,
        district_id=world.ids["district_id"],
        name="Reader",
        scopes=("people.read",),
        redirect_uris=(),
        secret_hash="-",
        registered_at=THEN,
    )
    notice = Notice(
        notice_id=new_id("notice"),
        person_id=world.ids["person_id"],
        code="project-approved",
        params={},
        fact_id=new_id("fact"),
        correlation_id=new_id("corr"),
        # Of now: the store lets an older notice go after half a year, in the midst of the walk.
        at=now(),
    )
    await world.put(APPS, APP.pack(app))
    await world.put(NOTICES, NOTICE.pack(notice))
    world.ids |= {"app_id": app.app_id, "notice_id": notice.notice_id}
    return world

"""The API process of a service: assembled from what the service declares, served, or asked for its OpenAPI document."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from fastapi import FastAPI
from pydantic import SecretStr

from kit.app import LifespanHook, create_app, describe, open_store
from kit.auth import Directory, JwksSource, TokenVerifier
from kit.jwks import FetchedKeys
from kit.mongo import Collection
from kit.routes import Routes
from kit.serve import serve
from kit.settings import Settings
from kit.telemetry import configure
from kit.transaction import Pack

NOWHERE = "127.0.0.1:1"


@dataclass(frozen=True, slots=True)
class Api:
    """What a service declares of its API: its routes, its collections, who its people are, who counts as staff."""

    title: str
    settings: type[Settings]
    routes: Sequence[Routes]
    collections: Sequence[Collection]
    directory: Directory
    staff_roles: frozenset[str]
    pack: Pack
    lifespan: Sequence[LifespanHook] = ()

    def assemble(self, settings: Settings, keys: JwksSource) -> FastAPI:
        """The application over a store, for callers whose tokens these keys signed."""
        return create_app(
            title=self.title,
            settings=settings,
            store=open_store(settings, self.pack),
            directory=self.directory,
            verifier=TokenVerifier(keys, settings.service),
            routes=self.routes,
            collections=self.collections,
            staff_roles=self.staff_roles,
            lifespan=self.lifespan,
        )

    def document(self) -> str:
        """The OpenAPI document, made without any server."""
        settings = self.settings(
            mongo_url=SecretStr(f"mongodb://{NOWHERE}"),
            kafka=NOWHERE,
            port=0,
            worker_port=0,
            jwks_url=f"http://{NOWHERE}",
            cursor_key=SecretStr("0" * 32),
        )
        app = self.assemble(settings, FetchedKeys(settings.jwks_url))
        written = orjson.dumps(describe(app), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        return written.decode() + "\n"

    def main(self) -> None:
        """`python -m services.<service>.api [--openapi]`: serve until told to stop, or print the document."""
        if "--openapi" in sys.argv:
            sys.stdout.write(self.document())
            return
        settings = self.settings.load()

        def make() -> FastAPI:
            configure(settings.service, level=settings.log_level, otlp_endpoint=settings.otlp_endpoint)
            return self.assemble(settings, FetchedKeys(settings.jwks_url))

        serve(make, settings.host, settings.port, factory=True)

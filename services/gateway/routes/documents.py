"""Documents that everybody may read: keys, metadata, the API's description, problems, schemas; and the probes."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from kit.http import Door
from kit.mongo import Mongo
from kit.problems import NoSuchAddress, ProblemPage, all_refusals, describe_problem, title_of
from kit.refusals import Refusals, refuse
from services.gateway.merged import merged
from services.gateway.passthrough import terms
from services.gateway.reading import PAGE_HEADERS, STYLE, docs_page, page, problem_page, service_problem_page
from services.gateway.tokens import SigningKeys

_FACT = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+\.v[0-9]+")
_PROBE_SECONDS = 1.0
FAILURES = {failure.code: failure for failure in vars(terms).values() if isinstance(failure, terms.Failure)}
"""Why a request may not get through to a service, by code."""


class Documents:
    """What the gateway says of itself and of the town."""

    def __init__(
        self,
        *,
        public_url: str,
        keys: SigningKeys,
        contracts: Path,
        mongo: Mongo,
        prepared: Callable[[], bool],
        doors: Mapping[str, Door],
        version: str,
        dev_provider: bool,
    ) -> None:
        self._public_url, self._keys, self._contracts = public_url, keys, contracts
        self._mongo, self._prepared, self._doors, self._dev_provider = mongo, prepared, doors, dev_provider
        self._document = merged(contracts / "openapi", version, public_url)
        self._docs = docs_page(self._document)
        self._probed: tuple[float, list[str]] = (0.0, [])
        self._probing = asyncio.Lock()

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/", self.front, methods=["GET"]),
            Route("/.well-known/jwks.json", self.jwks, methods=["GET"]),
            Route("/.well-known/openid-configuration", self.metadata, methods=["GET"]),
            Route("/.well-known/oauth-authorization-server", self.metadata, methods=["GET"]),
            Route("/openapi.json", self.openapi, methods=["GET"]),
            Route("/docs", self.docs, methods=["GET"]),
            Route("/docs/style.css", self.style, methods=["GET"]),
            Route("/problems/{code}", self.problem, methods=["GET"]),
            Route("/schemas/{name}", self.schema, methods=["GET"]),
            Route("/health", self.health, methods=["GET"]),
            Route("/ready", self.ready, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def front(self, _request: Request) -> Response:
        """What this is."""
        body = '<h1>Trellis</h1><p>The town is up. <a href="/docs">Read the API</a>.</p>'
        return HTMLResponse(page("Trellis", body), headers=PAGE_HEADERS)

    async def jwks(self, _request: Request) -> Response:
        """The keys that the gateway signs with."""
        return JSONResponse(self._keys.public(), headers={"cache-control": "public, max-age=60"})

    async def metadata(self, _request: Request) -> Response:
        """OAuth 2.0 Authorization Server Metadata (RFC 8414)."""
        url = self._public_url
        return JSONResponse(
            {
                "issuer": url,
                "authorization_endpoint": f"{url}/oauth/authorize",
                "token_endpoint": f"{url}/oauth/token",
                "revocation_endpoint": f"{url}/oauth/revoke",
                "introspection_endpoint": f"{url}/oauth/introspect",
                "jwks_uri": f"{url}/.well-known/jwks.json",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def openapi(self, _request: Request) -> Response:
        """The merged document."""
        return JSONResponse(self._document)

    async def docs(self, _request: Request) -> Response:
        """The same, to read."""
        return HTMLResponse(self._docs, headers=PAGE_HEADERS)

    async def style(self, _request: Request) -> Response:
        """How these pages look."""
        return Response(STYLE, media_type="text/css", headers={"cache-control": "public, max-age=3600"})

    async def problem(self, request: Request) -> Response:
        """What a refusal's code means."""
        described = self._problem_page(request.path_params["code"])
        if described is None:
            return HTMLResponse(page("Unknown", "<h1>No such problem</h1>"), 404, headers=PAGE_HEADERS)
        return HTMLResponse(described, headers=PAGE_HEADERS)

    async def schema(self, request: Request) -> Response:
        """The JSON Schema of a fact."""
        name = request.path_params["name"].removesuffix(".json")
        path = self._contracts / "schemas" / f"{name}.json"
        if not _FACT.fullmatch(name) or not path.is_file():
            raise refuse(NoSuchAddress())
        content = await asyncio.to_thread(path.read_bytes)
        return Response(content, media_type="application/schema+json")

    async def health(self, _request: Request) -> Response:
        """Alive."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _request: Request) -> Response:
        """Whether the store and the services behind answer; looked at once a second at most."""
        async with self._probing:
            moment, missing = self._probed
            if time.monotonic() - moment > _PROBE_SECONDS:
                missing = await self._missing()
                self._probed = (time.monotonic(), missing)
        notes = ["the built-in sign-in is on: anybody can be anybody"] if self._dev_provider else []
        said = {"status": "not ready" if missing else "ready", "missing": missing, "notes": notes}
        return JSONResponse(said, 503 if missing else 200)

    async def metrics(self, _request: Request) -> Response:
        """For Prometheus."""
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    async def _missing(self) -> list[str]:
        found = await asyncio.gather(*(self._probe(name, door) for name, door in self._doors.items()))
        missing = [] if await self._mongo.ping() else ["mongo: no primary answers"]
        missing += [] if self._prepared() else ["mongo: collections and indexes are not made yet"]
        return missing + [fault for fault in found if fault]

    async def _probe(self, name: str, door: Door) -> str:
        try:
            answer = await door.get("/ready")
        except Refusals:
            return f"{name}: does not answer"
        said: dict[str, Any] = answer.json() if answer.status != 200 else {}
        return f"{name}: {'; '.join(said.get('missing', ['not ready']))}" if answer.status != 200 else ""

    def _problem_page(self, code: str) -> str | None:
        if (refusal := all_refusals().get(code)) is not None:
            return problem_page(describe_problem(refusal), self._document)
        if (failure := FAILURES.get(code)) is not None:
            described = ProblemPage(code, title_of(code), failure.status, failure.detail, failure.detail)
            return problem_page(described, self._document)
        return service_problem_page(code, self._document)

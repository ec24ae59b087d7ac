"""What stands behind the gateway here: services over HTTP that record what reaches them, and know a roster."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from kit.auth import Caller, JwksSource, TokenVerifier
from kit.refusals import Refusals


@dataclass
class Seen:
    """One request as it arrived, with whom its token speaks for."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes
    caller: Caller

    def values(self, name: str) -> list[str]:
        """All values of one header."""
        return [value.decode() for key, value in self.headers if key == name.encode()]


@dataclass
class Peer:
    """A service: it verifies the token meant for it as every service does, and answers with its own name."""

    name: str
    keys: JwksSource
    seen: list[Seen] = field(default_factory=list)
    roster: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    status: int = 0
    """What it answers with in place of anything else; 0: as usual."""

    def enrol(self, district_id: str, person_id: str, role: str, school_id: str = "school_a", **claims: str) -> str:
        """Put a person on the district's roster, found by these claims and by their id."""
        roles = [{"role": role, "organisation_id": school_id}]
        names = {"name": "Maya Okoro", "username": "maya.o", "email": "", **claims}
        found = {"person_id": person_id, "roles": roles, **names}
        for claim, value in {**claims, "person_id": person_id}.items():
            self.roster[district_id, claim, value] = found
        return person_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        answer = await self._answer(request)
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.url.path == "/ready":
            return JSONResponse({"status": "ready", "missing": []})
        try:
            caller = await TokenVerifier(self.keys, self.name).verify(request.headers.get("authorization"))
        except Refusals as refused:
            return JSONResponse({"reasons": [str(reason) for reason in refused.reasons]}, 401)
        target = request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode()
        self.seen.append(Seen(request.method, target, request.headers.raw, await request.body(), caller))
        if self.status:
            return JSONResponse({"code": "away"}, self.status)
        if request.url.path.startswith("/v1/sign-ins"):
            return self._sign_in(request, caller)
        return JSONResponse({"service": self.name, "caller_id": caller.caller_id})

    def _sign_in(self, request: Request, caller: Caller) -> Response:
        assert (caller.kind, caller.scopes) == ("operator", frozenset({"internal"}))
        if request.method == "GET":
            role = request.query_params["role"]
            rows = [row for (district_id, *_), row in self.roster.items() if district_id == caller.district_id]
            here = {row["person_id"]: row for row in rows}
            return JSONResponse({"people": [row for row in here.values() if row["roles"][0]["role"] == role]})
        asked = orjson.loads(self.seen[-1].body)
        found = self.roster.get((caller.district_id, asked["claim"], asked["value"]))
        return JSONResponse(found, 200) if found else JSONResponse({"code": "no-such-sign-in"}, 404)

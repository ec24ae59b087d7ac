"""Peers: the services behind the gateway, asked on behalf of one caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from kit.auth import Caller
from kit.http import Answer, Door
from kit.problems import NoSuchMember, NotPermitted
from kit.refusals import Kind, Refusal, refuse
from kit.request import Edge
from services.gateway.tokens import INTERNAL_SECONDS, SigningKeys


class PartRefused(Refusal):
    kind = Kind.UNAVAILABLE
    text = "{peer} could not give its part of this answer ({code}). Try again in a few seconds."


@dataclass(frozen=True, slots=True)
class Peers:
    """Doors by service, and the keys that make the caller known there."""

    doors: Mapping[str, Door]
    keys: SigningKeys
    caller: Caller

    @classmethod
    def of(cls, edge: Edge) -> "Peers":
        """The peers as this request's caller may ask them."""
        return cls(edge.app.state.doors, edge.app.state.keys, edge.caller)

    async def get(self, service: str, path: str, **query: str) -> Any:
        """Read something.

        Raises: Refusals of PeerUnavailable, and of NotPermitted, NoSuchMember or PartRefused where the service says no.
        """
        answer = await self.doors[service].get(path, query=query or None, headers=self._as_caller(service))
        return _content(service, answer)

    async def look_up(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        """Read by a POST that changes nothing. Raises: as `get`."""
        headers = {**self._as_caller(service), "content-type": "application/json"}
        answer = await self.doors[service].call("POST", path, content=orjson.dumps(body), headers=headers)
        return _content(service, answer)

    def _as_caller(self, service: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys.mint(self.caller, service, INTERNAL_SECONDS)}"}


def _content(service: str, answer: Answer) -> Any:
    if answer.status < 300:
        return answer.json()
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    code = str(problem.get("code", answer.status))
    if answer.status == 403:
        raise refuse(NotPermitted(open_to=f"whom {service} lets see it", scope=code))
    raise refuse(NoSuchMember() if answer.status == 404 else PartRefused(peer=service, code=code))

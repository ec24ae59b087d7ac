"""The walker: sends every role in every standing to every route, and says where the answer is not the table's."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from kit.auth import Caller, mint
from kit.clock import now
from kit.policy import Policy
from kit.routes import GuardedRoute
from tests.contract.authorisation.standings import SCOPES, Case
from tests.contract.authorisation.table import Line
from tests.contract.authorisation.world import World

CLOSED = (401, 403, 404)
"""Not known, not permitted, or not there for this caller. Any other answer means that they were let through."""
AT_THE_DOOR = {"unauthenticated", "not-permitted", "no-such-member"}
"""What a policy itself refuses with; beside them only that the thing is another district's."""


def guarded_routes(app: FastAPI) -> dict[tuple[str, str], GuardedRoute]:
    """Every route that has a policy, by method and path."""
    guarded = [route for route in app.routes if isinstance(route, GuardedRoute)]
    return {(method, route.path): route for route in guarded for method in route.methods or ()}


@contextmanager
def with_policy(route: GuardedRoute, policy: Policy) -> Iterator[None]:
    """The route under another policy meanwhile."""
    standing = route.policy
    route.policy = policy
    try:
        yield
    finally:
        route.policy = standing


def _codes(answer: httpx.Response) -> set[str]:
    return {refusal["code"] for refusal in answer.json()["refusals"]}


@dataclass
class Walker:
    """Walks one service's world. Tokens are minted once a caller."""

    world: World
    forger: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", {"kid": "stage"}, private=True))
    tokens: dict[tuple[str, str, frozenset[str]], str] = field(default_factory=dict)
    sent: int = 0

    @property
    def routes(self) -> dict[tuple[str, str], GuardedRoute]:
        return guarded_routes(self.world.stage.app)

    async def differences(self, line: Line) -> list[str]:
        """What the table says and the service does not do, over all cases of one line."""
        return [text for case in self.world.people if (text := await self.difference(line, case)) is not None]

    async def first_difference(self, line: Line, cases: Iterable[Case]) -> str | None:
        """The first of these cases that goes otherwise than the table says."""
        for case in sorted(cases):
            if (text := await self.difference(line, case)) is not None:
                return text
        return None

    async def difference(self, line: Line, case: Case, scopes: frozenset[str] | None = None) -> str | None:
        """How this case goes otherwise than the table says; None where it does not."""
        expected = case in line.lets_through
        status = await self.status(line, case, scopes)
        if (status is not None) is expected:
            return None
        return f"{line}: {case} is {'refused' if expected else f'let through ({status})'}"

    async def status(self, line: Line, case: Case, scopes: frozenset[str] | None = None) -> int | None:
        """The answer's status where the caller was let through; None where they were refused."""
        headers = self._headers(self._caller(line, case, scopes), case)
        address = self.world.filled(line.address, case)
        body = {} if line.door else self.world.body(line.route, case)
        takes_body = self.routes[line.route].body_field is not None
        client = self.world.stage.client
        answer = await client.request(line.method, address, headers=headers, json=body if takes_body else None)
        self.sent += 1
        assert answer.status_code != 500, f"{line}: {case}: {answer.text}"
        if line.method != "GET" and answer.status_code < 300:
            await self.world.restore()
        return answer.status_code if self._let_through(line, case, answer, body) else None

    def _let_through(self, line: Line, case: Case, answer: httpx.Response, body: Any) -> bool:
        status, text = answer.status_code, answer.text
        if line.sees is not None:
            return status < 300 and self.world.filled(line.sees, case) in text
        if line.door and case.standing != "other-district":
            return status not in CLOSED or AT_THE_DOOR.isdisjoint(_codes(answer))
        if case.standing == "other-district" and self._is_about_nobody(line, body):
            # Whoever asks without naming anything asks about their own district: nothing of this one may be in it.
            return self.world.district.district_id in text or self.world["learner: own"].person_id in text
        return status not in CLOSED

    def _is_about_nobody(self, line: Line, body: Any) -> bool:
        named = (known for known in self.world.ids.values())
        path = line.address.partition("?")[0]
        said = self.world.filled(path, Case("learner", "own")) + repr(body)
        return not any(known in said for known in named)

    def _caller(self, line: Line, case: Case, scopes: frozenset[str] | None) -> Caller:
        caller = self.world.people[case].caller
        if case.role == "app" and case.standing == "scope":
            scopes = frozenset({line.scope})
        if case.role == "app" and case.standing == "no-scope":
            scopes = frozenset(SCOPES) - {line.scope}
        return caller if scopes is None else replace(caller, scopes=scopes)

    def _headers(self, caller: Caller, case: Case) -> dict[str, str]:
        if case.standing == "no-token":
            return {}
        key = (caller.caller_id, caller.district_id, caller.scopes)
        if key not in self.tokens:
            stage = self.world.stage
            signer = self.forger if case.standing == "forged-token" else stage.key
            self.tokens[key] = mint(signer, caller, stage.audience, 600, now())
        return {"authorization": f"Bearer {self.tokens[key]}"}

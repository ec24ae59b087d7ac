"""The gateway, asked with a person's own token: one pool of connections, whatever it answers is an answer."""

import base64
from collections.abc import AsyncIterable, Mapping
from typing import Any

import orjson

from kit.http import Answer, Door
from kit.refusals import Refusals
from services.web.asking.problems import Refused, away, problem_of

CLIENT = "trellis-web"
_CONNECTIONS = 200
_FORM = "application/x-www-form-urlencoded"
_UPLOAD_SECONDS = 1_700.0
Query = Mapping[str, str | int | bool | None]


class Gateway:
    """The public API and the token addresses. Close it at the end.

    A status of 503 says that one service behind is away; other parts of the page go on, so no status counts as the
    gateway's own failure.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._door = Door(url, peer="gateway", connections=_CONNECTIONS, failed=frozenset())
        self._uploads = Door(
            url, peer="gateway", connections=8, failed=frozenset(), attempts=1, timeout_seconds=_UPLOAD_SECONDS
        )
        self._credentials = "Basic " + base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()

    async def get(self, path: str, token: str, query: Query | None = None) -> Answer:
        """Read. Raises: Refused."""
        asked = {name: _said(value) for name, value in (query or {}).items() if value is not None}
        return await self._ask("GET", path, {"authorization": f"Bearer {token}"}, query=asked or None)

    async def send(
        self, method: str, path: str, token: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Make something happen, with a JSON body unless it is None. Raises: Refused."""
        sent = {"authorization": f"Bearer {token}", **(headers or {})}
        if body is None:
            return await self._ask(method, path, sent)
        sent["content-type"] = "application/json"
        return await self._ask(method, path, sent, content=orjson.dumps(body))

    async def upload(self, path: str, token: str, content: AsyncIterable[bytes], headers: Mapping[str, str]) -> Answer:
        """Hand a large body on as it comes. Raises: Refused."""
        sent = {"authorization": f"Bearer {token}", **headers}
        return await self._ask("POST", path, sent, content=content, door=self._uploads)

    async def token(self, form: str) -> dict[str, Any]:
        """Tokens for a code or a refresh token, as this form asks. Raises: Refused."""
        answer = await self._ask("POST", "/oauth/token", self._as_client(), content=form.encode())
        found: dict[str, Any] = answer.json()
        return found

    async def revoke(self, form: str) -> None:
        """End a grant. Raises: Refused."""
        await self._ask("POST", "/oauth/revoke", self._as_client(), content=form.encode())

    async def missing(self) -> list[str]:
        """What keeps this process from its work: the gateway, where it does not answer."""
        try:
            await self._ask("GET", "/health", {})
        except Refused:
            return ["gateway: does not answer"]
        return []

    async def close(self) -> None:
        """Let the connections go."""
        await self._door.close()
        await self._uploads.close()

    def _as_client(self) -> dict[str, str]:
        return {"authorization": self._credentials, "content-type": _FORM}

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], *, door: Door | None = None, **options: Any
    ) -> Answer:
        try:
            answer = await (door or self._door).call(method, path, headers=headers, **options)
        except Refusals as refused:
            reason = refused.reasons[0]
            raise Refused(away(reason.code, reason.detail)) from refused
        if answer.status >= 400:
            raise Refused(problem_of(answer))
        return answer


def _said(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

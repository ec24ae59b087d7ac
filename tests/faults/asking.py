"""Asking: one request over a connection of one's own, and whether it was done, was not, or nobody can tell."""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.faults.history import Phase

LONGEST_SECONDS = 20.0
# Refusals after which a change may still be there: all others say that nothing was changed.
UNSURE = frozenset({"outcome-unknown", "request-in-progress", "deadline-passed", "internal-error"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `status` 0: nothing did."""

    status: int
    codes: frozenset[str]
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def phase(self) -> Phase:
        """Done, certainly not done, or unknown: in doubt, unknown."""
        if 200 <= self.status < 300:
            return Phase.OK
        if self.status in (0, 500, 502, 504) or self.codes & UNSURE or not self.codes:
            return Phase.UNKNOWN
        return Phase.FAIL

    @property
    def what(self) -> Mapping[str, Any]:
        """What the history keeps of it."""
        if self.phase is Phase.OK:
            return {"answer": self.body}
        return {"status": self.status, "codes": sorted(self.codes)}


@dataclass
class Client:
    """Asks one town, over one kept connection. Not to be shared between threads."""

    base_url: str
    seconds: float = LONGEST_SECONDS
    _connection: http.client.HTTPConnection | None = None

    def ask(self, token: Callable[[], str], method: str, path: str, body: Any = None, key: str | None = None) -> Reply:
        """One try; a connection that breaks is an answer of its own. Nothing is repeated here, nothing raised."""
        headers = {"authorization": f"Bearer {token()}", "content-type": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key
        content = None if body is None else json.dumps(body).encode()
        try:
            return self._exchange(method, path, content, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Reply(0, frozenset(), type(error).__name__)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Reply:
        if self._connection is None:
            parts = urlsplit(self.base_url)
            assert parts.hostname is not None
            self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.seconds)
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        body = _json(answer.read())
        return Reply(answer.status, _codes(answer.status, body), body, told)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None


def _codes(status: int, body: Any) -> frozenset[str]:
    if status < 400 or not isinstance(body, dict):
        return frozenset()
    told = {refusal["code"] for refusal in body.get("refusals", ())}
    return frozenset(told or {str(body["code"])} if "code" in body else told)

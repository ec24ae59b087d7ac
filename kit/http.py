"""The one door to HTTP: calls that end by the deadline, are repeated where safe, and stop while a peer fails."""

import asyncio
import random
from collections.abc import AsyncIterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from kit.breaker import Breaker
from kit.deadline import HEADER as DEADLINE_HEADER
from kit.deadline import current_deadline, remaining
from kit.refusals import Kind, Refusal, refuse
from kit.tracing import current_trace, trace_headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FAILED = frozenset({500, 502, 503, 504})
_MOST_BYTES = 16 * 1024 * 1024


class PeerUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    text = "Another part of the system ({peer}) does not answer just now. Try again in a few seconds."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer answered: any status below 500, and those above that do not speak of trouble."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises: ValueError when it is none."""
        return orjson.loads(self.body)


class Door:
    """Calls to one peer, over a small pool. Make one per peer and process; `close` it at the end."""

    def __init__(
        self,
        base_url: str,
        *,
        peer: str,
        timeout_seconds: float = 5.0,
        attempts: int = 3,
        connections: int = 10,
        breaker: Breaker | None = None,
        failed: Set[int] = FAILED,
    ) -> None:
        """`failed`: statuses that say the peer itself is in trouble; any other is an answer."""
        self.peer = peer
        self._failed = failed
        self._timeout_seconds = timeout_seconds
        self._attempts = attempts
        self._breaker = breaker or Breaker()
        self._client = httpx.AsyncClient(
            base_url=base_url,
            follow_redirects=False,
            trust_env=False,
            timeout=timeout_seconds,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        )

    async def get(
        self, path: str, *, query: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Read. Raises: Refusals of PeerUnavailable."""
        return await self.call("GET", path, query=query, headers=headers)

    async def post(self, path: str, json: Any, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send JSON, once. Raises: Refusals of PeerUnavailable."""
        sent = {"content-type": "application/json", **(headers or {})}
        return await self.call("POST", path, content=orjson.dumps(json), headers=sent)

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read its answer by the deadline; safe methods are tried again where there is time.

        Raises: Refusals of PeerUnavailable when the peer cannot be reached, fails, is too slow, or is being left alone.
        """
        for attempt in range(self._attempts if method in SAFE_METHODS else 1):
            if attempt and not await self._pause(attempt):
                break
            answer = await self._try(method, path, query, content, headers)
            if answer is not None:
                return answer
        raise refuse(PeerUnavailable(peer=self.peer))

    async def close(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def _try(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        content: bytes | AsyncIterable[bytes] | None,
        headers: Mapping[str, str] | None,
    ) -> Answer | None:
        """One attempt; None when the peer failed. Counts for the breaker."""
        seconds = remaining(self._timeout_seconds)
        if seconds <= 0 or not self._breaker.admits():
            return None
        request = self._client.build_request(
            method, path, params=query, content=content, headers={**(headers or {}), **self._context()}
        )
        try:
            async with asyncio.timeout(seconds):
                answer = await self._send(request)
        except asyncio.CancelledError:
            self._breaker.given_up()
            raise
        except (httpx.HTTPError, TimeoutError):
            self._breaker.failed()
            return None
        if answer.status in self._failed:
            self._breaker.failed()
            return None
        self._breaker.succeeded()
        return answer

    async def _send(self, request: httpx.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            chunks, length = [], 0
            async for chunk in response.aiter_bytes():
                length += len(chunk)
                if length > _MOST_BYTES:
                    raise httpx.DecodingError("the answer is too long", request=request)
                chunks.append(chunk)
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, b"".join(chunks))

    def _context(self) -> dict[str, str]:
        """What goes along with every call: the trace, and until when the answer is worth having."""
        context = dict(trace_headers(current_trace()))
        deadline = current_deadline()
        if deadline is not None:
            context[DEADLINE_HEADER] = str(int(deadline * 1000))
        return context

    async def _pause(self, attempt: int) -> bool:
        """Wait a random moment, longer each time; False when the deadline would pass meanwhile."""
        seconds = random.uniform(0, 0.05 * 2**attempt)
        if seconds >= remaining(self._timeout_seconds):
            return False
        await asyncio.sleep(seconds)
        return True

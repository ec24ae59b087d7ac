"""Answers the front door gives itself: problem documents, and the headers that its own pages always have."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import orjson
from starlette.types import Message, Send

from kit.problems import MEDIA_TYPE, problem_headers, title_of
from kit.tracing import CORRELATION_HEADER, current_trace
from services.gateway.passthrough.terms import Header

DEFAULTS: dict[bytes, bytes] = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
"""What an answer of ours says unless it says otherwise: kept by nobody, framed by nobody, taken for nothing else."""
OVER_TLS: Header = (b"strict-transport-security", b"max-age=31536000")


async def send_problem(send: Send, document: Mapping[str, Any], headers: Sequence[Header]) -> int:
    """Answer with this problem document; returns its status."""
    body = orjson.dumps(document, default=str)
    status = int(document["status"])
    usual = [(name.encode(), value.encode()) for name, value in problem_headers(status).items()]
    sent: dict[bytes, bytes] = {**DEFAULTS, **dict(usual), **dict(headers)}
    sent |= {b"content-type": MEDIA_TYPE.encode(), b"content-length": b"%d" % len(body)}
    await send({"type": "http.response.start", "status": status, "headers": list(sent.items())})
    await send({"type": "http.response.body", "body": body})
    return status


def hop_problem(status: int, code: str, detail: str) -> bytes:
    """The problem document for a request that did not get through to a service."""
    return orjson.dumps(
        {
            "type": f"/problems/{code}",
            "title": title_of(code),
            "status": status,
            "code": code,
            "detail": detail,
            "instance": current_trace().correlation_id,
            "refusals": [{"code": code, "detail": detail, "details": {}}],
        }
    )


class Answering:
    """Sends an application's answer with more headers; `defaults` only where the application does not say otherwise."""

    def __init__(self, send: Send, headers: Sequence[Header], defaults: Mapping[bytes, bytes]) -> None:
        self._send = send
        self._headers = headers
        self._defaults = defaults
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._more(message)}
        await self._send(message)

    def _more(self, message: MutableMapping[str, Any]) -> list[Header]:
        headers = [*message.get("headers", ()), *self._headers]
        said = {name for name, _ in headers}
        return [*headers, *(header for header in self._defaults.items() if header[0] not in said)]


def correlation_header(correlation_id: str) -> Header:
    """Under which id a request is told of."""
    return CORRELATION_HEADER.encode(), correlation_id.encode()

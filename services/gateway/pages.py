"""Pages: whatever the gateway does not know itself goes to the process that shows pages, without any word of ours."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest

from starlette.types import Receive, Scope, Send

from kit.envelope import Trace
from kit.tracing import trace_headers
from services.gateway.domain.oauth import WEB
from services.gateway.passthrough import Fleet, Passthrough
from services.gateway.passthrough.terms import Header

ROUTE = "pages"
"""What requests for pages are told of as: their addresses are the pages' own."""
USUAL_SECONDS, STREAM_SECONDS, UPLOAD_SECONDS = 10.0, 600.0, 1_800.0
UPLOADS = ("/office/roster",)
"""Where whole rosters are handed in; everywhere else a form is small."""
_OWN = (
    "/v1", "/oauth", "/.well-known", "/docs", "/openapi.json", "/problems", "/schemas", "/health", "/ready", "/metrics",
    "/dev",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PagesWay:
    """The way to the pages. `credentials`: the `Authorization` value that their server shows at `/oauth/token`."""

    fleet: Fleet
    hop: Passthrough
    uploads: Passthrough
    credentials: bytes

    async def forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        given: Mapping[bytes, bytes],
        trace: Trace,
        answer_headers: Sequence[Header],
    ) -> int:
        """Pass the request on with the browser's cookies and never a token; returns the status for the log."""
        is_upload = scope["method"] == "POST" and scope["path"].startswith(UPLOADS)
        return await (self.uploads if is_upload else self.hop).forward(
            self.fleet.pick(None),
            scope,
            receive,
            send,
            headers=_own_headers(scope, trace),
            deadline_seconds=UPLOAD_SECONDS if is_upload else _seconds(given),
            answer_headers=answer_headers,
        )

    def is_server(self, given: Mapping[bytes, bytes]) -> bool:
        """Whether the pages' own server asks: it asks for everybody, so its address is not counted."""
        return compare_digest(given.get(b"authorization", b""), self.credentials)


def credentials_of(secret: str) -> bytes:
    """HTTP Basic for the client of the pages."""
    return b"Basic " + base64.b64encode(f"{WEB}:{secret}".encode())


def is_own(path: str) -> bool:
    """Whether the gateway answers this path itself."""
    return any(path == own or path.startswith(f"{own}/") for own in _OWN)


def _seconds(given: Mapping[bytes, bytes]) -> float:
    return STREAM_SECONDS if given.get(b"accept", b"").startswith(b"text/event-stream") else USUAL_SECONDS


def _own_headers(scope: Scope, trace: Trace) -> list[Header]:
    # HTTP/2 may bring cookies in several lines (RFC 9113, 8.2.3); a service never gets any, so they are handed on here.
    cookies = [value for name, value in scope["headers"] if name == b"cookie"]
    ours = [(name.encode(), value.encode()) for name, value in trace_headers(trace).items()]
    return [*ours, *([(b"cookie", b"; ".join(cookies))] if cookies else [])]

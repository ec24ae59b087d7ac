"""The terms of the pass-through: where a request may go, what it may cost, and how it can fail."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]
Problem = Callable[[int, str, str], bytes]


@dataclass(frozen=True, slots=True)
class Upstream:
    """One process of a service, by address."""

    host: str
    port: int
    host_line: bytes = field(init=False, repr=False, compare=False)
    salt: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        name = f"[{self.host}]" if ":" in self.host else self.host
        line = f"host: {name}:{self.port}".encode("ascii")
        object.__setattr__(self, "host_line", line)
        object.__setattr__(self, "salt", blake2b(line, digest_size=blake2b.SALT_SIZE).digest())


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upstream may cost, and what one request may bring.

    `head_seconds` runs from the end of the request to the head of the answer; `idle_seconds` is the longest silence
    in a body, either way. `keep_seconds` must stay below the upstream's own keep-alive time (uvicorn: 5 s), so that it
    is we who close an unused connection. `max_header_bytes` bounds the head of the request and that of the answer.
    """

    connections: int = 64
    connect_seconds: float = 1.0
    head_seconds: float = 10.0
    idle_seconds: float = 30.0
    keep_seconds: float = 4.0
    max_request_bytes: int = 10 * 1024 * 1024
    max_header_bytes: int = 16 * 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer of the upstream reached the client. `status` is for the client or, once it is gone, for the log."""

    status: int
    code: str
    detail: str
    retry_after_seconds: int | None = None


class Failed(Exception):
    """Carries a failure from where it was noticed to the edge."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


MALFORMED = Failure(400, "malformed-request", "The request breaks the HTTP rules (RFC 9112), so it was not sent on.")
CLIENT_SLOW = Failure(408, "request-timeout", "The request's body stopped arriving. Send it again without a pause.")
BODY_TOO_LARGE = Failure(413, "request-too-large", "The request's body is larger than is accepted here.")
EXPECTATION = Failure(417, "unknown-expectation", "The only expectation met here is 100-continue.")
HEAD_TOO_LARGE = Failure(431, "headers-too-large", "The request's headers are larger than is accepted here.")
CLIENT_GONE = Failure(499, "client-gone", "The client left before the answer was complete.")
UNKNOWN_CODING = Failure(501, "unknown-transfer-coding", "The only transfer coding understood here is chunked.")
UPSTREAM_BROKE = Failure(502, "upstream-broke", "The service broke off its answer, or it was no valid HTTP.")
UNREACHABLE = Failure(503, "upstream-unreachable", "The service cannot be reached just now. Try again shortly.", 2)
BUSY = Failure(503, "upstream-busy", "Every connection to the service is in use. Try again shortly.", 1)
UPSTREAM_LATE = Failure(504, "upstream-timeout", "The service did not answer in time.")


def problem_json(status: int, code: str, detail: str) -> bytes:
    """A problem document (RFC 9457) for a failure."""
    title = code.replace("-", " ").capitalize()
    return orjson.dumps(
        {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "code": code},
    )

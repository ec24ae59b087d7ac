"""The front: what every request gets, whatever its route: trace, deadline, size limit, one log line, two metrics."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from opentelemetry import trace as spans
from opentelemetry.propagate import extract, inject
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.answers import answer_error
from kit.auth import Caller
from kit.deadline import HEADER as DEADLINE_HEADER
from kit.deadline import deadline_of, deadline_scope
from kit.envelope import Trace
from kit.problems import DeadlinePassed
from kit.refusals import refuse
from kit.telemetry import count_request, describe_fault
from kit.tracing import CORRELATION_HEADER, TRACEPARENT_HEADER, trace_of, trace_scope

IDEMPOTENCY_HEADER = b"idempotency-key"
_READ = tuple(name.encode() for name in (CORRELATION_HEADER, TRACEPARENT_HEADER, DEADLINE_HEADER))
UNMATCHED = "unmatched"
# Open to whoever reaches the port, which only the town's own network does.
OPEN_PATHS = frozenset({"/health", "/ready", "/metrics", "/openapi.json"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger()


class BodyTooLarge(HTTPException):
    """More bytes came than the route takes."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(413)
        self.most_bytes = most_bytes


@dataclass(slots=True)
class Visit:
    """One request on its way through: what the front, the guard and the route tell each other."""

    given: dict[bytes, bytes]
    trace: Trace
    most_bytes: int
    deadline: float
    received: int = 0
    digest: Any = None
    caller: Caller | None = None
    timeout: asyncio.Timeout | None = None
    changed: bool = False
    """Whether a change of this request stands in the store already."""
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    error: BaseException | None = None

    def header(self, name: bytes) -> str:
        """A header of the request as text; empty where it did not come."""
        return self.given.get(name, b"").decode("latin-1")

    def extend(self, seconds: float) -> None:
        """Give this request another length of time than the usual, from now on."""
        self.deadline = time.time() + seconds
        if self.timeout is not None:
            self.timeout.reschedule(asyncio.get_running_loop().time() + seconds)


class Front:
    """ASGI middleware around everything else; no exception passes it."""

    def __init__(self, app: ASGIApp, *, service: str, deadline_seconds: float, most_bytes: int) -> None:
        self._app = app
        self._service = service
        self._deadline_seconds = deadline_seconds
        self._most_bytes = most_bytes
        # Without a provider there is nobody to tell of spans; the traceparent is passed on as it came.
        configured = not isinstance(spans.get_tracer_provider(), spans.ProxyTracerProvider)
        self._tracer = spans.get_tracer("trellis") if configured else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        visit = self._visit(scope)
        scope["trellis.visit"] = visit
        with trace_scope(visit.trace), deadline_scope(visit.deadline):
            await self._spanned(visit, scope, receive, send)
            self._tell(visit, scope, time.perf_counter() - began)

    def _visit(self, scope: Scope) -> Visit:
        given: dict[bytes, bytes] = dict(scope["headers"])
        correlation_id, parent, deadline = (_text(given.get(name)) for name in _READ)
        visit = Visit(
            given=given,
            trace=trace_of(correlation_id, parent),
            most_bytes=self._most_bytes,
            deadline=deadline_of(deadline, self._deadline_seconds),
        )
        if IDEMPOTENCY_HEADER in given:
            asked = f"{scope['method']} {scope['path']}?".encode() + scope["query_string"]
            visit.digest = hashlib.sha256(asked + b"\n")
        return visit

    async def _spanned(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        if self._tracer is None:
            await self._timed(visit, scope, receive, send)
            return
        parent = extract(dict(Headers(scope=scope)))
        with self._tracer.start_as_current_span(scope["method"], context=parent, kind=spans.SpanKind.SERVER) as span:
            carrier: dict[str, str] = {}
            inject(carrier)
            visit.trace = Trace(visit.trace.correlation_id, None, carrier.get(TRACEPARENT_HEADER))
            with trace_scope(visit.trace):
                await self._timed(visit, scope, receive, send)
            span.update_name(f"{scope['method']} {route_of(scope)}")
            span.set_attribute("http.route", route_of(scope))
            span.set_attribute("http.response.status_code", visit.status)
            span.set_attribute("trellis.correlation_id", visit.trace.correlation_id)

    async def _timed(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        taking, sending = _Taking(visit, receive), _Sending(visit, send)
        try:
            async with asyncio.timeout(max(0.0, visit.deadline - time.time())) as visit.timeout:
                await self._app(scope, taking, sending)
        except Exception as error:
            late = isinstance(error, TimeoutError) and visit.timeout is not None and visit.timeout.expired()
            await self._refuse(visit, scope, sending, refuse(DeadlinePassed()) if late else error)

    async def _refuse(self, visit: Visit, scope: Scope, send: Send, error: Exception) -> None:
        visit.error = error
        if visit.status:  # the answer has begun; breaking off is all that is left
            return
        answer = answer_error(Request(scope), error)
        await answer(scope, _nothing, send)

    def _tell(self, visit: Visit, scope: Scope, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        count_request(self._service, route, method, visit.status, seconds)
        line: dict[str, Any] = {
            "method": method,
            "route": route,
            "status": visit.status,
            "took_ms": round(seconds * 1000, 2),
            "correlation_id": visit.trace.correlation_id,
        }
        if visit.caller is not None:
            line |= {"caller_id": visit.caller.caller_id, "district_id": visit.caller.district_id}
        if visit.codes:
            line["codes"] = visit.codes
        if visit.error is not None and visit.status >= 500:
            line["error"], line["places"] = describe_fault(visit.error)
        _say(route, visit.status)("request_answered", **line)


def _say(route: str, status: int) -> Callable[..., Any]:
    """The level a request is told at: probes that find all well are not news."""
    if status in (0, 500):
        say: Callable[..., Any] = _log.error
    else:
        say = _log.debug if route in OPEN_PATHS and status == 200 else _log.info
    return say


def route_of(scope: Scope) -> str:
    """The template of the route that took this request, such as `/v1/loans/{loan_id}`."""
    template: str = getattr(scope.get("route"), "path_format", UNMATCHED)
    return template


class _Taking:
    """Receives the body within its limit, and digests it where the request may be repeated."""

    def __init__(self, visit: Visit, receive: Receive) -> None:
        self._visit = visit
        self._receive = receive

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        body: bytes = message.get("body", b"")
        visit = self._visit
        visit.received += len(body)
        if visit.received > visit.most_bytes:
            raise BodyTooLarge(visit.most_bytes)
        if visit.digest is not None:
            visit.digest.update(body)
        return message


class _Sending:
    """Sends the answer with the headers that every answer has."""

    def __init__(self, visit: Visit, send: Send) -> None:
        self._visit = visit
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._visit.status = message["status"]
            headers = message["headers"]
            if b"cache-control" not in dict(headers):
                headers.append((b"cache-control", b"no-store"))
            headers.append((_READ[0], self._visit.trace.correlation_id.encode()))
            headers += [(name.encode(), value.encode()) for name, value in self._visit.answer_headers.items()]
        await self._send(message)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")

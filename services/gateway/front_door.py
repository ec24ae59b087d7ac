"""The front door: every request from outside is placed, its caller known and counted, and only then let through."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.answers import refusals_of
from kit.deadline import deadline_scope
from kit.envelope import Trace
from kit.problems import (
    DeadlinePassed,
    EdgeRefusal,
    InternalError,
    MethodNotAllowed,
    NoSuchAddress,
    NotPermitted,
    RequestTooLarge,
    problem,
)
from kit.refusals import Kind, Refusal, refuse
from kit.telemetry import describe_fault
from kit.tracing import trace_headers, trace_of, trace_scope
from services.gateway.answers import DEFAULTS, OVER_TLS, Answering, correlation_header, send_problem
from services.gateway.cors import Cors
from services.gateway.pages import ROUTE, PagesWay, is_own
from services.gateway.passthrough import Fleet, Passthrough
from services.gateway.passthrough.terms import HEAD_TOO_LARGE, Header
from services.gateway.plain_page import for_people
from services.gateway.rates import Allowance, Rates, TooManyRequests, address_of, limit_headers
from services.gateway.table import USUAL_BYTES, RoutingTable, Target
from services.gateway.tokens import Known, Tokens
from services.gateway.told import Hops

GATEWAY = "gateway"
UPLOAD_SECONDS, USUAL_SECONDS = 1_800.0, 10.0
UNMATCHED = "unmatched"
ALL_SCOPES = "*"
MOST_HEAD_BYTES = 16 * 1024
_DEADLINE = b"x-trellis-deadline"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_COUNTED_BY_ADDRESS = ("/oauth/", "/dev/")
_PROBES = frozenset({"/health", "/ready", "/metrics"})
_CLIENT_GONE = 499
_log = structlog.get_logger()


class HeadersTooLarge(EdgeRefusal):
    kind = Kind.INVALID
    status = HEAD_TOO_LARGE.status
    text = HEAD_TOO_LARGE.detail


@dataclass(frozen=True, slots=True)
class Most:
    """How many requests a minute anybody may make; `proxies_in_front` says whose word on addresses counts."""

    person: int
    app: int
    anonymous: int
    pages: int = 30_000
    proxies_in_front: int = 0


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may go on: where to, as whom, with which allowance left."""

    target: Target
    known: Known
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a request may go on to: through to a service, or to the gateway's own two applications.

    `open_app` answers what needs no token; `own_app` the gateway's own routes, which are reached like any service's:
    with an internal token, and with the same policies behind. Uploads have connections of their own. `pages` takes
    what is none of these.
    """

    fleets: Mapping[str, Fleet]
    hop: Passthrough
    uploads: Passthrough
    own_app: ASGIApp
    open_app: Router
    pages: PagesWay | None = None


@dataclass(slots=True)
class Visit:
    """One request on its way: how it is told of."""

    given: dict[bytes, bytes]
    trace: Trace
    route: str = UNMATCHED
    status: int = 0
    caller: tuple[str, str] | None = None
    codes: tuple[str, ...] = ()
    told_inside: bool = False


class FrontDoor:
    """The gateway's outermost application."""

    def __init__(
        self,
        *,
        table: RoutingTable,
        tokens: Tokens,
        rates: Rates,
        most: Most,
        ways: Ways,
        cors: Cors,
        over_tls: bool = False,
        hops: Hops | None = None,
    ) -> None:
        self._table, self._tokens, self._rates, self._most = table, tokens, rates, most
        self._ways, self._cors = ways, cors
        self._usual: list[Header] = [OVER_TLS] if over_tls else []
        self._templates = {route.endpoint: route.path for route in ways.open_app.routes if isinstance(route, Route)}
        self.hops = hops or Hops()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._ways.own_app(scope, receive, send)
            return
        began = time.perf_counter()
        given: dict[bytes, bytes] = dict(scope["headers"])
        visit = Visit(given, trace_of(_text(given.get(b"x-correlation-id")), _text(given.get(b"traceparent"))))
        with trace_scope(visit.trace):
            try:
                visit.status = await self._answer(visit, scope, receive, send)
            except ClientDisconnect:
                visit.status = _CLIENT_GONE
            except Exception as error:
                visit.status = await self._refuse(visit, scope, send, error)
            finally:
                self._tell(visit, scope, began)

    async def close(self) -> None:
        """Cut all connections and write the last lines."""
        await self._ways.hop.aclose()
        await self._ways.uploads.aclose()
        if self._ways.pages is not None:
            await self._ways.pages.hop.aclose()
        await self._rates.close()
        self.hops.close()

    async def _answer(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> int:
        preflight = self._cors.preflight(scope["method"], visit.given)
        if preflight is not None:
            await send({"type": "http.response.start", "status": 204, "headers": preflight})
            await send({"type": "http.response.body", "body": b""})
            return 204
        if self._ways.pages is not None and not is_own(scope["path"]):
            return await self._page(self._ways.pages, visit, scope, receive, send)
        if not scope["path"].startswith("/v1/"):
            return await self._open(visit, scope, receive, send)
        admitted = await self._admit(scope, visit.given)
        visit.route, caller = admitted.target.template, admitted.known.caller
        visit.caller = caller.caller_id, caller.district_id
        return await self._pass_on(visit, admitted, scope, receive, send)

    async def _admit(self, scope: Scope, given: Mapping[bytes, bytes]) -> Admitted:
        """Raises: Refusals of NoSuchAddress, MethodNotAllowed, Unauthenticated, NotPermitted, TooManyRequests."""
        target, methods = self._table.find(scope["path"], scope["method"])
        if target is None:
            raise refuse(MethodNotAllowed(allowed=", ".join(sorted(methods))) if methods else NoSuchAddress())
        length = given.get(b"content-length", b"")
        if length.isdigit() and int(length[:18]) > target.most_bytes:
            raise refuse(RequestTooLarge(most_bytes=target.most_bytes))
        known = await self._tokens.caller(given.get(b"authorization", b""))
        permit(target, known)
        caller = known.caller
        kind, most = ("app", self._most.app) if caller.kind == "app" else ("person", self._most.person)
        return Admitted(target, known, await self._count(kind, caller.caller_id, most))

    async def _count(self, kind: str, who: str, most: int) -> Allowance:
        allowance = await self._rates.count(kind, who, most)
        if allowance.retry_after_seconds is not None:
            raise refuse(TooManyRequests(counted=kind, most=most, retry_after_seconds=allowance.retry_after_seconds))
        return allowance

    async def _pass_on(self, visit: Visit, admitted: Admitted, scope: Scope, receive: Receive, send: Send) -> int:
        target, ways = admitted.target, self._ways
        is_upload = target.most_bytes > USUAL_BYTES
        seconds = UPLOAD_SECONDS if is_upload else USUAL_SECONDS
        headers: list[Header] = [
            (b"authorization", self._tokens.internal(admitted.known, target.service)),
            *((name.encode(), value.encode()) for name, value in trace_headers(visit.trace).items()),
            (_DEADLINE, b"%d" % ((time.time() + seconds) * 1000)),
        ]
        answer_headers = [*admitted.allowance.headers, *self._cors.headers(visit.given)]
        if target.service == GATEWAY:
            check_head(scope)
            visit.told_inside = True
            return await _call(ways.own_app, _inside(scope, headers), receive, Answering(send, answer_headers, {}))
        fleet = ways.fleets[target.service]
        upstream = fleet.pick(_owner(target, scope["path"]))
        return await (ways.uploads if is_upload else ways.hop).forward(
            upstream,
            scope,
            receive,
            send,
            headers=headers,
            deadline_seconds=seconds,
            answer_headers=answer_headers,
            others=fleet.others(upstream),
        )

    async def _open(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> int:
        """What needs no token; what can be guessed at is counted by address."""
        check_head(scope)
        answer_headers = self._answer_headers(visit)
        if scope["path"].startswith(_COUNTED_BY_ADDRESS) and not self._is_pages_server(visit):
            answer_headers += (await self._count_address("address", visit, scope, self._most.anonymous)).headers
        inside = {**_inside(scope, ()), "app": self._ways.open_app}
        answering = Answering(send, answer_headers, DEFAULTS)
        try:
            with deadline_scope(time.time() + USUAL_SECONDS):
                async with asyncio.timeout(USUAL_SECONDS):
                    return await _call(self._ways.open_app, inside, receive, answering)
        except TimeoutError as error:
            if answering.status:
                return answering.status
            raise refuse(DeadlinePassed()) from error
        finally:
            visit.route = self._templates.get(inside.get("endpoint"), UNMATCHED)  # type: ignore[arg-type]  # None is a fine key

    async def _page(self, pages: PagesWay, visit: Visit, scope: Scope, receive: Receive, send: Send) -> int:
        """What the gateway does not know itself. Who is signed in there is for the pages to know."""
        visit.route = ROUTE
        allowance = await self._count_address(ROUTE, visit, scope, self._most.pages)
        send = for_people(send, visit.given.get(b"accept", b""))
        return await pages.forward(scope, receive, send, visit.given, visit.trace, [*self._usual, *allowance.headers])

    def _is_pages_server(self, visit: Visit) -> bool:
        return self._ways.pages is not None and self._ways.pages.is_server(visit.given)

    async def _count_address(self, kind: str, visit: Visit, scope: Scope, most: int) -> Allowance:
        client = scope["client"][0] if scope.get("client") else ""
        forwarded = visit.given.get(b"x-forwarded-for", b"").decode("latin-1")
        return await self._count(kind, f"{kind}:{address_of(client, forwarded, self._most.proxies_in_front)}", most)

    async def _refuse(self, visit: Visit, scope: Scope, send: Send, error: Exception) -> int:
        """Answer with a problem document; a fault of ours is told in the log by its types and places alone."""
        refused = refusals_of(Request({**scope, "app": self._ways.open_app}), error)
        if any(isinstance(reason, InternalError) for reason in refused.reasons):
            types, places = describe_fault(error)
            _log.error("request_failed", correlation_id=visit.trace.correlation_id, error=types, places=places)
        visit.codes = tuple(reason.code for reason in refused.reasons)
        document = problem(refused, visit.trace.correlation_id)
        headers = self._answer_headers(visit)
        for reason in refused.reasons:
            headers += _said_in_headers(reason)
        if visit.route == ROUTE:
            send = for_people(send, visit.given.get(b"accept", b""))
        return await send_problem(send, document, headers)

    def _answer_headers(self, visit: Visit) -> list[Header]:
        return [correlation_header(visit.trace.correlation_id), *self._usual, *self._cors.headers(visit.given)]

    def _tell(self, visit: Visit, scope: Scope, began: float) -> None:
        """Our own guarded routes are told of by their application already; probes that find all well are no news."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        if visit.told_inside:
            return
        if visit.route in _PROBES and visit.status == 200:
            self.hops.count(visit.route, method, visit.status, began)
            return
        self.hops.tell(
            route=visit.route,
            method=method,
            status=visit.status,
            began=began,
            correlation_id=visit.trace.correlation_id,
            caller=visit.caller,
            codes=visit.codes,
        )


def permit(target: Target, known: Known) -> None:
    """Role and scope, as the service will check them again, with the relation, behind.

    Raises: Refusals of NotPermitted.
    """
    scopes = known.caller.scopes
    if known.caller.kind == "app":
        allowed = target.apps and target.scope in scopes
    else:
        allowed = not target.roles.isdisjoint(known.roles) and (target.scope in scopes or ALL_SCOPES in scopes)
    if not allowed:
        could = [*sorted(target.roles), *(["apps"] if target.apps else [])]
        raise refuse(NotPermitted(open_to=", ".join(could), scope=target.scope))


def _owner(target: Target, path: str) -> bytes | None:
    """What decides the process: requests of one occurrence meet in one, which commits them together."""
    if target.key_segment is None:
        return None
    return path.split("/")[target.key_segment + 1].encode()


def _inside(scope: Scope, headers: Sequence[Header]) -> Scope:
    """The request as the town's own applications see it: what outside claims of the inside is gone."""
    ours = {name for name, _ in headers}
    kept = [
        (name, value) for name, value in scope["headers"] if name not in ours and not name.startswith(b"x-trellis-")
    ]
    return {**scope, "headers": [*kept, *headers]}


def check_head(scope: Scope) -> None:
    """Hold a request's head to the limit of the way to a service. Raises: Refusals of HeadersTooLarge."""
    length = len(scope["raw_path"]) + len(scope["query_string"])
    length += sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if length > MOST_HEAD_BYTES:
        raise refuse(HeadersTooLarge())


async def _call(app: ASGIApp, scope: Scope, receive: Receive, answering: Answering) -> int:
    """Let one of our own applications answer. Raises: what it raises, as long as its answer has not begun."""
    try:
        await app(scope, receive, answering)
    except Exception as error:
        if not answering.status:
            raise
        types, places = describe_fault(error)
        _log.error("answer_broken_off", error=types, places=places)
    return answering.status


def _said_in_headers(reason: Refusal) -> list[Header]:
    if isinstance(reason, TooManyRequests):
        details = reason.details
        return limit_headers(details["counted"], details["most"], details["retry_after_seconds"])
    if isinstance(reason, MethodNotAllowed):
        return [(b"allow", str(reason.details["allowed"]).encode())]
    if isinstance(reason, (RequestTooLarge, HeadersTooLarge)):
        return [(b"connection", b"close")]  # what is left of the request is read by nobody
    return []


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")

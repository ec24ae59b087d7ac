"""Routes: addresses that cannot be declared without saying who may use them."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from fastapi import APIRouter, params
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.convertors import StringConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kit.bodies import Body
from kit.calls import PlainCall, is_plain
from kit.conditions import ConditionMalformed, StaleVersion, if_match_of
from kit.edge import IdempotencyKeyReused, RequestInProgress
from kit.front import BodyTooLarge, Visit
from kit.mongo import OutcomeUnknown, StoreBusy, StoreUnavailable
from kit.paging import StaleCursor, page_ask_of
from kit.policy import Policy
from kit.problems import (
    DeadlinePassed,
    InvalidRequest,
    NoSuchMember,
    NotPermitted,
    RequestTooLarge,
    Unauthenticated,
    UnreadableBody,
    UnsupportedContentType,
    problem_responses,
)
from kit.refusals import Refusal, refuse
from kit.request import Edge, IdempotencyKeyMalformed

__all__ = ["Body", "GuardedRoute", "Routes"]

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
JSON = ("application/json",)
FORM = ("multipart/form-data", "application/x-www-form-urlencoded")
ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, NotPermitted, InvalidRequest, StoreUnavailable, DeadlinePassed)
WHEN_WRITING: tuple[type[Refusal], ...] = (
    IdempotencyKeyMalformed,
    IdempotencyKeyReused,
    RequestInProgress,
    StoreBusy,
    OutcomeUnknown,
)
WITH_BODY: tuple[type[Refusal], ...] = (UnreadableBody, RequestTooLarge, UnsupportedContentType)


class GuardedRoute(APIRoute):
    """A route behind its policy: caller, permission and content type are settled before the body is read."""

    policy: Policy
    most_bytes: int | None = None
    deadline_seconds: float | None = None
    accepts: tuple[str, ...] = ()

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            return await handle(await self._admitted(request.scope, request.receive))

        return guarded

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to this (direct) route; the framework is not asked. Raises: whatever stands against it."""
        response = await self._call(await self._admitted(scope, receive))
        await response(scope, receive, send)

    @cached_property
    def is_direct(self) -> bool:
        """Whether the route can answer by itself: it is plain, and its parameters are text between slashes."""
        texts = all(isinstance(one, StringConvertor) for one in self.param_convertors.values())
        return texts and is_plain(self)

    @cached_property
    def _call(self) -> PlainCall:
        return PlainCall(self)

    async def _admitted(self, scope: Scope, receive: Receive) -> Edge:
        edge = Edge(scope, receive, self.policy)
        await edge.admit()
        self._check_form(edge, edge.visit)
        return edge

    def _check_form(self, request: Request, visit: Visit) -> None:
        """Refuse what need not be read: unknown query parameters, a foreign content type, too long a body."""
        if self.deadline_seconds is not None:
            visit.extend(self.deadline_seconds)
        if self.most_bytes is not None:
            visit.most_bytes = self.most_bytes
        strangers = sorted(set(request.query_params) - self.query_names) if request.scope["query_string"] else ()
        if strangers:
            raise refuse(InvalidRequest(faults=[self._stranger(name) for name in strangers]))
        self._check_body(visit)

    def _check_body(self, visit: Visit) -> None:
        length = visit.given.get(b"content-length", b"")
        if length.isdigit() and int(length[:18]) > visit.most_bytes:
            raise BodyTooLarge(visit.most_bytes)
        has_body = length not in (b"", b"0") or b"transfer-encoding" in visit.given
        accepted = self.accepts or self.body_types
        sent = visit.header(b"content-type").partition(";")[0].strip().lower()
        if has_body and accepted and sent not in accepted:
            raise refuse(UnsupportedContentType(accepted=" or ".join(accepted)))

    def _stranger(self, name: str) -> dict[str, str]:
        known = ", ".join(sorted(self.query_names)) or "none"
        expected = f"no parameter of this name; known: {known}"
        return {"location": f"query.{name}", "value_type": "string", "expected": expected}

    @cached_property
    def body_types(self) -> tuple[str, ...]:
        """The content types that the declared body is read from; none where there is no body."""
        if self.body_field is None:
            return ()
        return FORM if isinstance(self.body_field.field_info, params.Form) else JSON

    @cached_property
    def query_names(self) -> frozenset[str]:
        """The names of all query parameters this route declares."""
        return frozenset(_query_names(self.dependant))


def _query_names(dependant: Any) -> set[str]:
    names: set[str] = set()
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names |= {field.alias or name for name, field in annotation.model_fields.items()}
        else:
            names.add(parameter.alias)
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return names


class Routes(APIRouter):
    """A router whose every address takes a `policy`; what it may refuse with stands in the OpenAPI document."""

    def __init__(self, *, prefix: str = "", tags: Sequence[str] = ()) -> None:
        super().__init__(prefix=prefix, tags=list(tags), route_class=GuardedRoute, redirect_slashes=False)

    def get(self, path: str, *, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:  # type: ignore[override]
        """Declare a read. Options as for `declare`."""
        return self.declare("GET", path, policy=policy, **options)

    def post(self, path: str, *, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:  # type: ignore[override]
        """Declare a POST. Options as for `declare`."""
        return self.declare("POST", path, policy=policy, **options)

    def put(self, path: str, *, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:  # type: ignore[override]
        """Declare a PUT. Options as for `declare`."""
        return self.declare("PUT", path, policy=policy, **options)

    def patch(self, path: str, *, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:  # type: ignore[override]
        """Declare a PATCH. Options as for `declare`."""
        return self.declare("PATCH", path, policy=policy, **options)

    def delete(self, path: str, *, policy: Policy, **options: Any) -> Callable[[Endpoint], Endpoint]:  # type: ignore[override]
        """Declare a DELETE. Options as for `declare`."""
        return self.declare("DELETE", path, policy=policy, **options)

    def declare(
        self,
        method: str,
        path: str,
        *,
        policy: Policy,
        refuses: Sequence[type[Refusal]] = (),
        most_bytes: int | None = None,
        deadline_seconds: float | None = None,
        accepts: Sequence[str] = (),
        **options: Any,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare an address. Further options (`status_code`, `response_model`, `summary`, …) are FastAPI's.

        `most_bytes`, `deadline_seconds`: other limits than the service's, for uploads. `accepts`: the content types of
        a body that the route reads itself. Raises: TypeError when `policy` is not a Policy.
        """
        if not isinstance(policy, Policy):
            raise TypeError(f"{method} {path}: a route needs a Policy")

        def declared(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(
                path,
                endpoint,
                methods=[method],
                openapi_extra={"x-policy": policy.describe(), "security": [{"internal": []}]},
                **options,
            )
            route = self.routes[-1]
            assert isinstance(route, GuardedRoute), route
            route.policy, route.most_bytes, route.deadline_seconds = policy, most_bytes, deadline_seconds
            route.accepts = tuple(accepts)
            route.responses = {**problem_responses(_refusals_of(route, method, refuses)), **route.responses}
            return endpoint

        return declared


_BY_DEPENDENCY: dict[Any, tuple[type[Refusal], ...]] = {
    if_match_of: (ConditionMalformed, StaleVersion),
    page_ask_of: (StaleCursor,),
}


def _refusals_of(route: GuardedRoute, method: str, refuses: Sequence[type[Refusal]]) -> list[type[Refusal]]:
    writing = WHEN_WRITING if method != "GET" else ()
    with_body = WITH_BODY if route.body_types or route.accepts else ()
    asked = [refusal for inner in route.dependant.dependencies for refusal in _BY_DEPENDENCY.get(inner.call, ())]
    # Who is asked about may turn out to be nobody of this district.
    about = (NoSuchMember,) if route.policy.subject is not None else ()
    return list(dict.fromkeys([*ALWAYS, *writing, *with_body, *asked, *about, *refuses]))

"""Answers: every way a request can end without the result it asked for, as one response."""

from collections.abc import Iterable
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from kit.conditions import NotModified
from kit.mongo import OutcomeUnknown, StoreUnavailable
from kit.problems import (
    MEDIA_TYPE,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchAddress,
    RequestTooLarge,
    UnreadableBody,
    problem,
    problem_headers,
)
from kit.refusals import Refusal, Refusals, refuse

_MOST_FAULTS = 100
_STORE_AWAY = {189, 91, 11600, 11602, 10107, 13435, 13436, 50, 262}  # no primary, shutting down, interrupted, too slow


def answer_error(request: Request, error: Exception) -> Response:
    """The response to a refusal, a failed validation, an HTTP error or a fault of ours; never quotes a value."""
    visit = request.scope["trellis.visit"]
    if isinstance(error, NotModified):
        return Response(status_code=304, headers={"etag": error.tag})
    refusals = _truly(refusals_of(request, error), changed=visit.changed)
    staff = visit.caller is not None and _is_staff(request, visit.caller)
    document = problem(refusals, visit.trace.correlation_id, staff=staff)
    visit.codes = tuple(reason.code for reason in refusals.reasons)
    visit.error = error
    status = document["status"]
    headers = problem_headers(status)
    if status == 405:
        headers["allow"] = refusals.reasons[0].details["allowed"]
    body = orjson.dumps(document, default=_said, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status, headers, MEDIA_TYPE)


async def handle_error(request: Request, error: Exception) -> Response:
    """The same as an exception handler of the application."""
    return answer_error(request, error)


def _truly(refusals: Refusals, *, changed: bool) -> Refusals:
    """Nobody is told that nothing was changed where the store went away between the change and the answer."""
    if changed and any(isinstance(reason, StoreUnavailable) for reason in refusals.reasons):
        return refuse(OutcomeUnknown())
    return refusals


def refusals_of(request: Request, error: Exception) -> Refusals:
    """Any error as refusals."""
    if isinstance(error, Refusals):
        return error
    if isinstance(error, Refusal):
        return refuse(error)
    if isinstance(error, RequestValidationError):
        return refuse(InvalidRequest(faults=list(_faults(error.errors()))))
    if isinstance(error, HTTPException):
        return refuse(_of_status(request, error))
    if isinstance(error, PyMongoError) and _store_is_away(error):
        return refuse(StoreUnavailable())
    return refuse(InternalError())


def _of_status(request: Request, error: HTTPException) -> Refusal:
    if error.status_code == 404:
        return NoSuchAddress()
    if error.status_code == 405:
        return MethodNotAllowed(allowed=_allowed(request))
    if error.status_code == 413:
        return RequestTooLarge(most_bytes=getattr(error, "most_bytes", 0))
    if error.status_code == 400:
        return UnreadableBody()
    return InternalError()


def _allowed(request: Request) -> str:
    """Every method that some route takes at this address."""
    here = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in here for method in route.methods or ()}))


def _store_is_away(error: PyMongoError) -> bool:
    return isinstance(error, (ConnectionFailure, ExecutionTimeout)) or getattr(error, "code", None) in _STORE_AWAY


def _faults(errors: Iterable[dict[str, Any]]) -> Iterable[dict[str, str]]:
    """Where, of which type, and what was expected; the value itself stays out."""
    for count, fault in enumerate(errors):
        if count == _MOST_FAULTS:
            return
        unknown = fault["type"] == "extra_forbidden"
        yield {
            "location": ".".join(_text(part) for part in fault["loc"]),
            "value_type": "absent" if fault["type"] == "missing" else type_name(fault.get("input")),
            "expected": "no field of this name" if unknown else _text(fault["msg"]),
        }


_TYPE_NAMES = {dict: "object", list: "array", str: "string", int: "integer", float: "number", bool: "boolean"}


def type_name(value: Any) -> str:
    """What JSON calls the type of a value."""
    return "null" if value is None else _TYPE_NAMES.get(type(value), type(value).__name__)


def _text(part: Any) -> str:
    """Text that can be sent: half a surrogate pair is replaced."""
    return str(part).encode("utf-8", "replace").decode()


def _is_staff(request: Request, caller: Any) -> bool:
    # An application without a store has no desk, and nobody is told more than others there.
    desk = getattr(request.app.state, "desk", None)
    staff_roles: frozenset[str] = desk.staff_roles if desk else frozenset()
    return not staff_roles.isdisjoint(caller.role_names()) or caller.kind == "operator"


def _said(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)

"""Calls: an endpoint called with what its request holds, on the shortest way there is."""

import json
from collections.abc import Sequence
from inspect import iscoroutinefunction
from typing import Any

import orjson
from fastapi import params
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.routing import APIRoute
from pydantic_core import PydanticUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response


def is_plain(route: APIRoute) -> bool:
    """Whether a route takes parameters, a JSON body and the request, by itself or by what it depends on, and answers
    with JSON."""
    body = route.body_field
    as_json = isinstance(route.response_class, DefaultPlaceholder) and route.response_field is not None
    is_form = body is not None and isinstance(body.field_info, params.Form)
    asked = route.dependant.dependencies
    return as_json and not is_form and _takes_little(route.dependant) and all(_stands_alone(one) for one in asked)


def _takes_little(takes: Dependant) -> bool:
    more = (
        takes.cookie_params,
        takes.response_param_name,
        takes.background_tasks_param_name,
        takes.security_scopes_param_name,
        takes.http_connection_param_name,
    )
    return not any(more) and iscoroutinefunction(takes.call)


def _stands_alone(asked: Dependant) -> bool:
    """Whether a dependency is a plain function of parameters."""
    more = (asked.dependencies, asked.body_params, asked.path_params, asked.request_param_name)
    return _takes_little(asked) and not any(more)


class PlainCall:
    """Calls the endpoint of one plain route.

    The framework does the same for every kind of route there is, streams, forms and generators among them, and takes
    three times as long. What it knows of the route is used here, and so are its own readers of parameters and bodies:
    values and faults are the same on both ways.
    """

    def __init__(self, route: APIRoute) -> None:
        takes = route.dependant
        assert takes.call is not None, route
        assert route.response_field is not None, route
        self._endpoint = takes.call
        self._takes = takes
        self._path = [(field.name, field.alias, field) for field in takes.path_params]
        self._body = takes.body_params if route.body_field is not None else []
        self._embedded = route._embed_body_fields
        self._shown = route.response_field
        self._status = route.status_code or 200

    async def __call__(self, request: Request) -> Response:
        """The endpoint's answer to this request.

        Raises: RequestValidationError with every fault of the request; whatever the endpoint raises.
        """
        answer = await self._endpoint(**await self._values(request))
        if isinstance(answer, Response):
            return answer
        shown, faults = self._shown.validate(answer, {}, loc=("response",))
        if faults:
            raise ResponseValidationError(errors=faults, body=answer)
        return Response(self._shown.serialize_json(shown), self._status, media_type="application/json")

    async def _values(self, request: Request) -> dict[str, Any]:
        """Everything that the endpoint takes, by name; the body is read first, so that its faults are told too."""
        body = await _body_of(request) if self._body else None
        values, faults = await _asked(self._takes.dependencies, request)
        for name, alias, field in self._path:
            values[name], wrong = field.validate(request.path_params[alias], {}, loc=("path", alias))
            faults += wrong
        _read(self._takes, request, values, faults)
        if self._body:
            found, wrong = await request_body_to_args(self._body, body, self._embedded)
            values |= found
            faults += wrong
        if faults:
            raise RequestValidationError(faults)
        if self._takes.request_param_name is not None:
            values[self._takes.request_param_name] = request
        return values


async def _asked(dependencies: Sequence[Dependant], request: Request) -> tuple[dict[str, Any], list[Any]]:
    """What the dependencies come to, by name, and the faults of their parameters."""
    values, faults = dict[str, Any](), list[Any]()
    for one in dependencies:
        own, wrong = dict[str, Any](), list[Any]()
        _read(one, request, own, wrong)
        faults += wrong
        if not wrong and one.call is not None:
            answer = await one.call(**own)
            values |= {one.name: answer} if one.name is not None else {}
    return values, faults


def _read(takes: Dependant, request: Request, values: dict[str, Any], faults: list[Any]) -> None:
    """Put query and header parameters into `values`, what is wrong with them into `faults`."""
    for fields, given in ((takes.query_params, "query_params"), (takes.header_params, "headers")):
        if fields:
            found, wrong = request_params_to_args(fields, getattr(request, given))
            values |= found
            faults += wrong


async def _body_of(request: Request) -> Any:
    """The body as JSON (its content type was looked at before); PydanticUndefined where there is none."""
    try:
        body = await request.body()
        return orjson.loads(body) if body else PydanticUndefined
    except json.JSONDecodeError as error:
        fault = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error", "input": {}}
        raise RequestValidationError([fault | {"ctx": {"error": error.msg}}]) from error
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(400) from error

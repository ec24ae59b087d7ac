"""Problems: every refusal as an RFC 9457 document, with a code to act on and a page that explains it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from kit.refusals import Kind, Refusal, Refusals

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2


class EdgeRefusal(Refusal):
    """A refusal that only the HTTP edge gives; it carries the status that the table of kinds does not know."""

    kind = Kind.INVALID
    status: ClassVar[int]


class UnreadableBody(EdgeRefusal):
    status = 400
    text = "The request's body could not be read as its content type says. Check it and send it again."


class Unauthenticated(EdgeRefusal):
    kind = Kind.FORBIDDEN
    status = 401
    text = "This request carries no token that this service accepts ({reason}). Sign in and send a fresh one."


class NotPermitted(Refusal):
    kind = Kind.FORBIDDEN
    text = "You are signed in, but this is not open to you. It is open to: {open_to}."


class NoSuchAddress(EdgeRefusal):
    kind = Kind.MISSING
    status = 404
    text = "There is nothing at this address. The list of addresses is at /openapi.json."


class NoSuchMember(Refusal):
    kind = Kind.MISSING
    text = "There is no such person in this district."


class MethodNotAllowed(EdgeRefusal):
    status = 405
    text = "This address does not take this method. It takes: {allowed}."


class RequestTooLarge(EdgeRefusal):
    status = 413
    text = "The request is larger than the {most_bytes} bytes allowed here. Send less at once."


class UnsupportedContentType(EdgeRefusal):
    status = 415
    text = "This address does not read this content type. Send {accepted}."


class InvalidRequest(Refusal):
    kind = Kind.INVALID
    text = "The request is not as expected. Every fault is listed with its place and with what was expected there."


class InternalError(EdgeRefusal):
    kind = Kind.UNAVAILABLE
    status = 500
    text = "Something went wrong on our side. Quote the correlation id when you ask for help."


class DeadlinePassed(EdgeRefusal):
    kind = Kind.UNAVAILABLE
    status = 504
    text = (
        "The answer was not ready in time. A change may or may not have been made: "
        "look before you repeat it, or repeat it with the same idempotency key."
    )


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What the page of one code says."""

    code: str
    title: str
    status: int
    text: str
    staff_text: str


def status_of(cls: type[Refusal]) -> int:
    """The HTTP status a refusal of this class is answered with."""
    status: int = getattr(cls, "status", cls.kind.status)
    return status


def code_of(cls: type[Refusal]) -> str:
    """The code of a refusal class, such as `no-such-address`."""
    return cls.__new__(cls).code


def title_of(code: str) -> str:
    """`no-such-address` -> `No such address`."""
    return code.replace("-", " ").capitalize()


def problem(refusals: Refusals, instance: str, *, staff: bool = False) -> dict[str, Any]:
    """The problem document of these reasons; the earliest kind of the table names the whole.

    `instance` is the correlation id. Staff hear `staff_detail` too.
    """
    first = next(reason for reason in refusals.reasons if reason.kind is refusals.kind)
    return {
        "type": f"/problems/{first.code}",
        "title": title_of(first.code),
        "status": status_of(type(first)),
        "code": first.code,
        "detail": first.detail,
        "instance": instance,
        "refusals": [_reason(reason, staff) for reason in refusals.reasons],
    }


def problem_headers(status: int) -> dict[str, str]:
    """What a problem of this status says in headers: when to come back, or how to sign in."""
    if status == 401:
        return {"www-authenticate": "Bearer"}
    if status == 503:
        return {"retry-after": str(RETRY_SECONDS)}
    return {}


def _reason(reason: Refusal, staff: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"code": reason.code, "detail": reason.detail, "details": reason.details}
    if staff:
        said["staff_detail"] = reason.staff_detail
    return said


def all_refusals() -> dict[str, type[Refusal]]:
    """Every refusal class that has been imported, by code."""
    return {code_of(cls): cls for cls in _below(Refusal) if cls.text}


def describe_problem(cls: type[Refusal]) -> ProblemPage:
    """The page of one refusal class; placeholders such as `{reason}` stay."""
    code = code_of(cls)
    return ProblemPage(code, title_of(code), status_of(cls), cls.text, cls.staff_text or cls.text)


def problem_responses(refusals: Sequence[type[Refusal]]) -> Mapping[int | str, dict[str, Any]]:
    """The OpenAPI responses of these refusals: one per status, its codes listed."""
    by_status: dict[int, list[type[Refusal]]] = {}
    for cls in refusals:
        by_status.setdefault(status_of(cls), []).append(cls)
    return {status: _response(classes) for status, classes in sorted(by_status.items())}


def _response(classes: Sequence[type[Refusal]]) -> dict[str, Any]:
    codes = sorted({code_of(cls) for cls in classes})
    return {
        "description": ", ".join(codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "x-codes": codes,
    }


def _below(cls: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in cls.__subclasses__():
        yield child
        yield from _below(child)


PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457), with all reasons.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "instance", "refusals"],
    "properties": {
        "type": {"type": "string", "description": "Address of the page that explains the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "What a program can act on."},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The correlation id of the request."},
        "refusals": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail", "details"],
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "staff_detail": {"type": "string"},
                    "details": {"type": "object"},
                },
            },
        },
    },
}

"""Forms: what comes to the addresses that need no token, read within a limit and without surprises."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from services.gateway.domain.oauth import OAuthRefusal

MOST_BYTES = 16_384
_MOST_FIELDS = 50
_CONTENT_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """The form's fields.

    Raises: OAuthRefusal for another content type, a large body (counted as it comes: a length need not be told), text
    that is none, or a field that comes twice.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _CONTENT_TYPE:
        raise OAuthRefusal("invalid_request", f"expected {_CONTENT_TYPE}")
    try:
        given = parse_qsl(
            (await _body(request)).decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise OAuthRefusal("invalid_request", "the form cannot be read") from error
    fields = dict(given)
    if len(fields) != len(given):
        raise OAuthRefusal("invalid_request", "a field came twice")
    return fields


async def _body(request: Request) -> bytes:
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > MOST_BYTES:
            raise OAuthRefusal("invalid_request", f"the form is larger than {MOST_BYTES} bytes", 413)
        parts.append(part)
    return b"".join(parts)

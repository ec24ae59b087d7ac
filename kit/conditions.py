"""Conditions: versions as ETags, so that nobody overwrites what they have not seen or loads what they already have."""

import re
from typing import Annotated

from fastapi import Depends, Header

from kit.refusals import Kind, Refusal, refuse

_TAG = re.compile(r'"(\d{1,18})"')
_ANY = "*"


class StaleVersion(Refusal):
    kind = Kind.STALE
    text = "This was changed by somebody else since you loaded it. Load it again, look, and repeat your change."


class ConditionMalformed(Refusal):
    kind = Kind.INVALID
    text = "If-Match takes one ETag as this service gave it, in double quotes, or *."


class NotModified(Exception):
    """Not a refusal: what the caller has is still current (304)."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def etag(version: int) -> str:
    """The ETag of a version: `"7"`."""
    return f'"{version}"'


def if_match_version(header: str | None) -> int | None:
    """The version in an If-Match header; None when there is no condition, or any version will do.

    Raises: Refusals of ConditionMalformed; of StaleVersion for a weak tag, which never matches (RFC 9110, 13.1.1).
    """
    if header is None or header.strip() == _ANY:
        return None
    if header.strip().startswith("W/"):
        raise refuse(StaleVersion())
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise refuse(ConditionMalformed())
    return int(match.group(1))


_SHAPE = {"pattern": r'^(\*|(W/)?"[0-9]{1,18}")$', "description": "The ETag that the change was made for."}


async def if_match_of(if_match: Annotated[str, Header(json_schema_extra=_SHAPE)] = _ANY) -> int | None:
    return if_match_version(if_match)


IfMatch = Annotated[int | None, Depends(if_match_of)]


def check_version(version: int, expected: int | None) -> None:
    """Raises: Refusals of StaleVersion when a version was expected and this is another."""
    if expected is not None and expected != version:
        raise refuse(StaleVersion())


def is_current(if_none_match: str | None, version: int) -> bool:
    """Whether an If-None-Match header names this version (weak comparison, RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return _ANY in tags or etag(version) in tags

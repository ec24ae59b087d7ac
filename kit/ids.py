"""Ids: opaque, prefixed by their noun, sortable by the time they were made."""

from uuid_utils import uuid7


def new_id(noun: str) -> str:
    """A fresh id such as `place_0199…`: the noun, then the 32 hex digits of a UUIDv7 (RFC 9562)."""
    return f"{noun}_{uuid7().hex}"

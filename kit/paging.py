"""Paging: long lists in pages, each continued by a signed cursor that fits one question of one district alone."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel, SecretStr

from kit.refusals import Kind, Refusal, refuse

T = TypeVar("T")
Document = dict[str, Any]
_SIGNATURE_BYTES = 16
MOST_ITEMS = 200


class StaleCursor(Refusal):
    kind = Kind.INVALID
    text = "This cursor does not continue this list: it is old, changed, or of another one. Start again without it."


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` asks for the next one; null: this was the last."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class PageAsk:
    """How much of a list is asked for, and from where."""

    limit: int
    cursor: str | None


async def page_ask_of(
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 50,
    cursor: Annotated[str | None, Query(max_length=2048)] = None,
) -> PageAsk:
    return PageAsk(limit, cursor)


# The query parameters `limit` and `cursor`.
PageAskDep = Annotated[PageAsk, Depends(page_ask_of)]


class CursorSigner:
    """Makes cursors that nobody can change or use for another question, and reads them back."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key.get_secret_value().encode()

    def sign(self, position: Sequence[Any], asked: Mapping[str, Any], district_id: str) -> str:
        """An opaque cursor for the row at `position` (its sort values) of the list that `asked` describes."""
        payload = orjson.dumps([_plain(value) for value in position])
        signed = self._signature(payload, asked, district_id) + payload
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    def read(self, cursor: str, asked: Mapping[str, Any], district_id: str) -> tuple[Any, ...]:
        """The position in a cursor made for the same question of the same district.

        Raises: Refusals of StaleCursor.
        """
        try:
            signed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise refuse(StaleCursor()) from error
        if base64.urlsafe_b64encode(signed).rstrip(b"=").decode() != cursor:
            raise refuse(StaleCursor())  # several spellings of the same bytes: only ours is ours
        signature, payload = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(payload, asked, district_id)):
            raise refuse(StaleCursor())
        return tuple(_lively(value) for value in orjson.loads(payload))

    def _signature(self, payload: bytes, asked: Mapping[str, Any], district_id: str) -> bytes:
        question = orjson.dumps([district_id, asked], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return hmac.digest(self._key, question + b"\n" + payload, hashlib.sha256)[:_SIGNATURE_BYTES]


@dataclass(frozen=True, slots=True)
class Keyset:
    """The order of a list: fields, `-name` downwards. The last one must be unique, as `_id` is."""

    fields: tuple[str, ...]

    @property
    def sort(self) -> list[tuple[str, int]]:
        return [(field.lstrip("-"), -1 if field.startswith("-") else 1) for field in self.fields]

    def position(self, document: Document) -> tuple[Any, ...]:
        """The document's sort values; a dotted field looks inside."""
        return tuple(_inside(document, name) for name, _ in self.sort)

    def after(self, where: Document, position: Sequence[Any] | None) -> Document:
        """`where`, limited to what comes after `position` (None: from the beginning).

        Raises: Refusals of StaleCursor for a position of another order.
        """
        if position is None:
            return where
        if len(position) != len(self.fields):
            raise refuse(StaleCursor())
        branches: list[Document] = []
        equal: Document = {}
        for (name, way), value in zip(self.sort, position, strict=True):
            branches.append({**equal, name: {"$gt" if way == 1 else "$lt": value}})
            equal[name] = value
        return {"$and": [where, {"$or": branches}]} if where else {"$or": branches}


def _inside(document: Document, dotted: str) -> Any:
    value: Any = document
    for part in dotted.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    return value


def _lively(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value

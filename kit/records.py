"""Records: frozen dataclasses in and out of documents, with `_id` for their id field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from kit.transaction import Rows

T = TypeVar("T")
Document = dict[str, Any]
_KEPT = frozenset({str, int, float, bool, bytes, datetime, NoneType, Literal, Any})


class Record(Generic[T]):
    """One dataclass <-> one document. What `id_field` names (a field, or a property) is the document's `_id`."""

    def __init__(self, cls: type[T], id_field: str) -> None:
        assert is_dataclass(cls), cls
        self._cls: type[Any] = cls
        self._id_field = id_field
        self._has_id = id_field in {field.name for field in fields(cls)}

    @cached_property
    def pack(self) -> Callable[[T], Document]:
        """Makes the document of a value: dates and times of day become ISO text, enums their value, sets sorted lists.

        A function written for the class at first use, as fast as one written by hand, field by field.
        Raises: TypeError for a dataclass with a field that has no place in a document.
        """
        return _packer(self._cls, self._id_field)

    def unpack(self, document: Document) -> T:
        """The value of `document`; fields the dataclass does not know are left aside."""
        named = {**document, self._id_field: document["_id"]} if self._has_id else document
        value: T = self._validate(named)
        return value

    async def get(self, rows: Rows, row_id: str) -> T | None:
        """The value of the document with this id, or None."""
        found = await rows.get(row_id)
        return self.unpack(found) if found else None

    async def many(self, rows: Rows, row_ids: Sequence[str]) -> dict[str, T]:
        """The values of the documents with these ids, by id, in one query; what is not there is left out."""
        return {row_id: self.unpack(row) for row_id, row in (await rows.many(row_ids)).items()}

    async def find(
        self, rows: Rows, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]] = (), limit: int = 0
    ) -> list[T]:
        """The values of all matching documents, in one query (or of as many as `limit` allows)."""
        return [self.unpack(row) for row in await rows.find(where, sort=sort, limit=limit)]

    @cached_property
    def _validate(self) -> Callable[[Document], Any]:
        return TypeAdapter(self._cls).validator.validate_python


def _packer(cls: type[Any], id_field: str | None) -> Callable[[Any], Document]:
    names: dict[str, Any] = {}
    hints = get_type_hints(cls)
    own = [field.name for field in fields(cls) if field.name != id_field]
    parts = [f"{name!r}: {_packed(hints[name], f'value.{name}', names)}" for name in own]
    if id_field is not None:
        parts.append(f"'_id': value.{id_field}")
    # The source is made of the class's own field names; nothing that anybody sent is in it.
    packer: Callable[[Any], Document] = eval(f"lambda value: {{{', '.join(parts)}}}", names)  # noqa: S307
    return packer


def _packed(hint: Any, value: str, names: dict[str, Any]) -> str:
    """The expression that makes of `value` what a document holds; functions it calls go into `names`."""
    kind: Any = get_origin(hint) or hint
    arguments = get_args(hint)
    if kind in _KEPT:
        return value
    if kind in (Union, UnionType):
        return _unless_none(arguments, value, names)
    if kind in (tuple, frozenset):
        return _in_order(kind, _packed(arguments[0], "one", names), value)
    if kind is Mapping:
        return f"{{key: {_packed(arguments[1], 'one', names)} for key, one in {value}.items()}}"
    if is_dataclass(kind):
        cls: Any = kind
        function = f"pack_{len(names)}"
        names[function] = _packer(cls, None)
        return f"{function}({value})"
    return f"{value}.{_told(kind)}"


def _told(kind: Any) -> str:
    """How a single value is told to a document that cannot hold it. Raises: TypeError where there is no such way."""
    if kind in (date, time):
        return "isoformat()"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "value"
    raise TypeError(f"{kind} has no place in a document")


def _unless_none(arguments: tuple[Any, ...], value: str, names: dict[str, Any]) -> str:
    made = {_packed(one, value, names) for one in arguments if one is not NoneType}
    if len(made) != 1:
        raise TypeError(f"{arguments}: which of them it is cannot be told")
    (only,) = made
    return value if only == value else f"(None if {value} is None else {only})"


def _in_order(kind: type, made: str, value: str) -> str:
    every = value if made == "one" else f"[{made} for one in {value}]"
    return f"sorted({every})" if kind is frozenset else every

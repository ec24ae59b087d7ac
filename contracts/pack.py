"""Facts in and out of plain data: closed when writing, open when reading."""

from typing import Any

from pydantic import TypeAdapter

from contracts.fact import Fact

_ADAPTERS: dict[str, TypeAdapter[Fact]] = {}


def adapter(cls: type[Fact]) -> TypeAdapter[Fact]:
    """The (kept) adapter of a fact class; making one costs a thousand times what using it does."""
    if cls.TYPE not in _ADAPTERS:
        _ADAPTERS[cls.TYPE] = TypeAdapter(cls)
    return _ADAPTERS[cls.TYPE]


def pack(fact: Fact) -> dict[str, Any]:
    """The fact as JSON-ready data: ISO times, lists, no unknown field (the class has none)."""
    data: dict[str, Any] = adapter(type(fact)).dump_python(fact, mode="json")
    return data


def unpack(cls: type[Fact], data: dict[str, Any]) -> Fact:
    """The fact of this class in `data`; fields it does not know are left aside.

    Raises: pydantic.ValidationError when a field is missing or of another type.
    """
    return adapter(cls).validate_python(data)

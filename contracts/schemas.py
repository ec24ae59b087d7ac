"""JSON Schemas: one per fact version, made from its class."""

from typing import Any

from contracts.fact import Fact
from contracts.pack import adapter

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(cls: type[Fact]) -> dict[str, Any]:
    """The JSON Schema of one fact version: closed, because a producer may send no unknown field."""
    schema = adapter(cls).json_schema(mode="serialization")
    _close(schema)
    for definition in schema.get("$defs", {}).values():
        _close(definition)
    return {"$schema": DIALECT, "$id": f"/schemas/{cls.TYPE}", **schema}


def _close(schema: dict[str, Any]) -> None:
    if schema.get("type") == "object" and "properties" in schema:
        schema["additionalProperties"] = False


def breaks(released: dict[str, Any], current: dict[str, Any]) -> list[str]:
    """What in `current` would break those who rely on `released`; an empty list means compatible.

    Within a version only optional fields may come: what was there stays, keeps its type, and stays required or not.
    Old readers need every old field; old facts in a topic must satisfy new readers.
    """
    faults = _object_breaks("", released, current)
    for name, definition in released.get("$defs", {}).items():
        now = current.get("$defs", {}).get(name)
        faults += [f"{name} is gone"] if now is None else _object_breaks(f"{name}.", definition, now)
    return faults


def _object_breaks(prefix: str, released: dict[str, Any], current: dict[str, Any]) -> list[str]:
    before, after = released.get("properties", {}), current.get("properties", {})
    faults = [f"{prefix}{name} is gone" for name in before if name not in after]
    faults += [
        f"{prefix}{name} changed its type"
        for name in before
        if name in after and _shape(before[name]) != _shape(after[name])
    ]
    was, now = set(released.get("required", [])), set(current.get("required", []))
    faults += [f"{prefix}{name} is required now" for name in sorted(now - was)]
    faults += [f"{prefix}{name} is no longer required" for name in sorted(was - now)]
    return faults


def _shape(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in ("title", "description", "default")}

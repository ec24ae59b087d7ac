"""Examples: for each fact one message that must be accepted, and one that must be refused."""

from typing import Any

from contracts.fact import Fact
from contracts.schemas import schema_of

_TEXTS = {
    "date-time": "2031-05-04T08:30:00Z",
    "date": "2031-05-04",
}


def valid_example(cls: type[Fact]) -> dict[str, Any]:
    """The smallest sensible data of this fact."""
    schema = schema_of(cls)
    example = _value(schema, "", schema.get("$defs", {}))
    assert isinstance(example, dict)
    return example


def invalid_example(cls: type[Fact]) -> dict[str, Any]:
    """The same without its key, and with a field nobody knows: a producer must not send it."""
    example = valid_example(cls)
    del example[cls.KEY]
    return {**example, "given_name": "Nobody"}


def _value(schema: dict[str, Any], name: str, definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(definitions[schema["$ref"].rsplit("/", 1)[1]], name, definitions)
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], name, definitions)
    match schema["type"]:
        case "object" if "properties" in schema:
            return {key: _value(part, key, definitions) for key, part in schema["properties"].items()}
        case "object":
            return {"example": _value(schema["additionalProperties"], name, definitions)}
        case "array":
            return [_value(schema["items"], name.removesuffix("s"), definitions)]
        case "string":
            return _TEXTS.get(schema.get("format", ""), _text(name))
        case "integer":
            return 1
        case "boolean":
            return True
        case other:
            raise ValueError(f"no example for {other}")


def _text(name: str) -> str:
    if name.endswith(("_id", "_by")):
        noun = name.removesuffix("_id").removesuffix("_by")
        return f"{noun}_0192f0c1d2e37a4b8c5d6e7f8091a2b3"
    return name.replace("_", "-")

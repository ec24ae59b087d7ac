"""Bodies: what a request's body is made of."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema

_LEAST, _MOST = -(2**63), 2**63 - 1  # what the store holds as an integer


def _tighten(schema: Any) -> None:
    """Make every number and flag below a schema strict: JSON has types of its own, so `"5"` is no number."""
    if isinstance(schema, dict):
        if schema.get("type") in {"int", "float", "bool"}:
            schema["strict"] = True
        if schema.get("type") == "int":
            schema.setdefault("gt" if "gt" in schema else "ge", _LEAST)
            schema.setdefault("lt" if "lt" in schema else "le", _MOST)
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, (dict, list, tuple)):
            _tighten(inner)


class Body(BaseModel):
    """Known fields alone; numbers and flags that are such; no NaN, and no integer that the store cannot hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        _tighten(schema)
        return schema

"""The merged document: all addresses of the town in one OpenAPI file, as the outside sees them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from services.gateway.table import INTERNAL

_POINTER = "#/components/schemas/"


def merged(folder: Path, version: str, public_url: str) -> dict[str, Any]:
    """The services' snapshots as one document. Schemas carry their service's name: two may call theirs alike."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")):
        document = _named(orjson.loads(path.read_bytes()), path.stem.capitalize())
        schemas |= document["components"]["schemas"]
        for address, operations in document["paths"].items():
            outside = {method: _outside(operation) for method, operation in operations.items() if _is_open(operation)}
            if outside and address.startswith("/v1/"):
                paths.setdefault(address, {}).update(outside)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trellis", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": public_url}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas, "securitySchemes": {"trellis": _security(paths, public_url)}},
    }


def _security(paths: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """How to get a token; the scopes are those that some address asks for."""
    operations = [operation for path in paths.values() for operation in path.values()]
    scopes = {operation["x-policy"]["scope"]: _open_to_apps(operations, operation) for operation in operations}
    by_name = dict(sorted(scopes.items()))
    for_people = {"*": "All that the person may do."} | by_name
    token = {"tokenUrl": f"{public_url}/oauth/token"}
    flows = {
        "authorizationCode": token | {"authorizationUrl": f"{public_url}/oauth/authorize", "scopes": for_people},
        "clientCredentials": token | {"scopes": by_name},
    }
    return {"type": "oauth2", "flows": flows}


def _open_to_apps(operations: list[Any], asked: Mapping[str, Any]) -> str:
    scope = asked["x-policy"]["scope"]
    for_apps = any(policy["apps"] for policy in (each["x-policy"] for each in operations) if policy["scope"] == scope)
    return "For people and apps." if for_apps else "For people alone."


def _is_open(operation: Any) -> bool:
    return isinstance(operation, Mapping) and operation.get("x-policy", {}).get("scope") != INTERNAL


def _outside(operation: Mapping[str, Any]) -> dict[str, Any]:
    scope = operation["x-policy"]["scope"]
    return {**operation, "security": [{"trellis": [scope]}]}


def _named(document: Any, prefix: str) -> Any:
    """The document with every schema's name, and every pointer to one, prefixed."""
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {f"{prefix}{name}": schema for name, schema in schemas.items()}
    return _pointed(document, prefix)


def _pointed(part: Any, prefix: str) -> Any:
    if isinstance(part, dict):
        return {
            key: _pointer(value, prefix) if key == "$ref" else _pointed(value, prefix) for key, value in part.items()
        }
    if isinstance(part, list):
        return [_pointed(item, prefix) for item in part]
    return part


def _pointer(value: Any, prefix: str) -> Any:
    if isinstance(value, str) and value.startswith(_POINTER):
        return f"{_POINTER}{prefix}{value.removeprefix(_POINTER)}"
    return value

"""The routing table: which address is whose, and who may use it. What the services did not declare is denied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

INTERNAL = "internal"
_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = "{}"
UPLOAD_BYTES, USUAL_BYTES = 512 * 2**20, 2**20
_OWNED_BY_OCCURRENCE = ("occurrence_id",)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one address leads, and whom it lets pass."""

    service: str
    method: str
    template: str
    scope: str
    roles: frozenset[str]
    apps: bool
    most_bytes: int
    key_segment: int | None
    """The path segment that says which process of the service owns the thing; None: any process will do."""


@dataclass(slots=True)
class Step:
    """One segment of the paths: what may follow it, and what answers here."""

    next: dict[str, "Step"]
    targets: dict[str, Target]


class RoutingTable:
    """All addresses the outside may ask for. What is not in it does not exist."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._root = Step({}, {})
        self.targets = tuple(targets)
        for target in self.targets:
            self._add(target)

    @classmethod
    def read(cls, folder: Path) -> "RoutingTable":
        """The table of the OpenAPI snapshots in `folder`: one document a service."""
        documents = {path.stem: orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))}
        return cls(target for service, document in documents.items() for target in targets_of(service, document))

    def find(self, path: str, method: str) -> tuple[Target | None, tuple[str, ...]]:
        """The target of this path and method, and the methods the path takes; a fixed segment wins over a parameter."""
        step = self._root
        for segment in path.split("/")[1:]:
            found = step.next.get(segment) or step.next.get(_PARAMETER)
            if found is None or not segment:
                return None, ()
            step = found
        return step.targets.get(method), tuple(step.targets)

    def _add(self, target: Target) -> None:
        step = self._root
        for segment in target.template.split("/")[1:]:
            name = _PARAMETER if segment.startswith("{") else segment
            step = step.next.setdefault(name, Step({}, {}))
        step.targets[target.method] = target


def targets_of(service: str, document: Mapping[str, Any]) -> list[Target]:
    """The targets that a service's document describes; what only the town itself may call is left out."""
    return [
        _target(service, method.upper(), template, operation)
        for template, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS and operation["x-policy"]["scope"] != INTERNAL and template.startswith("/v1/")
    ]


def _target(service: str, method: str, template: str, operation: Mapping[str, Any]) -> Target:
    policy = operation["x-policy"]
    segments = template.split("/")[1:]
    keys = [place for place, segment in enumerate(segments) if segment.strip("{}") in _OWNED_BY_OCCURRENCE]
    return Target(
        service=service,
        method=method,
        template=template,
        scope=policy["scope"],
        roles=frozenset(role for role, _ in policy["grants"]),
        apps=policy["apps"],
        most_bytes=UPLOAD_BYTES if _takes_uploads(operation) else USUAL_BYTES,
        key_segment=keys[0] if keys and method != "GET" else None,
    )


def _takes_uploads(operation: Mapping[str, Any]) -> bool:
    """Whether the route reads its body as a stream: it may find it too large, and yet declares no shape for it."""
    codes = {code for answer in operation.get("responses", {}).values() for code in answer.get("x-codes", ())}
    return "requestBody" not in operation and "request-too-large" in codes

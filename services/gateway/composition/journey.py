"""The journey of one correlation id: what every service announced and heard, in the order in which it happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any, Literal

from kit.story import Hop
from services.gateway.composition.parts import Gathered, Part
from services.gateway.composition.peers import Peers

GATEWAY = "gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One fact leaving a service, or arriving at one. `causation_id`: the fact before it; None: the request itself."""

    service: str
    kind: Literal["announced", "consumed"]
    type: str
    event_id: str
    causation_id: str | None
    key: str
    at: datetime
    depth: int = 0


async def ask_all(peers: Peers, services: Iterable[str], correlation_id: str, own: Sequence[Hop]) -> Gathered:
    """The steps each service knows, by its name; a service that does not answer is missing."""
    journey, path = Gathered({GATEWAY: steps_of(GATEWAY, own)}), f"/operations/trace/{correlation_id}"
    await journey.add(*(Part(service, _steps(peers, service, path)) for service in services))
    return journey


async def _steps(peers: Peers, service: str, path: str) -> list[Step]:
    return [_step(service, hop) for hop in await peers.get(service, path)]


def _step(service: str, hop: Mapping[str, Any]) -> Step:
    return Step(
        service=service,
        kind=hop["kind"],
        type=hop["type"],
        event_id=hop["event_id"],
        causation_id=hop["causation_id"],
        key=hop["key"],
        at=datetime.fromisoformat(hop["at"]),
    )


def steps_of(service: str, hops: Iterable[Hop]) -> list[Step]:
    """A service's own hops as steps."""
    return [
        Step(
            service=service,
            kind=hop.kind,
            type=hop.type,
            event_id=hop.event_id,
            causation_id=hop.causation_id,
            key=hop.key,
            at=hop.at,
        )
        for hop in hops
    ]


def in_order(steps: Sequence[Step]) -> list[Step]:
    """The steps so that each comes after what caused it, and otherwise by time; `depth` counts the causes before it.

    Clocks of machines may differ by more than a hop takes, so cause goes before time.
    """
    causes = _causes(steps)
    followers: dict[int, list[int]] = {}
    for place, cause in enumerate(causes):
        if cause is not None:
            followers.setdefault(cause, []).append(place)
    ready = [(*_rank(steps[place]), place, 0) for place, cause in enumerate(causes) if cause is None]
    heapify(ready)
    ordered: list[Step] = []
    while ready:
        *_, place, depth = heappop(ready)
        ordered.append(replace(steps[place], depth=depth))
        for follower in followers.get(place, ()):
            heappush(ready, (*_rank(steps[follower]), follower, depth + 1))
    return ordered


def _rank(step: Step) -> tuple[datetime, bool, str, str]:
    return step.at, step.kind == "announced", step.event_id, step.service


def _causes(steps: Sequence[Step]) -> list[int | None]:
    """For each step the place of the one that must come first, where it is known: a fact is announced before it is
    heard, and heard before what follows from it is announced."""
    heard = {(each.service, each.event_id): place for place, each in enumerate(steps) if each.kind == "consumed"}
    announced = {each.event_id: place for place, each in enumerate(steps) if each.kind == "announced"}
    return [
        announced.get(step.event_id)
        if step.kind == "consumed"
        else heard.get((step.service, step.causation_id or ""), announced.get(step.causation_id or ""))
        for step in steps
    ]

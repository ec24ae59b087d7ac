"""What an operator may ask of the whole town, over HTTP."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from kit.operations import OPERATIONS, CorrelationId
from kit.request import EdgeDep
from kit.routes import Routes
from kit.story import hops
from services.gateway.composition.journey import ask_all, in_order
from services.gateway.composition.parts import server_timing
from services.gateway.composition.peers import Peers
from services.gateway.routes.home import MissingPart

routes = Routes(prefix="/v1/operations", tags=["operations"])


class StepShown(BaseModel):
    """One fact announced by a service, or consumed by one."""

    service: str
    kind: Literal["announced", "consumed"]
    type: str
    event_id: str
    causation_id: str | None
    key: str
    at: datetime
    depth: int


class Journey(BaseModel):
    """Everything that one correlation id set in motion, each step after its cause."""

    correlation_id: str
    steps: list[StepShown]
    missing: list[MissingPart]


@routes.get("/trace/{correlation_id}", policy=OPERATIONS)
async def get_trace(correlation_id: CorrelationId, edge: EdgeDep) -> Journey:
    """What every service announced and consumed for one correlation id, in order of cause and time."""
    peers = Peers.of(edge)
    own = await hops(edge.store.mongo, edge.district_id, correlation_id)
    found = await ask_all(peers, sorted(peers.doors), correlation_id, own)
    edge.visit.answer_headers["server-timing"] = server_timing(found.took_ms)
    steps = in_order([step for known in found.values.values() for step in known])
    return Journey(
        correlation_id=correlation_id,
        steps=[StepShown.model_validate(step, from_attributes=True) for step in steps],
        missing=[MissingPart.model_validate(part, from_attributes=True) for part in found.missing],
    )

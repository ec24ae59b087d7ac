"""Operations: what an operator may ask any service."""

from typing import Annotated

from fastapi import Path

from kit.mongo import Mongo
from kit.policy import DISTRICT, OPERATOR, Policy
from kit.request import EdgeDep
from kit.routes import Routes
from kit.story import Hop, hops
from kit.tracing import CORRELATION

CorrelationId = Annotated[str, Path(pattern=rf"^{CORRELATION}$")]
OPERATIONS = Policy((OPERATOR, DISTRICT), scope="operations")


def operations(mongo: Mongo) -> Routes:
    """The routes for operators, the same in every service."""
    routes = Routes(prefix="/operations", tags=["operations"])

    @routes.get("/trace/{correlation_id}", policy=OPERATIONS)
    async def get_trace(correlation_id: CorrelationId, edge: EdgeDep) -> list[Hop]:
        """What this service announced and consumed for one correlation id, in order of time."""
        return await hops(mongo, edge.district_id, correlation_id)

    return routes

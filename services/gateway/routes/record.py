"""What we know about somebody, over HTTP: one document to read and to keep."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.people import Role
from kit.http import PeerUnavailable
from kit.policy import FAMILY, OWN, SCHOOL, Policy, person_in
from kit.problems import NoSuchMember
from kit.request import Edge, EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.gateway.composition.parts import server_timing
from services.gateway.composition.peers import PartRefused, Peers
from services.gateway.composition.record import compose_record
from services.gateway.routes.home import MissingPart
from services.gateway.routes.inbox import shown
from services.gateway.views.inbox import district_clock, notices_of

routes = Routes(prefix="/v1/people/{person_id}", tags=["record"])
EVERYBODY = (Role.LEARNER, Role.GUARDIAN, Role.EDUCATOR, Role.ADMINISTRATOR, Role.PARTNER)
THEIR_RECORD = Policy(
    *((role, OWN) for role in EVERYBODY),
    (Role.GUARDIAN, FAMILY),
    (Role.ADMINISTRATOR, SCHOOL),
    scope="profile.read",
    subject=person_in("person_id"),
)


class PersonsRecord(BaseModel):
    """All that is held of a person, part by part, as far as the reader may see it; lists are `{items, complete}`.

    `missing` names what is not here and why: not for this reader, or a service that is away just now.
    """

    person_id: str
    parts: dict[str, Any]
    missing: list[MissingPart]
    as_of: datetime


@routes.get("/record", policy=THEIR_RECORD, refuses=[PeerUnavailable, PartRefused, NoSuchMember])
async def get_record(person_id: Id, edge: EdgeDep) -> PersonsRecord:
    """What we know about somebody: profile, goals, evidence, weeks, projects, hours, notices; to download."""
    notices = _notices(edge) if person_id == edge.caller.caller_id else None
    record = await compose_record(Peers.of(edge), person_id, notices)
    headers = edge.visit.answer_headers
    headers["server-timing"] = server_timing(record.took_ms)
    headers["content-disposition"] = 'attachment; filename="record.json"'
    return PersonsRecord(
        person_id=person_id,
        parts=record.values,
        missing=[MissingPart.model_validate(part, from_attributes=True) for part in record.missing],
        as_of=edge.now,
    )


async def _notices(edge: Edge) -> dict[str, Any]:
    found, clock = await notices_of(edge.reader, edge.caller.caller_id), await district_clock(edge.reader)
    return {"items": [shown(notice, clock).model_dump(mode="json") for notice in found], "complete": True}

"""Erasures: ask for a person to be forgotten, and see what every service removed."""

from datetime import datetime

from pydantic import BaseModel

from contracts.people import Role
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.policy import SCHOOL, Policy
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Tag
from services.profile.actions.forget_person import ForgetPerson, forget_person
from services.profile.domain.erasure import Erasure, NoSuchErasure, RosterBeingApplied
from services.profile.domain.people import NoSuchPerson
from services.profile.routes.subjects import the_district
from services.profile.store.erasures import ERASURE, ERASURES
from services.profile.views.erasure import the_erasure

routes = Routes(prefix="/v1", tags=["erasures"])
OFFICE = (Role.ADMINISTRATOR.value, SCHOOL)


class Reason(Body):
    """Why, as a word of the district's list: free text might tell what is to be forgotten."""

    reason_code: Tag


class ErasureShown(BaseModel):
    """The certificate: what each service removed, by kind. It is complete when all have answered."""

    erasure_id: str
    person_id: str
    state: str
    reason_code: str
    asked_at: datetime
    removed: dict[str, dict[str, int]]
    waiting_for: tuple[str, ...]
    completed_at: datetime | None


@routes.post(
    "/people/{person_id}/forget",
    policy=Policy(OFFICE, scope="profile.write", subject=the_district),
    refuses=[NoSuchPerson, RosterBeingApplied],
    status_code=202,
)
async def post_forget(person_id: Id, body: Reason, edge: EdgeDep) -> ErasureShown:
    """Forget a person. Profile's part is done with this answer; the others follow and are listed as they do."""
    order = ForgetPerson(edge.new_id("erasure"), person_id, edge.caller.caller_id, body.reason_code)
    erasure = await edge.act(forget_person, order)
    edge.location(f"/v1/erasures/{erasure.erasure_id}")
    return _shown(erasure)


@routes.get("/erasures", policy=Policy(OFFICE, scope="profile.read", subject=the_district), refuses=[StaleCursor])
async def get_erasures(ask: PageAskDep, edge: EdgeDep) -> Page[ErasureShown]:
    """Every certificate of the district, the newest first."""
    return await edge.page(
        ask, edge.reader[ERASURES], {}, Keyset(("-_id",)), lambda found: _shown(ERASURE.unpack(found))
    )


@routes.get(
    "/erasures/{erasure_id}",
    policy=Policy(OFFICE, scope="profile.read", subject=the_district),
    refuses=[NoSuchErasure],
)
async def get_erasure(erasure_id: Id, edge: EdgeDep) -> ErasureShown:
    """What was removed so far, and who has not answered yet."""
    erasure = await the_erasure(edge.reader, erasure_id)
    edge.tag(erasure.version)
    return _shown(erasure)


def _shown(erasure: Erasure) -> ErasureShown:
    return ErasureShown(
        erasure_id=erasure.erasure_id,
        person_id=erasure.person_id,
        state=erasure.state,
        reason_code=erasure.reason_code,
        asked_at=erasure.asked_at,
        removed={service: dict(removed) for service, removed in erasure.removed.items()},
        waiting_for=erasure.waiting_for,
        completed_at=None if erasure.waiting_for else erasure.answered_at,
    )

"""Hours that wait for a partner's or a school's word, over HTTP."""

from datetime import datetime

from contracts.people import Role
from kit.paging import Keyset, Page, PageAsk, PageAskDep
from kit.policy import OWN, SCHOOL, Policy, organisation_in, person_in
from kit.request import Edge, EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.community.domain.hours import Hours, HoursState
from services.community.routes.hours import HoursShape
from services.community.store.collections import HOURS, HOURS_RECORD
from services.community.views.hours_to_settle import Approvals, ToSettle, get_approvals, with_titles

routes = Routes(prefix="/v1", tags=["hours"])
SCHOOL_STAFF = Policy(
    (Role.EDUCATOR, SCHOOL),
    (Role.ADMINISTRATOR, SCHOOL),
    scope="community.read",
    subject=organisation_in("school_id"),
)


class HoursToSettle(HoursShape):
    """Hours with the title of their project (null: the project is gone)."""

    project_title: str | None
    logged_at: datetime


@routes.get(
    "/people/{person_id}/hours-waiting",
    policy=Policy((Role.PARTNER, OWN), scope="community.read", subject=person_in("person_id")),
)
async def get_hours_waiting(person_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[HoursToSettle]:
    """The hours that a contact of a partner has yet to confirm, change or deny, the oldest first."""
    return await _page(edge, ask, {"contact_ids": person_id, "state": HoursState.LOGGED.value})


@routes.get("/hours", policy=SCHOOL_STAFF)
async def get_hours_of_school(
    school_id: Id, ask: PageAskDep, edge: EdgeDep, state: HoursState = HoursState.VERIFIED
) -> Page[HoursToSettle]:
    """A school's hours in one state, the oldest first; those verified wait for the school's word."""
    return await _page(edge, ask, {"school_id": school_id, "state": state.value})


@routes.get("/schools/{school_id}/approvals", policy=SCHOOL_STAFF)
async def get_school_approvals(school_id: Id, edge: EdgeDep) -> Approvals:
    """How many proposed projects and verified hours wait for a school's word."""
    return await get_approvals(edge.reader, school_id)


async def _page(edge: Edge, ask: PageAsk, where: dict[str, object]) -> Page[HoursToSettle]:
    found: Page[Hours] = await edge.page(
        ask, edge.reader[HOURS], where, Keyset(("logged_at", "_id")), HOURS_RECORD.unpack
    )
    items = [_shape(one) for one in await with_titles(edge.reader, found.items)]
    return Page(items=items, next_cursor=found.next_cursor)


def _shape(one: ToSettle) -> HoursToSettle:
    shown = HoursShape.model_validate(one.hours, from_attributes=True)
    return HoursToSettle(**shown.model_dump(), project_title=one.project_title, logged_at=one.hours.logged_at)

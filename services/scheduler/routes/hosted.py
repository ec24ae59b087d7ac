"""What somebody hosts, over HTTP."""

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.policy import OWN, SCHOOL, Policy, person_in
from kit.request import EdgeDep
from kit.routes import Routes
from services.scheduler.domain.day_patterns import RangeOutOfBounds, check_range
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.routes.fields import FromDay, PathId, ToDay
from services.scheduler.routes.subjects import READ
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.views.hosted import Hosted, show_hosted

routes = Routes(prefix="/v1/people/{person_id}", tags=["occurrences"])
HOST_THEMSELVES = Policy(
    ("educator", OWN), ("administrator", OWN), ("administrator", SCHOOL), scope=READ, subject=person_in("person_id")
)


@routes.get("/occurrences", policy=HOST_THEMSELVES, refuses=[RangeOutOfBounds, StaleCursor])
async def get_hosted(person_id: PathId, first: FromDay, last: ToDay, ask: PageAskDep, edge: EdgeDep) -> Page[Hosted]:
    """What somebody hosts from one day to another, in time order, cancelled ones too: seats, line, space and roll."""
    check_range(first, last)
    where = {"host_ids": person_id, "day": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
    found: Page[Occurrence] = await edge.page(
        ask, edge.reader[OCCURRENCES], where, Keyset(("day", "starts_at", "_id")), OCCURRENCE.unpack
    )
    return Page(items=await show_hosted(edge.reader, found.items), next_cursor=found.next_cursor)

"""How a school's spaces are used, over HTTP."""

from datetime import timedelta

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Routes
from services.scheduler.domain.day_patterns import RangeOutOfBounds, check_range
from services.scheduler.domain.spaces import Space
from services.scheduler.routes.fields import FromDay, PathId, ToDay
from services.scheduler.routes.subjects import SCHOOL_STAFF, NoSuchSchool
from services.scheduler.store.spaces import SPACE, SPACES
from services.scheduler.views.space_use import SpaceInUse, show_use

routes = Routes(prefix="/v1/schools/{school_id}", tags=["spaces"])
LONGEST_LOOK = timedelta(days=13)


@routes.get("/space-use", policy=SCHOOL_STAFF, refuses=[NoSuchSchool, RangeOutOfBounds, StaleCursor])
async def get_space_use(
    school_id: PathId, first: FromDay, last: ToDay, ask: PageAskDep, edge: EdgeDep
) -> Page[SpaceInUse]:
    """Per space of a school, what takes place there from one day to another (two weeks at most)."""
    check_range(first, last, LONGEST_LOOK)
    found: Page[Space] = await edge.page(
        ask, edge.reader[SPACES], {"school_id": school_id}, Keyset(("_id",)), SPACE.unpack
    )
    return Page(items=await show_use(edge.reader, found.items, first, last), next_cursor=found.next_cursor)

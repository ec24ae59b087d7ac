"""A school's periods, over HTTP."""

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.add_period import add_period
from services.scheduler.actions.renew_period import RenewPeriod, renew_period
from services.scheduler.domain.periods import NoSuchPeriod, Period, Terms, TermsEndBeforeStart, TermsNotLater
from services.scheduler.routes.fields import Day, Label, PathId
from services.scheduler.routes.subjects import SCHOOL_OFFICE, SCHOOL_READERS, NoSuchSchool
from services.scheduler.store.timetables import PERIOD, PERIODS

routes = Routes(prefix="/v1/schools/{school_id}/periods", tags=["periods"])


class TermsWanted(Body):
    """What the period is called from a day on, until a last day or until newer terms."""

    name: Label
    from_on: Day
    until_on: Day | None = None


@routes.post("", policy=SCHOOL_OFFICE, refuses=[NoSuchSchool, TermsEndBeforeStart], status_code=201)
async def post_period(school_id: PathId, body: TermsWanted, edge: EdgeDep) -> Period:
    """Add a period with its first terms."""
    period = Period(
        period_id=edge.new_id("period"),
        version=0,
        district_id=edge.district_id,
        school_id=school_id,
        terms=(Terms(**body.model_dump()),),
    )
    saved = await edge.act(add_period, period)
    edge.tag(saved.version)
    return saved


@routes.post(
    "/{period_id}/terms",
    policy=SCHOOL_OFFICE,
    refuses=[NoSuchSchool, NoSuchPeriod, StaleVersion, TermsNotLater, TermsEndBeforeStart],
    status_code=201,
)
async def post_terms(
    school_id: PathId, period_id: PathId, body: TermsWanted, expected: IfMatch, edge: EdgeDep
) -> Period:
    """Give a period new terms from a later day on; what was before stays."""
    order = RenewPeriod(school_id, period_id, Terms(**body.model_dump()), expected)
    saved = await edge.act(renew_period, order)
    edge.tag(saved.version)
    return saved


@routes.get("", policy=SCHOOL_READERS, refuses=[NoSuchSchool, StaleCursor])
async def get_periods(school_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[Period]:
    """A school's periods with all their terms."""
    where = {"school_id": school_id}
    return await edge.page(ask, edge.reader[PERIODS], where, Keyset(("_id",)), PERIOD.unpack)

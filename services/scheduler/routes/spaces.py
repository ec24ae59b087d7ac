"""A school's spaces, over HTTP."""

from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.add_space import add_space
from services.scheduler.actions.change_space import ChangeSpace, change_space
from services.scheduler.domain.resource_days import LimitBelowUse
from services.scheduler.domain.spaces import NoSuchSpace, SeatsDoNotFit, Space
from services.scheduler.routes.fields import Label, Name, PathId, Seats
from services.scheduler.routes.subjects import SCHOOL_OFFICE, SCHOOL_READERS, NoSuchSchool
from services.scheduler.store.spaces import SPACE, SPACES

routes = Routes(prefix="/v1/schools/{school_id}/spaces", tags=["spaces"])


class SpaceWanted(Body):
    """A room or place with its three seat numbers, and whether students may book it for their own work."""

    name: Name
    features: tuple[Label, ...] = Field((), max_length=50)
    legal_limit: Seats
    target: Seats
    accessible: Seats = 0
    own_work: bool = False
    own_work_seats: Seats = 0


class SpaceChange(Body):
    """What is left out stays."""

    name: Name | None = None
    features: tuple[Label, ...] | None = Field(None, max_length=50)
    legal_limit: Seats | None = None
    target: Seats | None = None
    accessible: Seats | None = None
    own_work: bool | None = None
    own_work_seats: Seats | None = None


@routes.post("", policy=SCHOOL_OFFICE, refuses=[NoSuchSchool, SeatsDoNotFit], status_code=201)
async def post_space(school_id: PathId, body: SpaceWanted, edge: EdgeDep) -> Space:
    """Add a space."""
    space = Space(
        space_id=edge.new_id("space"),
        version=0,
        district_id=edge.district_id,
        school_id=school_id,
        **body.model_dump(),
    )
    saved = await edge.act(add_space, space)
    edge.tag(saved.version)
    return saved


@routes.get("", policy=SCHOOL_READERS, refuses=[NoSuchSchool, StaleCursor])
async def get_spaces(school_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[Space]:
    """A school's spaces."""
    return await edge.page(ask, edge.reader[SPACES], {"school_id": school_id}, Keyset(("_id",)), SPACE.unpack)


@routes.patch(
    "/{space_id}",
    policy=SCHOOL_OFFICE,
    refuses=[NoSuchSchool, NoSuchSpace, StaleVersion, SeatsDoNotFit, LimitBelowUse],
)
async def patch_space(
    school_id: PathId, space_id: PathId, body: SpaceChange, expected: IfMatch, edge: EdgeDep
) -> Space:
    """Change a space; a new legal limit holds from today on."""
    changes = body.model_dump(exclude_none=True)
    saved = await edge.act(change_space, ChangeSpace(school_id, space_id, changes, expected))
    edge.tag(saved.version)
    return saved

"""A school's equipment pools, over HTTP."""

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.add_equipment_pool import add_equipment_pool
from services.scheduler.actions.change_equipment_pool import ChangePool, change_equipment_pool
from services.scheduler.domain.resource_days import LimitBelowUse
from services.scheduler.domain.spaces import EquipmentPool, NoSuchPool
from services.scheduler.routes.fields import Label, Name, PathId, Seats
from services.scheduler.routes.subjects import SCHOOL_OFFICE, SCHOOL_READERS, NoSuchSchool
from services.scheduler.store.spaces import POOL, POOLS

routes = Routes(prefix="/v1/schools/{school_id}/equipment-pools", tags=["equipment"])


class PoolWanted(Body):
    """Pieces of one kind, and how many there are."""

    name: Name
    kind: Label
    count: Seats


class PoolChange(Body):
    """What is left out stays."""

    name: Name | None = None
    kind: Label | None = None
    count: Seats | None = None


@routes.post("", policy=SCHOOL_OFFICE, refuses=[NoSuchSchool], status_code=201)
async def post_equipment_pool(school_id: PathId, body: PoolWanted, edge: EdgeDep) -> EquipmentPool:
    """Add an equipment pool."""
    pool = EquipmentPool(
        pool_id=edge.new_id("pool"),
        version=0,
        district_id=edge.district_id,
        school_id=school_id,
        **body.model_dump(),
    )
    saved = await edge.act(add_equipment_pool, pool)
    edge.tag(saved.version)
    return saved


@routes.get("", policy=SCHOOL_READERS, refuses=[NoSuchSchool, StaleCursor])
async def get_equipment_pools(school_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[EquipmentPool]:
    """A school's equipment pools."""
    return await edge.page(ask, edge.reader[POOLS], {"school_id": school_id}, Keyset(("_id",)), POOL.unpack)


@routes.patch("/{pool_id}", policy=SCHOOL_OFFICE, refuses=[NoSuchSchool, NoSuchPool, StaleVersion, LimitBelowUse])
async def patch_equipment_pool(
    school_id: PathId, pool_id: PathId, body: PoolChange, expected: IfMatch, edge: EdgeDep
) -> EquipmentPool:
    """Change an equipment pool; a new count holds from today on."""
    order = ChangePool(school_id, pool_id, body.model_dump(exclude_none=True), expected)
    saved = await edge.act(change_equipment_pool, order)
    edge.tag(saved.version)
    return saved

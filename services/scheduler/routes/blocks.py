"""Blocks, over HTTP: generated, looked at, overridden, locked."""

from datetime import datetime

from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.change_block import ChangeBlock, change_block
from services.scheduler.actions.generate_blocks import GenerateBlocks, GeneratedBlocks, generate_blocks
from services.scheduler.actions.lock_block import LockBlock, lock_block
from services.scheduler.domain.blocks import (
    Block,
    BlockCancelledAlready,
    BlockCrossesWeek,
    BlockEndsBeforeStart,
    BlockInUse,
    BlockLeavesItsDay,
    BlockLockedAlready,
    BlockOver,
    NoSuchBlock,
)
from services.scheduler.domain.calendars import CalendarMissing, DistrictUnknown
from services.scheduler.domain.day_patterns import NoSuchPattern, RangeOutOfBounds, check_range
from services.scheduler.domain.host_weeks import HostBusy
from services.scheduler.domain.periods import NoSuchPeriod
from services.scheduler.domain.resource_days import EquipmentGone, SpaceFull
from services.scheduler.routes.fields import Day, FromDay, Id, Moment, PathId, QueryId, ToDay
from services.scheduler.routes.subjects import (
    BLOCK_OFFICE,
    BLOCK_READERS,
    SCHOOL_OFFICE,
    SCHOOL_READERS,
    NoSuchSchool,
)
from services.scheduler.store.blocks import BLOCK, BLOCKS

routes = Routes(prefix="/v1", tags=["blocks"])
TAKEN = [HostBusy, SpaceFull, EquipmentGone]
GENERATING_SECONDS = 30.0


class BlocksWanted(Body):
    """From which day pattern, for which days (both included)."""

    pattern_id: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class BlockChange(Body):
    """New times, or `cancelled`; what is left out stays."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None
    cancelled: bool = False


@routes.post(
    "/schools/{school_id}/blocks",
    policy=SCHOOL_OFFICE,
    refuses=[
        NoSuchSchool,
        NoSuchPattern,
        NoSuchPeriod,
        CalendarMissing,
        DistrictUnknown,
        RangeOutOfBounds,
        BlockCrossesWeek,
        *TAKEN,
    ],
    deadline_seconds=GENERATING_SECONDS,
)
async def post_blocks(school_id: PathId, body: BlocksWanted, edge: EdgeDep) -> GeneratedBlocks:
    """Generate the blocks of a day pattern; again and again is safe, and what is past, locked or set by hand stays."""
    order = GenerateBlocks(school_id, body.pattern_id, body.first, body.last)
    return await edge.act(generate_blocks, order)


@routes.get("/blocks", policy=SCHOOL_READERS, refuses=[NoSuchSchool, RangeOutOfBounds, StaleCursor])
async def get_blocks(
    school_id: QueryId,
    first: FromDay,
    last: ToDay,
    ask: PageAskDep,
    edge: EdgeDep,
) -> Page[Block]:
    """A school's blocks from one day to another, in time order, without those that are cancelled."""
    check_range(first, last)
    days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
    where = {"school_id": school_id, "day": days, "cancelled": False}
    return await edge.page(ask, edge.reader[BLOCKS], where, Keyset(("day", "starts_at", "_id")), BLOCK.unpack)


@routes.get("/blocks/{block_id}", policy=BLOCK_READERS, refuses=[NoSuchBlock])
async def get_block(block_id: PathId, edge: EdgeDep) -> Block:
    """One block."""
    block = await BLOCK.get(edge.reader[BLOCKS], block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    edge.tag(block.version)
    return block


@routes.patch(
    "/blocks/{block_id}",
    policy=BLOCK_OFFICE,
    refuses=[
        NoSuchBlock,
        StaleVersion,
        CalendarMissing,
        DistrictUnknown,
        BlockLockedAlready,
        BlockCancelledAlready,
        BlockOver,
        BlockInUse,
        BlockEndsBeforeStart,
        BlockLeavesItsDay,
        BlockCrossesWeek,
        *TAKEN,
    ],
)
async def patch_block(block_id: PathId, body: BlockChange, expected: IfMatch, edge: EdgeDep) -> Block:
    """Override a block's times, or cancel it, while nobody has a place in it."""
    order = ChangeBlock(block_id, _utc(body.starts_at), _utc(body.ends_at), body.cancelled, expected)
    block = await edge.act(change_block, order)
    edge.tag(block.version)
    return block


@routes.post("/blocks/{block_id}/lock", policy=BLOCK_OFFICE, refuses=[NoSuchBlock, BlockCancelledAlready])
async def post_lock(block_id: PathId, edge: EdgeDep) -> Block:
    """Lock a block now: places in it change no more, and the roll can be taken."""
    block = await edge.act(lock_block, LockBlock(block_id))
    edge.tag(block.version)
    return block


def _utc(moment: datetime | None) -> datetime | None:
    """To the millisecond, which is what the store keeps."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)

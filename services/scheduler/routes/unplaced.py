"""Who has no place in a block, over HTTP."""

from collections.abc import Sequence

from kit.directory import PEOPLE
from kit.paging import Page, PageAskDep, StaleCursor
from kit.refusals import refuse
from kit.request import Edge, EdgeDep
from kit.routes import Routes
from services.scheduler.domain.blocks import NoSuchBlock
from services.scheduler.routes.fields import PathId
from services.scheduler.routes.subjects import BLOCK_STAFF, editor_at
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.views.unplaced import Unplaced, get_unplaced

routes = Routes(prefix="/v1/blocks/{block_id}", tags=["blocks"])


@routes.get("/unplaced", policy=BLOCK_STAFF, refuses=[NoSuchBlock, StaleCursor])
async def get_unplaced_of(block_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[Unplaced]:
    """The school's students without a place in this block; an educator sees those of the classes they teach."""
    block = await BLOCK.get(edge.reader[BLOCKS], block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    asked = {"route": "unplaced", "block_id": block_id, "caller_id": edge.caller.caller_id}
    after = str(edge.desk.cursors.read(ask.cursor, asked, edge.district_id)[0]) if ask.cursor else ""
    class_ids = await _classes(edge, block.school_id)
    found = await get_unplaced(edge.reader, block, class_ids, after, ask.limit + 1)
    shown = found[: ask.limit]
    more = len(found) > ask.limit
    cursor = edge.desk.cursors.sign((shown[-1].student_id,), asked, edge.district_id) if more else None
    return Page(items=shown, next_cursor=cursor)


async def _classes(edge: Edge, school_id: str) -> Sequence[str] | None:
    """Those that the caller teaches; None: an administrator sees the whole school."""
    if editor_at(edge, school_id).administers:
        return None
    known = await edge.reader[PEOPLE].one({"_id": edge.caller.caller_id}, ["leads"])
    return list(known["leads"]) if known else []

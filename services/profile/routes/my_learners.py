"""An educator's learners, and the evidence that waits for an answer, over HTTP."""

from datetime import datetime

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.profile.domain.evidence import Evidence, EvidenceState
from services.profile.domain.people import NoSuchPerson
from services.profile.routes.growth_policies import TEACHER_THEMSELVES
from services.profile.store.growth import EVIDENCE, EVIDENCE_RECORD
from services.profile.views.district_days import day_of
from services.profile.views.my_learners import LONG_AGO, LearnerOfMine, my_learners, taught_by

routes = Routes(prefix="/v1/people/{person_id}", tags=["growth"])
FROM_THE_FIRST: tuple[datetime, str] = (LONG_AGO, "")


@routes.get("/learners", policy=TEACHER_THEMSELVES, refuses=[NoSuchPerson, StaleCursor])
async def get_learners(person_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[LearnerOfMine]:
    """The learners of an educator's classes, who moved longest ago first: open goals, and what waits for a word."""
    asked, cursors = {"route": "learners", "person_id": person_id}, edge.desk.cursors
    after = FROM_THE_FIRST
    if ask.cursor:
        at, learner_id = cursors.read(ask.cursor, asked, edge.district_id)
        after = (at, learner_id)
    today = await day_of(edge.reader, edge.now)
    found = await my_learners(edge.reader, edge.caller, person_id, after, ask.limit + 1, today)
    shown = found[: ask.limit]
    if len(found) <= ask.limit:
        return Page(items=shown)
    position = (shown[-1].last_moved_at or LONG_AGO, shown[-1].person_id)
    return Page(items=shown, next_cursor=cursors.sign(position, asked, edge.district_id))


@routes.get("/evidence-waiting", policy=TEACHER_THEMSELVES, refuses=[NoSuchPerson, StaleCursor])
async def get_evidence_waiting(person_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[Evidence]:
    """What learners of an educator's classes handed in and nobody answered yet, the oldest first."""
    learners = [row["_id"] for row in await taught_by(edge.reader, person_id)]
    where = {"person_id": {"$in": learners}, "state": EvidenceState.HANDED_IN.value}
    return await edge.page(ask, edge.reader[EVIDENCE], where, Keyset(("at", "_id")), EVIDENCE_RECORD.unpack)

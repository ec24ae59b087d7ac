"""A roster in detail: which rows it would change, and every finding that was kept."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.profile.domain.rosters import NoSuchRoster
from services.profile.routes.rosters import READ
from services.profile.store.rosters import ROSTER_FINDINGS, ROSTER_PAGES, ROSTERS
from services.profile.views.roster import the_roster

routes = Routes(prefix="/v1/rosters/{roster_id}", tags=["rosters"])

RosterFile = Literal["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"]
Change = Literal["added", "changed", "leaving"]


class ChangeGroup(BaseModel):
    """Up to 500 roster numbers that one file would add, change or take away."""

    number: int
    sourced_ids: list[str]


class FindingShown(BaseModel):
    """One fault: where it is, what stands there, what was expected. `severity`: error, row (left out), note."""

    severity: str
    code: str
    file: str
    line: int | None
    column: str | None
    value: str
    expected: str
    message: str


@routes.get("/changes", policy=READ, refuses=[NoSuchRoster, StaleCursor])
async def get_changes(
    roster_id: Id,
    ask: PageAskDep,
    edge: EdgeDep,
    file: Annotated[RosterFile, Query()],
    kind: Annotated[Change, Query()],
) -> Page[ChangeGroup]:
    """The rows that one file would add, change or take away, in groups; there until the roster is decided about."""
    await the_roster(edge.reader[ROSTERS], roster_id)
    where = {"roster_id": roster_id, "list": f"{file}:{kind}"}
    return await edge.page(ask, edge.reader[ROSTER_PAGES], where, Keyset(("number", "_id")), _group)


@routes.get("/findings", policy=READ, refuses=[NoSuchRoster, StaleCursor])
async def get_findings(roster_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[FindingShown]:
    """What is wrong with the roster, as it was met: the first 200 of a kind in a file; the roster has the counts."""
    await the_roster(edge.reader[ROSTERS], roster_id)
    where = {"roster_id": roster_id}
    return await edge.page(ask, edge.reader[ROSTER_FINDINGS], where, Keyset(("number", "_id")), _finding)


def _group(found: dict[str, Any]) -> ChangeGroup:
    return ChangeGroup(number=found["number"], sourced_ids=found["ids"])


def _finding(found: dict[str, Any]) -> FindingShown:
    return FindingShown(**{name: found[name] for name in FindingShown.model_fields})

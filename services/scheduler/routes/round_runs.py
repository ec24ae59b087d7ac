"""Runs of a round, over HTTP: asked for, watched, compared, looked into."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.ask_run import AskRun, CancelRun, ask_run, cancel_asked_run
from services.scheduler.domain.round_runs import (
    NobodyRanked,
    NoSuchRun,
    RunNotFinished,
    RunNotPossible,
    RunOver,
    TooManyRuns,
)
from services.scheduler.domain.rounds import NoSuchRound
from services.scheduler.routes.fields import ID, PathId
from services.scheduler.routes.round_shapes import ResultShown, RunShown
from services.scheduler.routes.round_subjects import ROUND_OFFICE, RUN_READERS
from services.scheduler.routes.rounds import Seed
from services.scheduler.store.rounds import RESULT, RESULTS, RUNS, unpack_run
from services.scheduler.views.round_choices import get_round
from services.scheduler.views.round_results import compare_runs, get_run, names_for

routes = Routes(prefix="/v1/rounds/{round_id}/runs", tags=["rounds"])
NEWEST_FIRST = Keyset(("-asked_at", "-_id"))
OtherRun = Annotated[str, Query(alias="with", pattern=ID, max_length=80)]
BY_LOTTERY = Keyset(("place", "_id"))


class RunWanted(Body):
    """A preview; `seed` in place of the round's own."""

    seed: Seed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonShown:
    """Two runs side by side. Of all students, how many have other places in the second, and fare better or worse."""

    first: RunShown
    second: RunShown
    students: int
    different: int
    better: int
    worse: int


@routes.post(
    "",
    policy=ROUND_OFFICE,
    status_code=202,
    refuses=[NoSuchRound, RunNotPossible, NobodyRanked, TooManyRuns],
)
async def post_run(round_id: PathId, body: RunWanted, edge: EdgeDep) -> RunShown:
    """Ask for a preview. A worker works it out; nobody is placed, and nobody is told."""
    run = await edge.act(ask_run, AskRun(edge.new_id("run"), round_id, body.seed, edge.caller.caller_id))
    edge.location(f"/v1/rounds/{round_id}/runs/{run.run_id}")
    return RunShown.of(run)


@routes.get("", policy=RUN_READERS, refuses=[NoSuchRound, StaleCursor])
async def get_runs(round_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[RunShown]:
    """The runs of a round, newest first."""
    where = {"round_id": round_id}
    return await edge.page(ask, edge.reader[RUNS], where, NEWEST_FIRST, lambda row: RunShown.of(unpack_run(row)))


@routes.get("/{run_id}", policy=RUN_READERS, refuses=[NoSuchRound, NoSuchRun])
async def get_one(round_id: PathId, run_id: PathId, edge: EdgeDep) -> RunShown:
    """One run: its progress, or its figures."""
    return RunShown.of(await get_run(edge.reader, round_id, run_id))


@routes.post("/{run_id}/cancel", policy=ROUND_OFFICE, refuses=[NoSuchRound, NoSuchRun, RunOver])
async def post_cancel(round_id: PathId, run_id: PathId, edge: EdgeDep) -> RunShown:
    """Want a run no more; the worker that has it in hand stops."""
    return RunShown.of(await edge.act(cancel_asked_run, CancelRun(round_id, run_id)))


@routes.get("/{run_id}/comparison", policy=RUN_READERS, refuses=[NoSuchRound, NoSuchRun, RunNotFinished])
async def get_comparison(round_id: PathId, run_id: PathId, other: OtherRun, edge: EdgeDep) -> ComparisonShown:
    """This run beside another one."""
    found = await compare_runs(edge.reader, round_id, run_id, other)
    return ComparisonShown(
        first=RunShown.of(found.first),
        second=RunShown.of(found.second),
        students=found.students,
        different=found.different,
        better=found.better,
        worse=found.worse,
    )


@routes.get("/{run_id}/results", policy=RUN_READERS, refuses=[NoSuchRound, NoSuchRun, StaleCursor])
async def get_results(
    round_id: PathId, run_id: PathId, ask: PageAskDep, edge: EdgeDep, not_placed: Annotated[bool, Query()] = False
) -> Page[ResultShown]:
    """Each student's part of a run, in lottery order; `not_placed`: those whose place could not be made."""
    of = await get_round(edge.reader, round_id)
    await get_run(edge.reader, round_id, run_id)
    where = {"run_id": run_id, **({"missed_place": True} if not_placed else {})}
    page = await edge.page(ask, edge.reader[RESULTS], where, BY_LOTTERY, RESULT.unpack)
    names = await names_for(edge.reader, of, page.items)
    shown = [ResultShown.of(result, names) for result in page.items]
    return Page[ResultShown](items=shown, next_cursor=page.next_cursor)

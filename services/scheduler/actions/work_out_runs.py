"""Runs that were asked for are worked out: the worker's own loop. Each is claimed, followed, and kept whole or not."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from kit.clock import now
from kit.edge import Store
from kit.ids import new_id
from kit.signals import StopSignal
from services.scheduler.actions.keep_run import ClaimLost, fail_run, keep_run
from services.scheduler.actions.solve_apart import EngineFailed, solve_apart
from services.scheduler.distribution_files.from_timetable import round_input
from services.scheduler.distribution_files.results import Worked, worked_out
from services.scheduler.distribution_files.solve_order import SolveOrder
from services.scheduler.domain.round_runs import Run, RunState
from services.scheduler.store.claims import claim_next, give_back_claim, keep_claim
from services.scheduler.store.rounds import ROUNDS, RUNS, round_of, unpack_run
from services.scheduler.views.round_input import get_timetable

BEAT_SECONDS = 1.0
"""How often progress is kept, and looked whether the run is still wanted."""

MOST_TRIES = 3

log = structlog.get_logger()


@dataclass(slots=True)
class _Work:
    """One run in hand: what it has come to, and what a sign of life is made under."""

    store: Store
    run: Run
    stop: StopSignal
    cores: int
    digest: str = ""
    students: int = 0
    progress: dict[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> dict[str, str]:
        return {"_id": self.run.run_id, "district_id": self.run.district_id, "claim": self.run.claim or ""}

    def tell(self, progress: Any) -> None:
        """Called with the engine's every step; what is newest is kept with the next beat."""
        self.progress = {**progress, "at": now()}

    async def beat(self) -> bool:
        """Whether the run is still ours and still wanted."""
        values = {"state": RunState.RUNNING.value, "progress": self.progress or None}
        return await keep_claim(self.store.mongo, RUNS, self.held, now(), values)


async def work_out_runs(store: Store, every_seconds: float, cores: int, stop: StopSignal) -> None:
    """Work out what is asked for, one run after the other, then look again; several workers share the work."""
    while not stop.is_set:
        if not await work_out_next(store, cores, stop):
            await stop.pause(every_seconds)


async def work_out_next(store: Store, cores: int = 1, stop: StopSignal | None = None) -> bool:
    """Work out one run; False when none is asked for."""
    row = await claim_next(store.mongo, RUNS, new_id("claim"), now(), since="asked_at")
    if row is None:
        return False
    run = unpack_run(row)
    try:
        await _work_out(_Work(store, run, stop or StopSignal(), cores))
    except ClaimLost:
        log.info("run_left", run_id=run.run_id)
    return True


async def _work_out(work: _Work) -> None:
    if work.run.tries > MOST_TRIES:
        await fail_run(work.store, work.run, "gave-up")
        return
    try:
        worked = await _followed(work)
    except EngineFailed:
        await fail_run(work.store, work.run, "engine-failed")
        return
    if worked is None:
        await fail_run(work.store, work.run, "nothing-counts")
        return
    await keep_run(work.store, replace(work.run, students=work.students, input_digest=work.digest), worked)
    log.info("run_worked_out", run_id=work.run.run_id, students=work.students, complete=worked.complete)


async def _followed(work: _Work) -> Worked | None:
    """Solve, with a beat meanwhile; stopped as soon as the run is not ours or not wanted, or the worker stops.

    Raises: ClaimLost, EngineFailed.
    """
    solving = asyncio.create_task(_solve(work))
    try:
        while not solving.done():
            if work.stop.is_set:
                await give_back_claim(work.store.mongo, RUNS, work.held)
                raise ClaimLost(work.run.run_id)
            if not await work.beat():
                raise ClaimLost(work.run.run_id)
            await asyncio.wait({solving}, timeout=BEAT_SECONDS)
        return solving.result()
    finally:
        solving.cancel()
        await asyncio.gather(solving, return_exceptions=True)


async def _solve(work: _Work) -> Worked | None:
    """Take the round's input and solve it; None where nothing that was ranked can count."""
    reader = work.store.reader(work.run.district_id)
    of = await round_of(reader[ROUNDS], work.run.round_id)
    assert of is not None, work.run
    timetable = await get_timetable(reader, of, work.run.seed)
    given = await asyncio.to_thread(round_input, timetable)
    work.digest, work.students = given.digest, len(given.ranked.students)
    if not given.ranked.students:
        return None
    solved = await solve_apart(SolveOrder(given.ranked, given.quotas, work.cores), work.tell)
    return await asyncio.to_thread(worked_out, work.run, timetable.rankings, given, solved)

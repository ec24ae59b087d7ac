"""The office asks for a preview of a round's distribution, or wants one no more."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.round_runs import NoSuchRun, Run, cancel_run
from services.scheduler.domain.round_runs import ask_run as allow_run
from services.scheduler.domain.rounds import NoSuchRound
from services.scheduler.store.rounds import RANKINGS, ROUNDS, RUNS, pack_run, round_of, run_of


@dataclass(frozen=True, slots=True)
class AskRun:
    """A run of a round, with this seed (None: the round's own), on whose behalf."""

    run_id: str
    round_id: str
    seed: int | None
    asked_by: str


@dataclass(frozen=True, slots=True)
class CancelRun:
    """Which run of which round."""

    round_id: str
    run_id: str


async def ask_run(tx: Transaction, order: AskRun) -> Run:
    """Put a run where the workers find it.

    Raises: Refusals of NoSuchRound, RunNotPossible, NobodyRanked, TooManyRuns.
    """
    of = await round_of(tx[ROUNDS], order.round_id)
    if of is None:
        raise refuse(NoSuchRound())
    asked = Run(
        run_id=order.run_id,
        version=0,
        district_id=tx.district_id,
        school_id=of.school_id,
        round_id=of.round_id,
        seed=of.seed if order.seed is None else order.seed,
        asked_by=order.asked_by,
        asked_at=tx.now,
        correlation_id=tx.trace.correlation_id,
    )
    runs, rankings = (
        await tx[RUNS].count({"round_id": of.round_id}),
        await tx[RANKINGS].count({"round_id": of.round_id}),
    )
    run = allow_run(of, asked, runs, rankings)
    return replace(run, version=tx[RUNS].save(pack_run(run)))


async def cancel_asked_run(tx: Transaction, order: CancelRun) -> Run:
    """Whoever works on it notices, and stops.

    Raises: Refusals of NoSuchRun, RunOver.
    """
    run = await run_of(tx[RUNS], order.round_id, order.run_id)
    if run is None:
        raise refuse(NoSuchRun())
    cancelled = cancel_run(run)
    return replace(cancelled, version=tx[RUNS].save(pack_run(cancelled)))

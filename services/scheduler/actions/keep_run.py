"""What a run came to is kept: each student's result first, in parts, then the run itself, which makes them count."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kit.edge import Store
from kit.envelope import Trace
from kit.transaction import Transaction
from services.scheduler.distribution_files.results import Worked
from services.scheduler.domain.rankings import ranking_id
from services.scheduler.domain.round_runs import Result, Run, RunState
from services.scheduler.store.rounds import RANKINGS, RESULT, RESULTS, RUNS, pack_run, run_of

PART = 200
"""Results kept in one transaction."""


class ClaimLost(Exception):
    """Somebody else has the work in hand by now, or nobody wants it any more."""


async def keep_run(store: Store, run: Run, worked: Worked) -> None:
    """Keep the results and the run. A worker that comes after a crash begins again: the same results come out.

    Raises: ClaimLost.
    """
    trace = Trace(run.correlation_id)
    await store.transact(run.district_id, trace, partial(_forget_earlier, run=run))
    for start in range(0, len(worked.results), PART):
        part = worked.results[start : start + PART]
        await store.transact(run.district_id, trace, partial(_keep_part, run=run, part=part))
    finished = replace(
        run,
        state=RunState.FINISHED,
        result_digest=worked.digest,
        complete=worked.complete,
        figures=worked.figures,
    )
    await store.transact(run.district_id, trace, partial(_settle, run=finished))


async def fail_run(store: Store, run: Run, fault: str) -> None:
    """The run came to nothing; `fault` is a code.

    Raises: ClaimLost.
    """
    failed = replace(run, state=RunState.FAILED, fault=fault)
    await store.transact(run.district_id, Trace(run.correlation_id), partial(_settle, run=failed))


async def _forget_earlier(tx: Transaction, run: Run) -> None:
    tx[RESULTS].delete({"run_id": run.run_id})


async def _keep_part(tx: Transaction, run: Run, part: Sequence[Result]) -> None:
    """Keep the results of those whose ranking is still there.

    Touching the rankings makes this and the forgetting of one of these students exclude each other: nothing is kept of
    somebody who is forgotten at this moment.
    """
    keys = [ranking_id(run.round_id, result.student_id) for result in part]
    there = {row["_id"] for row in await tx[RANKINGS].find({"_id": {"$in": keys}}, fields=["_id"])}
    tx[RANKINGS].update_all({"_id": {"$in": sorted(there)}}, {"$set": {"kept_for": run.run_id}})
    for key, result in zip(keys, part, strict=True):
        if key in there:
            tx[RESULTS].save(RESULT.pack(result))


async def _settle(tx: Transaction, run: Run) -> None:
    """Save the run as it is now, if it is still this worker's; the version is the newest one's."""
    held = await run_of(tx[RUNS], run.round_id, run.run_id)
    if held is None or held.claim != run.claim or not held.at_work:
        raise ClaimLost(run.run_id)
    settled = replace(run, version=held.version, progress=held.progress, finished_at=tx.now)
    tx[RUNS].save(pack_run(replace(settled, claim=None, claimed_until=None)))

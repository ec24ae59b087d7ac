"""The office publishes a run of a round, or undoes what was published; a worker then does it, part by part."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.round_runs import NoSuchRun, must_be_finished
from services.scheduler.domain.rounds import (
    NoSuchRound,
    Round,
    RoundNotPublished,
    Settling,
    begin_publishing,
    begin_undoing,
    holds_of,
)
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.rounds import HOLD, HOLDS, RESULTS, ROUNDS, RUNS, pack_round, round_of, run_of


@dataclass(frozen=True, slots=True)
class PublishRun:
    """Which run of which round; `even_if_changed`: although seats, rankings or eligibility are others by now."""

    round_id: str
    run_id: str
    even_if_changed: bool
    asked_by: str


@dataclass(frozen=True, slots=True)
class UndoRound:
    """Which round."""

    round_id: str
    asked_by: str


async def publish_run(tx: Transaction, order: PublishRun) -> Round:
    """Put the publication where the workers find it.

    Raises: Refusals of NoSuchRound, NoSuchRun, RunNotFinished, RoundNotOpen, RankingStillOpen, BlocksLocked.
    """
    found = await _found(tx, order.round_id)
    run = await run_of(tx[RUNS], order.round_id, order.run_id)
    if run is None:
        raise refuse(NoSuchRun())
    must_be_finished(run)
    students = await tx[RESULTS].count({"run_id": run.run_id})
    asked = _asked(tx, order.run_id, order.asked_by, students)
    blocks = await BLOCK.many(tx[BLOCKS], found.block_ids)
    publishing = begin_publishing(found, replace(asked, even_if_changed=order.even_if_changed), blocks.values(), tx.now)
    return replace(publishing, version=tx[ROUNDS].save(pack_round(publishing)))


async def undo_round(tx: Transaction, order: UndoRound) -> Round:
    """Hold the round's blocks again, and put the undo where the workers find it.

    Raises: Refusals of NoSuchRound, RoundNotPublished, BlocksLocked, BlockInAnotherRound.
    """
    found = await _found(tx, order.round_id)
    if found.settling is None:
        raise refuse(RoundNotPublished(state=found.state.value))
    students = await tx[RESULTS].count({"run_id": found.settling.run_id})
    blocks, held = await BLOCK.many(tx[BLOCKS], found.block_ids), await tx[HOLDS].many(found.block_ids)
    asked = _asked(tx, found.settling.run_id, order.asked_by, students)
    undoing = begin_undoing(found, asked, list(blocks.values()), held)
    for hold in holds_of(undoing, tx.now):
        tx[HOLDS].insert(HOLD.pack(hold))
    return replace(undoing, version=tx[ROUNDS].save(pack_round(undoing)))


async def _found(tx: Transaction, round_id: str) -> Round:
    found = await round_of(tx[ROUNDS], round_id)
    if found is None:
        raise refuse(NoSuchRound())
    return found


def _asked(tx: Transaction, run_id: str, asked_by: str, students: int) -> Settling:
    return Settling(
        run_id=run_id,
        attempt=0,
        asked_by=asked_by,
        asked_at=tx.now,
        correlation_id=tx.trace.correlation_id,
        students=students,
    )

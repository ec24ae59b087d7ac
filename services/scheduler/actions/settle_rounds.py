"""Publications and undos are carried out: the worker's own loop, part by part, so that a crash costs nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import structlog

from kit.clock import now
from kit.edge import Store
from kit.envelope import Trace
from kit.ids import new_id
from kit.signals import StopSignal
from kit.transaction import Transaction
from services.scheduler.actions.keep_run import ClaimLost
from services.scheduler.actions.publish_results import publish_results
from services.scheduler.actions.undo_results import undo_results
from services.scheduler.distribution_files.from_timetable import round_input
from services.scheduler.domain.round_runs import Result, Run
from services.scheduler.domain.rounds import (
    Round,
    RoundState,
    Settling,
    finish_publishing,
    finish_undoing,
    refuse_publication,
)
from services.scheduler.store.claims import LASTS, claim_next, give_back_claim
from services.scheduler.store.rounds import (
    HOLDS,
    RESULTS,
    ROUNDS,
    RUNS,
    pack_round,
    results_left,
    round_of,
    run_of,
    unpack_round,
)
from services.scheduler.views.round_input import get_timetable

PART = 25
"""Students settled in one transaction."""

OUTDATED = "run-outdated"

Settle = Callable[[Transaction, Settling, Sequence[Result]], Awaitable[Settling]]

log = structlog.get_logger()


async def settle_rounds(store: Store, every_seconds: float, stop: StopSignal) -> None:
    """Carry out what is asked for, one round after the other, then look again; several workers share the work."""
    while not stop.is_set:
        if not await settle_next(store, stop):
            await stop.pause(every_seconds)


async def settle_next(store: Store, stop: StopSignal | None = None) -> bool:
    """Publish or undo one round; False when nothing is asked for."""
    row = await claim_next(store.mongo, ROUNDS, new_id("claim"), now(), since="settling.asked_at")
    if row is None:
        return False
    held = unpack_round(row)
    try:
        await _settle(store, held, stop or StopSignal())
    except ClaimLost:
        log.info("round_left", round_id=held.round_id)
    return True


async def _settle(store: Store, held: Round, stop: StopSignal) -> None:
    if held.state is RoundState.PUBLISHING and await _is_outdated(store, held):
        await _transact(store, held, partial(_refuse, held=held, code=OUTDATED))
        return
    while await _transact(store, held, partial(_settle_part, held=held)):
        if stop.is_set:
            held_by_us = {"_id": held.round_id, "district_id": held.district_id, "claim": held.claim or ""}
            await give_back_claim(store.mongo, ROUNDS, held_by_us)
            return
    await _transact(store, held, partial(_finish, held=held))
    log.info("round_settled", round_id=held.round_id, state=held.state.value)


async def _is_outdated(store: Store, held: Round) -> bool:
    """Whether what the run was worked out from has changed since; asked once, before the first part."""
    settling = held.settling
    assert settling is not None, held
    if settling.even_if_changed or settling.settled:
        return False
    reader = store.reader(held.district_id)
    run = await run_of(reader[RUNS], held.round_id, settling.run_id)
    if run is None:
        return True
    timetable = await get_timetable(reader, held, run.seed)
    return (await asyncio.to_thread(round_input, timetable)).digest != run.input_digest


async def _transact(store: Store, held: Round, work: Callable[[Transaction], Awaitable[bool]]) -> bool:
    assert held.settling is not None, held
    return await store.transact(held.district_id, Trace(held.settling.correlation_id), work)


async def _settle_part(tx: Transaction, held: Round) -> bool:
    """Settle the next few students; False when there are none left."""
    of, settling = await _ours(tx, held)
    publishing = of.state is RoundState.PUBLISHING
    left = {"published": {"$ne": settling.attempt}}
    if not publishing:
        left = {"published": settling.attempt, "undone": {"$ne": settling.attempt}}  # type: ignore[dict-item]
    results = await results_left(tx[RESULTS], settling.run_id, left, PART)
    if not results:
        return False
    settle: Settle = publish_results if publishing else undo_results
    done = await settle(tx, settling, results)
    tx[ROUNDS].save(pack_round(replace(of, settling=done, claimed_until=tx.now + LASTS)))
    return True


async def _finish(tx: Transaction, held: Round) -> bool:
    """Say that it is done. Once published, what is left is first come."""
    of, settling = await _ours(tx, held)
    if of.state is RoundState.UNDOING:
        undone, fact = finish_undoing(of)
        tx[ROUNDS].save(pack_round(undone), [fact])
        return True
    run = await run_of(tx[RUNS], of.round_id, settling.run_id)
    assert run is not None, settling
    _publish(tx, of, run)
    return True


def _publish(tx: Transaction, of: Round, run: Run) -> None:
    published, fact = finish_publishing(of, run.result_digest or "", run.seed)
    tx[HOLDS].delete({"round_id": of.round_id})
    tx[ROUNDS].save(pack_round(published), [fact])


async def _refuse(tx: Transaction, held: Round, code: str) -> bool:
    of, _ = await _ours(tx, held)
    tx[ROUNDS].save(pack_round(refuse_publication(of, code)))
    log.info("publication_refused", round_id=of.round_id, code=code)
    return True


async def _ours(tx: Transaction, held: Round) -> tuple[Round, Settling]:
    """The round as it is now.

    Raises: ClaimLost when another worker has it in hand, or it is settled.
    """
    of = await round_of(tx[ROUNDS], held.round_id)
    if of is None or of.claim != held.claim or not of.at_work or of.settling is None:
        raise ClaimLost(held.round_id)
    return of, of.settling

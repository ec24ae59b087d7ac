"""Blocks whose time has come lock by themselves: the worker's own loop."""

from functools import partial

import structlog

from kit.clock import now
from kit.edge import Store
from kit.envelope import Trace
from kit.ids import new_id
from kit.refusals import Refusals
from kit.signals import StopSignal
from services.scheduler.actions.lock_block import LockBlock, lock_block
from services.scheduler.store.blocks import DueBlock, claim_due

log = structlog.get_logger()


async def lock_due_blocks(store: Store, every_seconds: float, stop: StopSignal) -> None:
    """Lock what is due, then look again; several workers share the work, as each claims what it locks."""
    while not stop.is_set:
        if not await lock_next(store):
            await stop.pause(every_seconds)


async def lock_next(store: Store) -> bool:
    """Lock one block that is due; False when there is none."""
    due = await claim_due(store.mongo, now())
    if due is not None:
        await _lock(store, due)
    return due is not None


async def _lock(store: Store, due: DueBlock) -> None:
    """Lock it. Whoever cancelled it in between was first, and that is fine."""
    trace = Trace(new_id("corr"))
    act = partial(lock_block, order=LockBlock(due.block_id))
    try:
        await store.transact(due.district_id, trace, act)
    except Refusals as refusals:
        log.info("block_not_locked", block_id=due.block_id, codes=sorted(refusals.codes))
    else:
        log.info("block_locked", block_id=due.block_id, correlation_id=trace.correlation_id)

"""A block locks: because its time came, or because the office closes it now."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.blocks import Block, NoSuchBlock, lock
from services.scheduler.domain.occurrences import lock as lock_occurrence
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES, occurrences_in


@dataclass(frozen=True, slots=True)
class LockBlock:
    """Which block."""

    block_id: str


async def lock_block(tx: Transaction, order: LockBlock) -> Block:
    """Lock a block with all its occurrences. Locked already: it stays so, and nothing is announced again.

    Raises: Refusals of NoSuchBlock, BlockCancelledAlready.
    """
    block = await BLOCK.get(tx[BLOCKS], order.block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    locked, facts = lock(block, tx.now)
    if not facts:
        return block
    for occurrence in await occurrences_in(tx[OCCURRENCES], [block.block_id]):
        tx[OCCURRENCES].save(OCCURRENCE.pack(lock_occurrence(occurrence)))
    return replace(locked, version=tx[BLOCKS].save(BLOCK.pack(locked), facts))

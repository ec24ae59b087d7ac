"""The office opens a round: students may rank, and seats in its blocks are not first come any more."""

from dataclasses import dataclass
from datetime import date, datetime

from kit.refusals import Refusals
from kit.transaction import Transaction
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.rounds import NoSuchBlockInRound, Round, holds_of, open_round
from services.scheduler.store.blocks import BLOCK, BLOCKS, blocks_between
from services.scheduler.store.occurrences import OCCURRENCES, occurrences_in
from services.scheduler.store.rounds import HOLD, HOLDS, ROUNDS, pack_round


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRound:
    """A round over these blocks, or over all blocks of the school (of these periods) from one day to another."""

    round_id: str
    school_id: str
    title: str
    seed: int
    opens_at: datetime
    closes_at: datetime
    block_ids: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    period_ids: frozenset[str] = frozenset()
    offer_ids: frozenset[str] = frozenset()
    occurrence_ids: frozenset[str] = frozenset()
    opened_by: str


async def open_a_round(tx: Transaction, order: OpenRound) -> Round:
    """Open it, and hold its blocks.

    Raises: Refusals of NoSuchBlockInRound and of `open_round`.
    """
    blocks = await _blocks(tx, order)
    new = _round(tx, order, blocks)
    occurrences = await occurrences_in(tx[OCCURRENCES], new.block_ids)
    held = await tx[HOLDS].many(new.block_ids)
    facts = open_round(new, blocks, occurrences, held, tx.now)
    for hold in holds_of(new, tx.now):
        tx[HOLDS].insert(HOLD.pack(hold))
    tx[ROUNDS].save(pack_round(new), facts)
    return new


async def _blocks(tx: Transaction, order: OpenRound) -> list[Block]:
    """The blocks in time order. Of a range, those that are cancelled or over are left out; named ones are not."""
    if order.first is not None and order.last is not None:
        found = await blocks_between(tx[BLOCKS], [order.school_id], order.first, order.last)
        wanted = [block for block in found if not order.period_ids or block.period_id in order.period_ids]
        return [block for block in wanted if not block.cancelled and block.starts_at > tx.now]
    known = await BLOCK.many(tx[BLOCKS], order.block_ids)
    strange = [key for key in order.block_ids if key not in known or known[key].school_id != order.school_id]
    if strange:
        raise Refusals(tuple(NoSuchBlockInRound(block_id=key) for key in strange))
    return sorted(known.values(), key=lambda block: (block.starts_at, block.block_id))


def _round(tx: Transaction, order: OpenRound, blocks: list[Block]) -> Round:
    return Round(
        round_id=order.round_id,
        version=0,
        district_id=tx.district_id,
        school_id=order.school_id,
        title=order.title,
        seed=order.seed,
        opens_at=order.opens_at,
        closes_at=order.closes_at,
        block_ids=tuple(block.block_id for block in blocks),
        offer_ids=order.offer_ids,
        occurrence_ids=order.occurrence_ids,
        made_by=order.opened_by,
        made_at=tx.now,
    )

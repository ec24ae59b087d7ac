"""Occurrences follow their blocks when these move, and go when these go."""

from collections.abc import Sequence
from dataclasses import replace

from kit.transaction import Transaction
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.actions.keep_uses import move_uses, strike_uses
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence, cancel, follow, in_use, scheduled
from services.scheduler.domain.resource_days import own_work, used
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES, occurrences_in
from services.scheduler.store.resource_days import RESOURCE_DAYS, days_with


async def blocks_in_use(tx: Transaction, block_ids: Sequence[str]) -> frozenset[str]:
    """Those of these blocks in which somebody has a place or waits for one, own work included."""
    occurrences = await occurrences_in(tx[OCCURRENCES], block_ids)
    refs = {own_work(block_id): block_id for block_id in block_ids}
    days = await days_with(tx[RESOURCE_DAYS], list(refs))
    working = {block_id for ref, block_id in refs.items() if any(used(day, ref) for day in days.values())}
    return frozenset(working | {found.block_id for found in occurrences if in_use(found)})


async def follow_blocks(tx: Transaction, blocks: Sequence[Block]) -> None:
    """Give the occurrences of these blocks their blocks' times and windows.

    Raises: Refusals of HostBusy, SpaceFull, EquipmentGone where the new times are taken.
    """
    by_id = {block.block_id: block for block in blocks}
    before = await occurrences_in(tx[OCCURRENCES], list(by_id))
    after = [follow(occurrence, by_id[occurrence.block_id]) for occurrence in before]
    moved = [(old, new) for old, new in zip(before, after, strict=True) if _times(old) != _times(new)]
    await keep_host_weeks(tx, [old for old, _ in moved], [new for _, new in moved])
    await move_uses(tx, [new for _, new in moved])
    moved_ids = {new.occurrence_id for _, new in moved}
    for old, new in zip(before, after, strict=True):
        if new != old:
            tx[OCCURRENCES].save(OCCURRENCE.pack(new), [scheduled(new)] if new.occurrence_id in moved_ids else ())


async def leave_blocks(tx: Transaction, blocks: Sequence[Block]) -> None:
    """Cancel the occurrences, all of them empty, of blocks that are out of the calendar."""
    gone = await occurrences_in(tx[OCCURRENCES], [block.block_id for block in blocks])
    await keep_host_weeks(tx, gone, [])
    await strike_uses(tx, [occurrence.occurrence_id for occurrence in gone])
    for occurrence in gone:
        cancelled, facts = cancel(replace(occurrence, locked=False), None)
        tx[OCCURRENCES].save(OCCURRENCE.pack(cancelled), facts)


def _times(occurrence: Occurrence) -> tuple[object, ...]:
    return occurrence.week, occurrence.starts_at, occurrence.ends_at

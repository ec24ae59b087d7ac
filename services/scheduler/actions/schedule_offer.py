"""An offer takes place in blocks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kit.refusals import refuse, refuse_all
from kit.transaction import Transaction
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.actions.keep_uses import enter_uses
from services.scheduler.actions.publish_offer import pools_needed
from services.scheduler.domain.occurrences import Occurrence, scheduled
from services.scheduler.domain.offers import (
    Editor,
    NoSuchBlockHere,
    NoSuchOffer,
    Offer,
    Overrides,
    check_editor,
    reasons_not_to_schedule,
    schedule,
)
from services.scheduler.domain.spaces import NoSuchSpace, Space
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.offers import OFFER, OFFERS
from services.scheduler.store.spaces import SPACE, SPACES


@dataclass(frozen=True, slots=True)
class ScheduleOffer:
    """Which offer in which blocks (block id -> its occurrence's id), where, what is set for these alone, by whom."""

    offer_id: str
    occurrence_ids: Mapping[str, str]
    space_id: str | None
    overrides: Overrides
    editor: Editor


async def schedule_offer(tx: Transaction, order: ScheduleOffer) -> tuple[Occurrence, ...]:
    """Schedule an offer in all of these blocks, or in none.

    Raises: Refusals of NoSuchOffer, NotYourOffer, NoSuchSpace, NoSuchBlockHere, SpaceElsewhere, OfferWithdrawn,
    BlockClosedToOffers, NoSuchPool, PoolElsewhere, HostBusy, EquipmentGone.
    """
    offer = await OFFER.get(tx[OFFERS], order.offer_id)
    if offer is None:
        raise refuse(NoSuchOffer())
    check_editor(offer, order.editor)
    space = await _space(tx, order.space_id)
    occurrences = await _occurrences(tx, order, offer, space)
    pools = await pools_needed(tx, offer.school_id, occurrences[0].equipment)
    await keep_host_weeks(tx, [], occurrences)
    await enter_uses(tx, occurrences, space, pools)
    return tuple(
        replace(occurrence, version=tx[OCCURRENCES].save(OCCURRENCE.pack(occurrence), [scheduled(occurrence)]))
        for occurrence in occurrences
    )


async def _space(tx: Transaction, space_id: str | None) -> Space | None:
    space = await SPACE.get(tx[SPACES], space_id) if space_id is not None else None
    if space is None and space_id is not None:
        raise refuse(NoSuchSpace())
    return space


async def _occurrences(tx: Transaction, order: ScheduleOffer, offer: Offer, space: Space | None) -> list[Occurrence]:
    blocks = await BLOCK.many(tx[BLOCKS], list(order.occurrence_ids))
    missing = [NoSuchBlockHere(block_id=block_id) for block_id in order.occurrence_ids if block_id not in blocks]
    refuse_all(*missing, *reasons_not_to_schedule(offer, blocks.values(), space, tx.now))
    return [
        schedule(offer, blocks[block_id], space, order.overrides, occurrence_id)
        for block_id, occurrence_id in order.occurrence_ids.items()
    ]

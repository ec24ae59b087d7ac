"""An educator publishes an offer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kit.directory import PEOPLE
from kit.refusals import refuse_all
from kit.transaction import Transaction
from services.scheduler.domain.occurrences import EquipmentNeed
from services.scheduler.domain.offers import Editor, Offer, PoolElsewhere, publish
from services.scheduler.domain.spaces import EquipmentPool, NoSuchPool
from services.scheduler.store.offers import OFFER, OFFERS
from services.scheduler.store.spaces import POOL, POOLS

STAFF_ROLES = frozenset({"educator", "administrator"})


@dataclass(frozen=True, slots=True)
class PublishOffer:
    """The offer as it should be, and who publishes it."""

    offer: Offer
    editor: Editor


async def publish_offer(tx: Transaction, order: PublishOffer) -> Offer:
    """Put a new offer up.

    Raises: Refusals of HostOthersOnly, HostNotStaff, NoSuchPool, PoolElsewhere.
    """
    await pools_needed(tx, order.offer.school_id, order.offer.equipment)
    staff = await staff_among(tx, order.offer.host_ids, order.offer.school_id)
    offer, facts = publish(order.offer, order.editor, staff)
    return replace(offer, version=tx[OFFERS].save(OFFER.pack(offer), facts))


async def staff_among(tx: Transaction, person_ids: Sequence[str], school_id: str) -> frozenset[str]:
    """Those of these people who work at this school, or for the whole district."""
    at = {school_id, tx.district_id}
    found = await tx[PEOPLE].many(person_ids)
    return frozenset(
        person_id
        for person_id, row in found.items()
        if row["active"] and any(held["role"] in STAFF_ROLES and held["organisation_id"] in at for held in row["roles"])
    )


async def pools_needed(tx: Transaction, school_id: str, needs: Sequence[EquipmentNeed]) -> dict[str, EquipmentPool]:
    """The pools that equipment is needed from, by id.

    Raises: Refusals of NoSuchPool, PoolElsewhere.
    """
    wanted = sorted({need.pool_id for need in needs})
    pools = await POOL.many(tx[POOLS], wanted)
    refuse_all(
        *(NoSuchPool(pool_id=pool_id) for pool_id in wanted if pool_id not in pools),
        *(PoolElsewhere() for pool in pools.values() if pool.school_id != school_id),
    )
    return pools

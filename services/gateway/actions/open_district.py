"""An operator opens a district."""

from dataclasses import dataclass, replace

from kit.refusals import refuse_all
from kit.transaction import Transaction
from services.gateway.domain.districts import District, SlugTaken, open_district
from services.gateway.store.collections import DISTRICT, DISTRICTS
from services.gateway.store.slugs import slug_taken


@dataclass(frozen=True, slots=True)
class OpenDistrict:
    """The district as it should stand."""

    district: District


async def open_a_district(tx: Transaction, order: OpenDistrict) -> District:
    """Let a district begin.

    Raises: Refusals of SlugTaken.
    """
    slug = order.district.slug
    refuse_all(SlugTaken(slug=slug) if await slug_taken(tx, slug) else None)
    version = tx[DISTRICTS].save(DISTRICT.pack(order.district), open_district(order.district))
    return replace(order.district, version=version)

"""An offer's terms change, and with them its coming occurrences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kit.conditions import check_version
from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.actions.publish_offer import pools_needed, staff_among
from services.scheduler.domain.occurrences import Occurrence, scheduled
from services.scheduler.domain.offers import Editor, NoSuchOffer, Offer, check_editor, publish, republish
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES, coming_of_offer
from services.scheduler.store.offers import OFFER, OFFERS


@dataclass(frozen=True, slots=True)
class ChangeOffer:
    """Which offer, the fields to change, who changes it, and the version it was read at, if given."""

    offer_id: str
    changes: Mapping[str, Any]
    editor: Editor
    expected: int | None


async def change_offer(tx: Transaction, order: ChangeOffer) -> Offer:
    """Change an offer and its occurrences that are still to come and not locked; equipment they reserved stays theirs.

    Raises: Refusals of NoSuchOffer, NotYourOffer, StaleVersion, HostOthersOnly, HostNotStaff, NoSuchPool,
    PoolElsewhere, HostBusy.
    """
    standing = await OFFER.get(tx[OFFERS], order.offer_id)
    if standing is None:
        raise refuse(NoSuchOffer())
    check_editor(standing, order.editor)
    check_version(standing.version, order.expected)
    changed = replace(standing, **order.changes)
    await pools_needed(tx, changed.school_id, changed.equipment)
    staff = await staff_among(tx, changed.host_ids, changed.school_id)
    offer, facts = publish(changed, order.editor, staff)
    await _republish(tx, offer)
    return replace(offer, version=tx[OFFERS].save(OFFER.pack(offer), facts))


async def _republish(tx: Transaction, offer: Offer) -> None:
    before = await coming_of_offer(tx[OCCURRENCES], offer.offer_id, tx.now)
    after = [republish(occurrence, offer) for occurrence in before]
    await keep_host_weeks(tx, before, after)
    for old, new in zip(before, after, strict=True):
        if new != old:
            tx[OCCURRENCES].save(OCCURRENCE.pack(new), [scheduled(new)] if _told(new) != _told(old) else ())


def _told(occurrence: Occurrence) -> tuple[object, ...]:
    """What others were told of an occurrence and an offer can change."""
    return occurrence.host_ids, occurrence.cap

"""A school adds a partner from its surroundings."""

from dataclasses import dataclass, replace

from kit.directory import PEOPLE
from kit.refusals import Kind, Refusal, refuse_all
from kit.transaction import Transaction
from services.community.domain.partners import Partner
from services.community.store.collections import PARTNER, PARTNERS


class ContactUnknown(Refusal):
    kind = Kind.INVALID
    text = "{person_id} is no partner contact of this district. Add the person as a partner contact first."


@dataclass(frozen=True, slots=True)
class AddPartner:
    """The partner as it should stand."""

    partner: Partner


async def add_partner(tx: Transaction, order: AddPartner) -> Partner:
    """Put a partner on the school's list; its papers are yet to come.

    Raises: Refusals of ContactUnknown.
    """
    known = await tx[PEOPLE].many(order.partner.contact_ids)
    refuse_all(
        *(
            ContactUnknown(person_id=person_id)
            for person_id in order.partner.contact_ids
            if not _is_contact(known.get(person_id))
        )
    )
    return replace(order.partner, version=tx[PARTNERS].save(PARTNER.pack(order.partner)))


def _is_contact(row: dict[str, object] | None) -> bool:
    roles = row["roles"] if row and row["active"] else []
    return any(held["role"] == "partner" for held in roles)  # type: ignore[attr-defined]

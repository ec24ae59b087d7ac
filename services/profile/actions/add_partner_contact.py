"""Somebody outside the school becomes a partner contact of it, added by hand."""

from dataclasses import dataclass, replace

from contracts.people import Role
from contracts.profile import RoleHeld
from kit.refusals import Refusal, refuse, refuse_all
from kit.transaction import Transaction
from services.profile.actions.list_people import save_person
from services.profile.domain.people import Names, NoSuchSchool, Person, sign_in_key
from services.profile.store.people import PEOPLE, SCHOOLS, unpack_person


class EmailTaken(Refusal):
    text = "Somebody on the roster has this address already. A partner contact needs an address of their own."


@dataclass(frozen=True, slots=True)
class AddPartnerContact:
    person_id: str
    school_id: str
    given_name: str
    family_name: str
    email: str


async def add_partner_contact(tx: Transaction, order: AddPartnerContact) -> str:
    """The id of the contact: whoever has this address as a contact already becomes one of this school too.

    Answers no name, as answers are kept for a day where a request may be repeated.
    Raises: Refusals of NoSuchSchool, EmailTaken.
    """
    school = await tx[SCHOOLS].get(order.school_id)
    if school is None or not school["active"]:
        raise refuse(NoSuchSchool())
    role = RoleHeld(Role.PARTNER.value, order.school_id)
    before = await _contact(tx, order.email)
    if before is None:
        person = Person(
            person_id=order.person_id,
            version=0,
            names=Names(order.given_name, order.family_name),
            email=order.email,
            roles=(role,),
        )
    else:
        held = {(known.role, known.organisation_id) for known in (*before.roles, role)}
        person = replace(before, roles=tuple(RoleHeld(*one) for one in sorted(held)))
    save_person(tx[PEOPLE], tx.district_id, before, person)
    return person.person_id


async def _contact(tx: Transaction, email: str) -> Person | None:
    """The partner contact with this address.

    Raises: Refusals of EmailTaken: two people who sign in with one address could neither of them be told.
    """
    found = await tx[PEOPLE].find({"sign_in": sign_in_key("email", email)}, limit=1)
    person = unpack_person(found[0]) if found else None
    refuse_all(EmailTaken() if person and person.source_ids else None)
    return person

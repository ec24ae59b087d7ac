"""How a service remembers the people it hears of: PersonListed into its directory."""

from typing import Protocol

from contracts.profile import PersonListed
from kit.auth import Member, RoleAt
from kit.directory import remember
from kit.transaction import Transaction


class Heard(Protocol):
    """What a consumer says of the fact beside its data."""

    @property
    def sequence(self) -> int: ...


async def remember_person(tx: Transaction, fact: PersonListed, heard: Heard) -> None:
    """Remember who a person is to the district now. Older facts than the one known change nothing."""
    member = Member(
        member_id=fact.person_id,
        roles=tuple(RoleAt(held.role, held.organisation_id) for held in fact.roles),
        organisations=frozenset(held.organisation_id for held in fact.roles),
        groups=frozenset(fact.class_ids),
        leads=frozenset(fact.teaches_class_ids),
        wards=frozenset(fact.ward_ids),
    )
    remember(tx, member, fact.grades, fact.active, heard.sequence)

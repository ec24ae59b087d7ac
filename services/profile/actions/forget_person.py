"""A person is forgotten: profile removes what it holds, tells everyone else to, and opens the certificate."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from contracts.profile import PersonForgotten, ProfileErased
from kit.crash_points import crash_point
from kit.edge import forget_answers
from kit.mongo import Document
from kit.refusals import refuse, refuse_all
from kit.transaction import Transaction
from services.profile.actions.erase_growth import erase_growth
from services.profile.actions.list_people import save_person
from services.profile.domain.erasure import Erasure, RosterBeingApplied
from services.profile.domain.people import NoSuchPerson, Person
from services.profile.domain.rosters import discard
from services.profile.store.erasures import ERASURE, ERASURES
from services.profile.store.people import PEOPLE, unpack_person
from services.profile.store.roster_rows import (
    ROSTER_ROWS,
    enrolling,
    held_by,
    linked_with,
    row_id,
    without_agent,
)
from services.profile.store.rosters import (
    ROSTER,
    ROSTERS,
    STANDINGS,
    pack_standing,
    pending,
    remove_upload,
    standing_of,
)


@dataclass(frozen=True, slots=True)
class ForgetPerson:
    """Whom to forget, who asks, and why, as a code: free text might tell what is to be forgotten."""

    erasure_id: str
    person_id: str
    asked_by: str
    reason_code: str


async def forget_person(tx: Transaction, order: ForgetPerson) -> Erasure:
    """Remove the person from every collection of profile, and announce it.

    Raises: Refusals of NoSuchPerson, RosterBeingApplied.
    """
    found = await tx[PEOPLE].get(order.person_id)
    if found is None:
        raise refuse(NoSuchPerson())
    person = unpack_person(found)
    removed = await _remove_uploads(tx) | await erase_growth(tx, person.person_id)
    removed |= await _remove_rows(tx, person) | await _remove_links(tx, person)
    removed["people"] = 1
    tx[PEOPLE].delete({"_id": person.person_id})
    forget_answers(tx)
    forgotten = PersonForgotten(district_id=tx.district_id, person_id=person.person_id, erasure_id=order.erasure_id)
    # The last fact of this key: what carried its sequence goes with this very transaction.
    tx.announce(forgotten, person.version + 1)
    crash_point("forget.removed")
    return _open_certificate(tx, order, removed)


def _open_certificate(tx: Transaction, order: ForgetPerson, removed: dict[str, int]) -> Erasure:
    erasure = Erasure(
        erasure_id=order.erasure_id,
        version=0,
        person_id=order.person_id,
        asked_by=order.asked_by,
        asked_at=tx.now,
        reason_code=order.reason_code,
        removed={"profile": removed},
        answered_at=tx.now,
    )
    erased = ProfileErased(
        district_id=tx.district_id, person_id=order.person_id, erasure_id=order.erasure_id, removed=removed
    )
    document = ERASURE.pack(erasure)
    return replace(erasure, version=tx[ERASURES].save(document, [erased]))


async def _remove_uploads(tx: Transaction) -> dict[str, int]:
    """Discard uploads that still lie here, for they may hold the person, and supersede whatever was read before.

    Raises: Refusals of RosterBeingApplied.
    """
    standing = await standing_of(tx[STANDINGS], tx.district_id)
    refuse_all(RosterBeingApplied() if standing.applying else None)
    tx[STANDINGS].save(pack_standing(replace(standing, number=standing.number + 1)))
    rosters = await pending(tx[ROSTERS])
    for roster in rosters:
        remove_upload(tx, roster.roster_id)
        tx[ROSTERS].save(ROSTER.pack(discard(roster, tx.now)))
    return {"roster_uploads": len(rosters)}


async def _remove_rows(tx: Transaction, person: Person) -> dict[str, int]:
    """Remove the person's rows of the standing roster, and their number from the rows of others."""
    numbers = set(person.source_ids)
    own = [row_id(tx.district_id, "users", number) for number in numbers]
    mine: tuple[Document, ...] = ({"_id": {"$in": own}}, held_by(numbers), enrolling(numbers))
    counts = [await tx[ROSTER_ROWS].count(where) for where in mine]
    linked = await tx[ROSTER_ROWS].find(linked_with(numbers))
    for row in _others(linked, own):
        tx[ROSTER_ROWS].update({"_id": row["_id"]}, without_agent(row, numbers))
    for where in mine:
        tx[ROSTER_ROWS].delete(where)
    return {"roster_rows": sum(counts), "roster_links": len(linked)}


def _others(rows: Iterable[Document], own: list[str]) -> list[Document]:
    return [row for row in rows if row["_id"] not in own]


async def _remove_links(tx: Transaction, person: Person) -> dict[str, int]:
    """Nobody answers for the person any more."""
    guardians = [unpack_person(row) for row in await tx[PEOPLE].find({"ward_ids": person.person_id})]
    for guardian in guardians:
        wards = tuple(ward for ward in guardian.ward_ids if ward != person.person_id)
        save_person(tx[PEOPLE], tx.district_id, guardian, replace(guardian, ward_ids=wards))
    return {"guardian_links": len(guardians)}

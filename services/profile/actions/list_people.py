"""A page of people whom a roster touched: listed with all they are now, or as no longer here."""

from collections import defaultdict
from collections.abc import Iterable

from contracts.people import Role
from kit.mongo import Document
from kit.transaction import Transaction, TransactionRows
from services.profile.actions.roster_page import ListPage, claim_page
from services.profile.domain.people import Person, listed
from services.profile.domain.projection import Around, UserRows, left, person_of
from services.profile.rosters.roles import role_of
from services.profile.store.people import PEOPLE, pack_person, unpack_person
from services.profile.store.roster_rows import (
    ROSTER_ROWS,
    enrolling,
    held_by,
    linked_with,
    row_id,
    sourced_id_of,
)

_ByNumber = dict[str, list[Document]]
_ROLE = ["holder", "values.role", "values.orgSourcedId", "values.endDate"]
_ENROLMENT = ["member", "values.role", "values.classSourcedId", "values.endDate"]


async def list_people(tx: Transaction, order: ListPage) -> None:
    """Bring the people of the page to what the rows say, and announce those whose state changed."""
    numbers = await claim_page(tx, order)
    if not numbers:
        return
    users = await _users(tx, numbers)
    roles = _grouped(await tx[ROSTER_ROWS].find(held_by(users), fields=_ROLE), "holder")
    enrolments = _grouped(await tx[ROSTER_ROWS].find(enrolling(users), fields=_ENROLMENT), "member")
    wards = await _wards(tx, users, roles)
    classes = await _classes(tx, enrolments)
    around = Around(order.places, classes, tx.now.date(), wards)
    known = {person.source_ids[0]: person for person in await _people(tx, numbers)}
    people = tx[PEOPLE]
    for number in numbers:
        before, row = known.get(number), users.get(number)
        if row is not None:
            rows = UserRows(number, row["entity_id"], row["values"], roles[number], enrolments[number])
            save_person(people, tx.district_id, before, person_of(before, rows, around, tx.district_id))
        elif before is not None:
            save_person(people, tx.district_id, before, left(before))


def save_person(people: TransactionRows, district_id: str, before: Person | None, person: Person) -> None:
    """Save a person who changed; announced is what others may know of them, when that changed."""
    if person == before:
        return
    fact = listed(district_id, person)
    news = before is None or fact != listed(district_id, before)
    people.save(pack_person(person), [fact] if news else [])


async def _users(tx: Transaction, numbers: Iterable[str]) -> dict[str, Document]:
    rows = await tx[ROSTER_ROWS].many([row_id(tx.district_id, "users", number) for number in numbers])
    return {sourced_id_of(key): row for key, row in rows.items()}


async def _people(tx: Transaction, numbers: list[str]) -> list[Person]:
    return [unpack_person(document) for document in await tx[PEOPLE].find({"source_ids": {"$in": numbers}})]


def _grouped(rows: Iterable[Document], name: str) -> _ByNumber:
    """The values of rows, by the user they are of."""
    groups: _ByNumber = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row["values"])
    return groups


async def _classes(tx: Transaction, enrolments: _ByNumber) -> dict[str, str]:
    """Roster number -> our id of the classes that stand."""
    wanted = {row["classSourcedId"] for rows in enrolments.values() for row in rows}
    ids = [row_id(tx.district_id, "classes", number) for number in wanted]
    found = await tx[ROSTER_ROWS].find({"_id": {"$in": ids}}, fields=["entity_id"])
    return {sourced_id_of(row["_id"]): row["entity_id"] for row in found}


async def _wards(tx: Transaction, users: dict[str, Document], roles: _ByNumber) -> dict[str, list[str]]:
    """Guardian's roster number -> our ids of the learners linked with them, whichever of the two names the other."""
    guardians = [
        number for number in users if any(role_of(row["role"]) == Role.GUARDIAN.value for row in roles[number])
    ]
    if not guardians:
        return {}
    links = {number: set(users[number].get("agents", ())) for number in guardians}
    for row in await tx[ROSTER_ROWS].find(linked_with(guardians), fields=["agents"]):
        for number in links.keys() & set(row["agents"]):
            links[number].add(sourced_id_of(row["_id"]))
    learners = await _learners(tx, {one for linked in links.values() for one in linked})
    return {number: [learners[one] for one in linked if one in learners] for number, linked in links.items()}


async def _learners(tx: Transaction, numbers: set[str]) -> dict[str, str]:
    """Of these users our ids of those who are learners."""
    where = {**held_by(numbers), "values.role": "student"}
    holders = [row["holder"] for row in await tx[ROSTER_ROWS].find(where, fields=["holder"])]
    ids = [row_id(tx.district_id, "users", number) for number in holders]
    found = await tx[ROSTER_ROWS].find({"_id": {"$in": ids}}, fields=["entity_id"])
    return {sourced_id_of(row["_id"]): row["entity_id"] for row in found}

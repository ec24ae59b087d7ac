"""The directory: what a service remembers of people by opaque id, so that it can decide alone."""

from collections.abc import Sequence

from kit.auth import Member, RoleAt
from kit.edge import Reader
from kit.mongo import Collection, Document, Index
from kit.transaction import Transaction

PEOPLE = Collection(
    "people",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "organisations", "_id")), Index(("district_id", "groups"))),
)


def remember(tx: Transaction, member: Member, grades: Sequence[str], active: bool, sequence: int) -> None:
    """Put a person's whole state on the view unless it knows a newer one."""
    roles = [{"role": held.role, "organisation_id": held.organisation_id} for held in member.roles]
    values = {
        "roles": roles,
        "organisations": sorted(member.organisations),
        "groups": sorted(member.groups),
        "leads": sorted(member.leads),
        "wards": sorted(member.wards),
        "grades": list(grades),
        "active": active,
    }
    tx[PEOPLE].remember(member.member_id, sequence, values)


def member_of(row: Document) -> Member:
    """The member a row of the view describes."""
    return Member(
        member_id=row["_id"],
        roles=tuple(RoleAt(held["role"], held["organisation_id"]) for held in row["roles"]),
        organisations=frozenset(row["organisations"]),
        groups=frozenset(row["groups"]),
        leads=frozenset(row["leads"]),
        wards=frozenset(row["wards"]),
    )


class Directory:
    """Who the people of a district are to each other, in one query for all who are asked about."""

    async def members(self, reader: Reader, ids: Sequence[str]) -> dict[str, Member]:
        """The members with these ids, by id; whoever left or was forgotten is nobody's relation."""
        found = await reader[PEOPLE].many(ids)
        return {person_id: member_of(row) for person_id, row in found.items() if row["active"]}

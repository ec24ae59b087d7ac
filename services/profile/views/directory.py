"""Who the people of a district are to each other: what profile's own policies are decided by."""

from collections.abc import Sequence

from kit.auth import Member, RoleAt
from kit.edge import Reader
from kit.mongo import Document
from services.profile.store.people import PEOPLE

_FIELDS = ("roles", "class_ids", "teaches_class_ids", "ward_ids", "active")


class PeopleDirectory:
    """The kit's directory, read from profile's own people."""

    async def members(self, reader: Reader, ids: Sequence[str]) -> dict[str, Member]:
        """The members with these ids, by id; whoever left or was forgotten is nobody's relation."""
        found = await reader[PEOPLE].find({"_id": {"$in": list(ids)}}, fields=_FIELDS)
        return {row["_id"]: member_of(row) for row in found if row["active"]}


def member_of(row: Document) -> Member:
    """What the kit needs to know of a person's document."""
    roles = tuple(RoleAt(held["role"], held["organisation_id"]) for held in row["roles"])
    return Member(
        member_id=row["_id"],
        roles=roles,
        organisations=frozenset(held.organisation_id for held in roles),
        groups=frozenset(row["class_ids"]),
        leads=frozenset(row["teaches_class_ids"]),
        wards=frozenset(row["ward_ids"]),
    )

"""Names: what a caller may call the people they ask about, in one query."""

from collections.abc import Sequence

from contracts.profile import RoleHeld
from kit.auth import Caller
from kit.transaction import Rows
from services.profile.domain.people import ShownName, Viewer, name_for
from services.profile.store.people import unpack_person


async def names_for(rows: Rows, caller: Caller, ids: Sequence[str]) -> list[ShownName]:
    """The names among `ids` that are the caller's to see, in the order asked; others are left out."""
    found = await rows.many(list(dict.fromkeys([*ids, caller.caller_id])))
    people = {person_id: unpack_person(document) for person_id, document in found.items()}
    own = people.get(caller.caller_id)
    viewer = Viewer(
        person_id=caller.caller_id,
        district_id=caller.district_id,
        roles=tuple(RoleHeld(held.role, held.organisation_id) for held in caller.roles),
        ward_ids=own.ward_ids if own else (),
    )
    asked = [people[person_id] for person_id in dict.fromkeys(ids) if person_id in people]
    return [shown for person in asked if (shown := name_for(viewer, person)) is not None]

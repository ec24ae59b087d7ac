"""One roster: where it stands, what it would change, what is wrong with it."""

from kit.refusals import refuse
from kit.transaction import Rows
from services.profile.domain.rosters import NoSuchRoster, Roster
from services.profile.store.rosters import ROSTER


async def the_roster(rows: Rows, roster_id: str) -> Roster:
    """The roster with this id.

    Raises: Refusals of NoSuchRoster.
    """
    found = await rows.get(roster_id)
    if found is None:
        raise refuse(NoSuchRoster())
    return ROSTER.unpack(found)

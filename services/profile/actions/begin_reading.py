"""An uploaded roster is read: what an earlier, interrupted reading noted goes first."""

from kit.transaction import Transaction
from services.profile.domain.rosters import Roster, RosterState, begin_reading
from services.profile.store.rosters import ROSTER, ROSTER_FINDINGS, ROSTER_PAGES, ROSTERS, STANDINGS, standing_of


async def begin_reading_roster(tx: Transaction, roster_id: str) -> Roster | None:
    """The roster, now being read; None where it need not be read any more."""
    found = await tx[ROSTERS].get(roster_id)
    if found is None or found["state"] not in (RosterState.UPLOADED.value, RosterState.READING.value):
        return None
    for collection in (ROSTER_FINDINGS, ROSTER_PAGES):
        tx[collection].delete({"roster_id": roster_id})
    roster = begin_reading(ROSTER.unpack(found), await standing_of(tx[STANDINGS], tx.district_id))
    document = ROSTER.pack(roster)
    return ROSTER.unpack(document | {"version": tx[ROSTERS].save(document)})

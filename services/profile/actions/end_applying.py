"""All of a roster stands: the upload and what was noted of it go."""

from kit.transaction import Transaction
from services.profile.domain.rosters import RosterState, end_applying
from services.profile.store.rosters import ROSTER, ROSTERS, STANDINGS, pack_standing, remove_upload, standing_of


async def end_applying_roster(tx: Transaction, roster_id: str) -> None:
    """The roster is applied, and another may follow. Names and numbers do not linger in the upload."""
    found = await tx[ROSTERS].get(roster_id)
    if found is None or found["state"] != RosterState.APPLYING.value:
        return
    standing = await standing_of(tx[STANDINGS], tx.district_id)
    roster, standing = end_applying(ROSTER.unpack(found), standing, tx.now)
    tx[ROSTERS].save(ROSTER.pack(roster))
    tx[STANDINGS].save(pack_standing(standing))
    remove_upload(tx, roster_id)

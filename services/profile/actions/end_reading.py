"""A roster was read: it is ready to be applied, or refused."""

from dataclasses import dataclass

from kit.transaction import Transaction
from services.profile.domain.rosters import Reading, RosterState, end_reading
from services.profile.store.rosters import ROSTER, ROSTER_CHUNKS, ROSTERS, remove_upload


@dataclass(frozen=True, slots=True)
class EndReading:
    roster_id: str
    reading: Reading


async def end_reading_roster(tx: Transaction, order: EndReading) -> None:
    """Put down what the reading has shown; of a roster that was discarded meanwhile nothing is kept."""
    found = await tx[ROSTERS].get(order.roster_id)
    if found is None or found["state"] != RosterState.READING.value:
        remove_upload(tx, order.roster_id)
        return
    roster = end_reading(ROSTER.unpack(found), order.reading, tx.now)
    tx[ROSTERS].save(ROSTER.pack(roster))
    if roster.state is RosterState.REFUSED:
        tx[ROSTER_CHUNKS].delete({"roster_id": roster.roster_id})

"""A roster is discarded: nothing of it was applied, and nothing of its upload is kept."""

from dataclasses import dataclass

from kit.conditions import check_version
from kit.transaction import Transaction
from services.profile.domain.rosters import Roster, discard
from services.profile.store.rosters import ROSTER, ROSTERS, remove_upload
from services.profile.views.roster import the_roster


@dataclass(frozen=True, slots=True)
class DiscardRoster:
    roster_id: str
    expected_version: int | None = None


async def discard_roster(tx: Transaction, order: DiscardRoster) -> Roster:
    """Discard a roster that is not being applied.

    Raises: Refusals of NoSuchRoster, StaleVersion, RosterUnderWay.
    """
    roster = await the_roster(tx[ROSTERS], order.roster_id)
    check_version(roster.version, order.expected_version)
    document = ROSTER.pack(discard(roster, tx.now))
    remove_upload(tx, roster.roster_id)
    return ROSTER.unpack(document | {"version": tx[ROSTERS].save(document)})

"""A roster that was read is accepted: it is to become what stands."""

from dataclasses import dataclass

from kit.conditions import check_version
from kit.transaction import Transaction
from services.profile.domain.rosters import Accepted, Roster, begin_applying
from services.profile.store.rosters import ROSTER, ROSTERS, STANDINGS, pack_standing, standing_of
from services.profile.views.roster import the_roster


@dataclass(frozen=True, slots=True)
class AcceptRoster:
    """Which roster, and what about it was looked at and is meant."""

    roster_id: str
    accepted: Accepted
    expected_version: int | None = None


async def accept_roster(tx: Transaction, order: AcceptRoster) -> Roster:
    """Hand the roster to the worker to be applied.

    Raises: Refusals of NoSuchRoster, StaleVersion, or everything that `begin_applying` has against it.
    """
    roster = await the_roster(tx[ROSTERS], order.roster_id)
    check_version(roster.version, order.expected_version)
    standing = await standing_of(tx[STANDINGS], tx.district_id)
    roster, standing = begin_applying(roster, standing, order.accepted, tx.now, tx.trace.correlation_id)
    tx[STANDINGS].save(pack_standing(standing))
    document = ROSTER.pack(roster)
    return ROSTER.unpack(document | {"version": tx[ROSTERS].save(document)})

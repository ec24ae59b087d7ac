"""Which schools there are, and in which time zone a district's weeks turn, fed by facts."""

from contracts.gateway import DistrictOpened
from contracts.listing import Heard
from contracts.profile import SchoolListed
from kit.transaction import Transaction
from services.scheduler.store.schools import DISTRICTS, SCHOOLS


async def apply_district(tx: Transaction, fact: DistrictOpened, heard: Heard) -> None:
    """Remember a district's time zone."""
    tx[DISTRICTS].remember(fact.district_id, heard.sequence, {"time_zone": fact.time_zone})


async def apply_school(tx: Transaction, fact: SchoolListed, heard: Heard) -> None:
    """Remember that a school is on the roster, or no longer is."""
    tx[SCHOOLS].remember(fact.school_id, heard.sequence, {"active": fact.active})

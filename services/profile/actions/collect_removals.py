"""A service says what it removed of a forgotten person: one more line of the certificate."""

from contracts.community import CommunityErased
from contracts.gateway import GatewayErased
from contracts.scheduler import SchedulerErased
from kit.consumer.heard import Heard
from kit.refusals import refuse
from kit.transaction import Transaction
from services.profile.domain.erasure import NoSuchErasure, add_removals
from services.profile.store.erasures import ERASURE, ERASURES


async def collect_removals(
    tx: Transaction, fact: SchedulerErased | CommunityErased | GatewayErased, heard: Heard
) -> None:
    """Enter what the service removed. Safe twice and in any order.

    Raises: Refusals of NoSuchErasure: the answer may be here before the question was read back.
    """
    found = await tx[ERASURES].get(fact.erasure_id)
    if found is None:
        raise refuse(NoSuchErasure())
    erasure = ERASURE.unpack(found)
    grown = add_removals(erasure, fact.TYPE.partition(".")[0], fact.removed, heard.time)
    if grown != erasure:
        tx[ERASURES].save(ERASURE.pack(grown))

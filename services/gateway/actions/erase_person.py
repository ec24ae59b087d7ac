"""A person is forgotten: the gateway ends their sign-ins, empties their inbox, and says how much that was."""

from typing import Any

from contracts.gateway import GatewayErased
from contracts.profile import PersonForgotten
from kit.auth import Member
from kit.crash_points import crash_point
from kit.directory import PEOPLE, remember
from kit.edge import forget_answers
from kit.transaction import Transaction
from services.gateway.store.collections import GRANTS, SIGN_IN_LINKS
from services.gateway.store.inbox import ERASURES, NOTICES


async def erase_person(tx: Transaction, fact: PersonForgotten, heard: Any) -> None:
    """Remove the person's grants (and with them every refresh token), notices and sign-in link. Safe twice.

    An access token already handed out ends within minutes, and finds nobody behind it.
    """
    if await tx[ERASURES].get(fact.person_id) is not None:
        return
    mine, itself = {"person_id": fact.person_id}, {"_id": fact.person_id}
    held = ((GRANTS, mine), (NOTICES, mine), (SIGN_IN_LINKS, itself))
    removed = {collection.name: await tx[collection].count(where) for collection, where in held}
    removed["people"] = await tx[PEOPLE].count(itself)
    for collection, where in held:
        tx[collection].delete(where)
    forget_answers(tx)
    # The empty row stays: it knows a newer fact than any that is still on its way.
    remember(tx, Member(fact.person_id), (), False, heard.sequence)
    crash_point("forget.heard")
    erased = GatewayErased(
        district_id=tx.district_id, person_id=fact.person_id, erasure_id=fact.erasure_id, removed=removed
    )
    tx[ERASURES].save({"_id": fact.person_id, "version": 0, "removed": removed, "erased_at": tx.now}, [erased])

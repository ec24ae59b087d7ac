"""People are told: a fact becomes the notices of those whom it concerns."""

from typing import Any

from contracts.fact import Fact
from kit.transaction import Transaction
from services.gateway.domain.notices import TELLING, Notice, notice_id_of
from services.gateway.store.inbox import ERASURES, NOTICE, NOTICES


async def keep_notices(tx: Transaction, fact: Fact, heard: Any) -> None:
    """Keep what each person is told of this fact; who was forgotten is told nothing. Safe twice and out of order."""
    told = TELLING[type(fact)](fact)
    forgotten = await tx[ERASURES].many([each.person_id for each in told])
    for each in told:
        if each.person_id not in forgotten:
            notice = Notice(
                notice_id=notice_id_of(heard.event_id, each.person_id),
                person_id=each.person_id,
                code=each.code,
                params=each.params,
                fact_id=heard.event_id,
                correlation_id=heard.trace.correlation_id,
                at=heard.time,
            )
            kept = NOTICE.pack(notice)
            notice_id = kept.pop("_id")
            tx[NOTICES].update({"_id": notice_id}, {"$setOnInsert": kept}, upsert=True)

"""A person is forgotten: what the scheduler holds of them goes, and it says how much that was."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.profile import PersonForgotten
from contracts.scheduler import SchedulerErased
from kit.auth import Member
from kit.crash_points import crash_point
from kit.directory import PEOPLE, remember
from kit.edge import forget_answers
from kit.transaction import Transaction
from services.scheduler.actions.release_student import release_student
from services.scheduler.domain.eligibility import without
from services.scheduler.domain.occurrences import forget
from services.scheduler.store.erasures import ERASURES
from services.scheduler.store.host_weeks import HOST_WEEKS
from services.scheduler.store.learners import LEARNERS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES, occurrences_naming
from services.scheduler.store.offers import OFFER, OFFERS, offers_naming
from services.scheduler.store.rounds import CREDITS, RANKINGS, RESULTS
from services.scheduler.store.weeks import WEEKS


async def erase_person(tx: Transaction, fact: PersonForgotten, heard: Any) -> None:
    """Free the person's coming places, then remove weeks, waiting, lists, rankings, learner and more. Safe twice."""
    if await tx[ERASURES].get(fact.person_id) is not None:
        return
    # Counted before, released first: what reads beside the transaction must not meet what was changed in it.
    removed = {"waitlist_entries": await _waits(tx, fact.person_id)}
    await release_student(tx, fact.person_id)
    removed |= await _remove_lists(tx, fact.person_id)
    removed |= await _remove_documents(tx, fact.person_id)
    crash_point("forget.heard")
    forget_answers(tx)
    # The empty row stays: it knows a newer fact than any that is still on its way.
    remember(tx, Member(fact.person_id), (), False, heard.sequence)
    announced = SchedulerErased(
        district_id=tx.district_id, person_id=fact.person_id, erasure_id=fact.erasure_id, removed=removed
    )
    tx[ERASURES].save(_record(fact, removed, tx.now), [announced])


async def _remove_documents(tx: Transaction, person_id: str) -> dict[str, int]:
    kinds = (
        (WEEKS, {"student_id": person_id}),
        (LEARNERS, {"_id": person_id}),
        (HOST_WEEKS, {"host_id": person_id}),
        (RANKINGS, {"student_id": person_id}),
        (RESULTS, {"student_id": person_id}),
        (CREDITS, {"student_id": person_id}),
    )
    counts = {collection.name: await tx[collection].count(where) for collection, where in kinds}
    for collection, where in kinds:
        tx[collection].delete(where)
    return counts | {"people": await tx[PEOPLE].count({"_id": person_id})}


async def _waits(tx: Transaction, person_id: str) -> int:
    """In how many lines the person stands, or stood when what they waited for was called off."""
    found = await occurrences_naming(tx[OCCURRENCES], person_id)
    entries = (entry for occurrence in found for entry in (*occurrence.waiting, *occurrence.called_off))
    return sum(entry.student_id == person_id for entry in entries)


async def _remove_lists(tx: Transaction, person_id: str) -> dict[str, int]:
    """Take the person out of offers' and occurrences' lists."""
    offers = await offers_naming(tx[OFFERS], person_id)
    for offer in offers:
        changed = replace(offer, eligibility=without(offer.eligibility, person_id))
        tx[OFFERS].save(OFFER.pack(changed))
    tx[RANKINGS].update_all({"friend_ids": person_id}, {"$pull": {"friend_ids": person_id}, "$inc": {"version": 1}})
    occurrences = await occurrences_naming(tx[OCCURRENCES], person_id)
    for occurrence in occurrences:
        tx[OCCURRENCES].save(OCCURRENCE.pack(forget(occurrence, person_id)))
    return {"offer_lists": len(offers), "occurrence_lists": len(occurrences)}


def _record(fact: PersonForgotten, removed: dict[str, int], at: datetime) -> dict[str, Any]:
    return {"_id": fact.person_id, "version": 0, "erasure_id": fact.erasure_id, "removed": removed, "erased_at": at}

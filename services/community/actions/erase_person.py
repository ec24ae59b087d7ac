"""A person is forgotten: community removes what it holds of them and says how much that was."""

from dataclasses import replace
from typing import Any

from contracts.community import CommunityErased
from contracts.profile import PersonForgotten
from kit.auth import Member
from kit.crash_points import crash_point
from kit.directory import PEOPLE, remember
from kit.edge import forget_answers
from kit.transaction import Transaction
from services.community.domain.projects import Project
from services.community.store.collections import (
    BUSY,
    ERASURES,
    HOURS,
    PARTNERS,
    PROJECT,
    PROJECTS,
    REFLECTIONS,
    TIMESHEETS,
)

FORGOTTEN = "(removed)"
"""What stands where a forgotten person's words stood."""


async def erase_person(tx: Transaction, fact: PersonForgotten, heard: Any) -> None:
    """Remove the person's words, hours, reflections and time; opaque ids and counts stay. Safe twice."""
    if await tx[ERASURES].get(fact.person_id) is not None:
        return
    removed = await _remove_documents(tx, fact.person_id)
    removed["project_texts"] = await _clear_texts(tx, fact.person_id)
    removed["partner_contacts"] = await _leave_partners(tx, fact.person_id)
    removed["reasons"] = await _clear_reasons(tx, fact.person_id)
    forget_answers(tx)
    # The empty row stays: it knows a newer fact than any that is still on its way.
    remember(tx, Member(fact.person_id), (), False, heard.sequence)
    crash_point("forget.heard")
    announced = CommunityErased(
        district_id=tx.district_id, person_id=fact.person_id, erasure_id=fact.erasure_id, removed=removed
    )
    tx[ERASURES].save({"_id": fact.person_id, "version": 0, "removed": removed, "erased_at": tx.now}, [announced])


async def _remove_documents(tx: Transaction, person_id: str) -> dict[str, int]:
    kinds = (
        (HOURS, {"person_id": person_id}),
        (REFLECTIONS, {"person_id": person_id}),
        (BUSY, {"person_id": person_id}),
        (TIMESHEETS, {"_id": person_id}),
    )
    counts = {collection.name: await tx[collection].count(where) for collection, where in kinds}
    for collection, where in kinds:
        tx[collection].delete(where)
    return counts | {"people": await tx[PEOPLE].count({"_id": person_id})}


async def _clear_texts(tx: Transaction, person_id: str) -> int:
    """Take the person out of teams that still gather, and their words out of what they proposed or commented on."""
    mine = {"$or": [{"proposed_by": person_id}, {"members.person_id": person_id}, {"turns.by": person_id}]}
    found = [PROJECT.unpack(row) for row in await tx[PROJECTS].find(mine)]
    for project in found:
        tx[PROJECTS].save(PROJECT.pack(_without(project, person_id)))
    return len(found)


def _without(project: Project, person_id: str) -> Project:
    turns = tuple(
        replace(turn, comment=FORGOTTEN) if turn.by == person_id and turn.comment else turn for turn in project.turns
    )
    # What was made is told by the team: where the person was of it, the words may speak of them.
    made = FORGOTTEN if project.made and person_id in (project.proposed_by, *project.member_ids) else project.made
    if project.proposed_by == person_id:
        return replace(project, turns=turns, made=made, title=FORGOTTEN, question=FORGOTTEN)
    return replace(project, turns=turns, made=made)


async def _leave_partners(tx: Transaction, person_id: str) -> int:
    count = await tx[PARTNERS].count({"contact_ids": person_id})
    tx[PARTNERS].update_all({"contact_ids": person_id}, {"$pull": {"contact_ids": person_id}, "$inc": {"version": 1}})
    return count


async def _clear_reasons(tx: Transaction, person_id: str) -> int:
    """Reasons that the person, as partner or staff, gave on other people's hours."""
    cleared = 0
    for who, why in (("verified_by", "verified_reason"), ("approved_by", "approved_reason")):
        where = {who: person_id, why: {"$ne": None}}
        cleared += await tx[HOURS].count(where)
        tx[HOURS].update_all(where, {"$set": {why: FORGOTTEN}, "$inc": {"version": 1}})
    return cleared

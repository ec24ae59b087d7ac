"""A person is forgotten: all they are and did goes, and their words go from what others keep."""

from typing import Any

from kit.mongo import Collection, Document
from kit.transaction import Transaction
from services.profile.domain.profile_fields import without
from services.profile.store.growth import (
    ASSESSMENTS,
    EVIDENCE,
    GOAL_PLACEMENTS,
    GOALS,
    GROWTH,
    PROFILE,
    PROFILE_TURNS,
    PROFILES,
    PROPOSALS,
    TEAM_PLACES,
)

FORGOTTEN = "(removed)"
"""What stands where a forgotten person's words stood."""

_SOME_WORDS = {"$nin": [None, FORGOTTEN]}


async def erase_growth(tx: Transaction, person_id: str) -> dict[str, int]:
    """Remove what is kept of a person's growth and say how many documents of each kind that touched. Safe twice.

    Others keep their records: there the person's words are taken out, and they are no longer named in any entry.
    """
    removed = await _remove_documents(tx, person_id)
    removed["profile_entries"] = await _clear_entries(tx, person_id)
    removed["profile_changes"] = await _clear_changes(tx, person_id)
    removed["comments"] = await _clear_words(tx, person_id)
    return removed


async def _remove_documents(tx: Transaction, person_id: str) -> dict[str, int]:
    about: tuple[tuple[Collection, Document], ...] = (
        (PROFILES, {"_id": person_id}),
        *((collection, {"person_id": person_id}) for collection in _BY_PERSON),
    )
    counts = {collection.name: await tx[collection].count(where) for collection, where in about}
    for collection, where in about:
        tx[collection].delete(where)
    return counts


_BY_PERSON = (PROFILE_TURNS, GOALS, GOAL_PLACEMENTS, PROPOSALS, EVIDENCE, ASSESSMENTS, GROWTH, TEAM_PLACES)


async def _clear_entries(tx: Transaction, person_id: str) -> int:
    """Entries in other people's profiles: what the person wrote goes, and where they were named they are not."""
    mine = {"$or": [{"fields.written_by": person_id}, {"fields.visibility.named_ids": person_id}]}
    found = [PROFILE.unpack(row) for row in await tx[PROFILES].find(mine)]
    for profile in found:
        tx[PROFILES].save(PROFILE.pack(without(profile, person_id)))
    return len(found)


async def _clear_changes(tx: Transaction, person_id: str) -> int:
    """What the history of other people's profiles keeps of the person's words, and of their being named."""
    rows = tx[PROFILE_TURNS]
    wrote: Document = {"written_by": person_id, "text": _SOME_WORDS}
    told_why: Document = {"by": person_id, "why": _SOME_WORDS}
    named: Document = {"visibility.named_ids": person_id}
    count = await rows.count({"$or": [wrote, told_why, named]})
    rows.update_all(wrote, {"$set": {"text": FORGOTTEN}})
    rows.update_all(told_why, {"$set": {"why": FORGOTTEN}})
    rows.update_all(named, {"$pull": {"visibility.named_ids": person_id}})
    return count


async def _clear_words(tx: Transaction, person_id: str) -> int:
    """What the person said as an adult: observations, comments, reasons for a target, words on a goal."""
    words: tuple[tuple[Collection, str, str, str | None], ...] = (
        (EVIDENCE, "by", "text", FORGOTTEN),
        (EVIDENCE, "by", "url", None),
        (EVIDENCE, "answered_by", "comment", FORGOTTEN),
        (PROPOSALS, "proposed_by", "reason", FORGOTTEN),
        (ASSESSMENTS, "by", "words", FORGOTTEN),
    )
    cleared = 0
    for collection, who, what, instead in words:
        where: Document = {who: person_id, what: _SOME_WORDS}
        cleared += await tx[collection].count(where)
        tx[collection].update_all(where, {"$set": {what: instead}, "$inc": {"version": 1}})
    return cleared + await _clear_goal_words(tx, person_id)


async def _clear_goal_words(tx: Transaction, person_id: str) -> int:
    said: dict[str, Any] = {"turns": {"$elemMatch": {"by": person_id, "reason": _SOME_WORDS}}}
    found = await tx[GOALS].find(said)
    for goal in found:
        tx[GOALS].save({**goal, "turns": [_wordless(turn, person_id) for turn in goal["turns"]]})
    return len(found)


def _wordless(turn: Document, person_id: str) -> Document:
    return turn | {"reason": FORGOTTEN} if turn["by"] == person_id and turn["reason"] else turn

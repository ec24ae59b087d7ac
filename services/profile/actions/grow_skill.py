"""Evidence that counts makes a skill's story one piece longer, in the same transaction."""

from dataclasses import replace
from typing import Any

from contracts.community import ProjectShown
from contracts.fact import Fact
from kit.transaction import Transaction
from services.profile.domain.evidence import Evidence, EvidenceState, accepted_fact
from services.profile.domain.skills import grow, growth_id_of, shown_evidence, stories
from services.profile.store.erasures import ERASURES
from services.profile.store.growth import EVIDENCE, EVIDENCE_RECORD, GROWTH, GROWTH_RECORD
from services.profile.store.growth_finding import forgotten_among, known_ids
from services.profile.views.project_partners import remember_shown


async def save_evidence(tx: Transaction, evidence: Evidence, facts: list[Fact]) -> Evidence:
    """Save evidence that was offered or answered, and let the skill's story grow where it counts now."""
    if evidence.state is EvidenceState.ACCEPTED:
        await _grow(tx, [evidence])
    return replace(evidence, version=tx[EVIDENCE].save(EVIDENCE_RECORD.pack(evidence), facts))


async def grow_from_project(tx: Transaction, fact: ProjectShown, heard: Any) -> None:
    """Each member has one piece of evidence for each skill of the shown project, with their own reflection.

    Its id comes from project, person and skill: what is there already is left alone, so that hearing of the showing
    twice, or of several in any order, ends the same. Three queries, however large the team.
    """
    remember_shown(tx, fact, heard.sequence)
    forgotten = await forgotten_among(tx[ERASURES], [member.person_id for member in fact.members])
    pieces = shown_evidence(fact, forgotten)
    there = await known_ids(tx[EVIDENCE], [piece.evidence_id for piece in pieces])
    fresh = [piece for piece in pieces if piece.evidence_id not in there]
    await _grow(tx, fresh)
    for piece in fresh:
        tx[EVIDENCE].save(EVIDENCE_RECORD.pack(piece), [accepted_fact(piece)])


async def _grow(tx: Transaction, pieces: list[Evidence]) -> None:
    """One more piece for each story; of one story there is at most one piece among these."""
    about = {piece.evidence_id: growth_id_of(piece.person_id, piece.skill) for piece in pieces if piece.skill}
    rows = await tx[GROWTH].many(sorted(set(about.values())))
    known = {growth_id: GROWTH_RECORD.unpack(row) for growth_id, row in rows.items()}
    told = stories(tx.district_id, pieces, known)
    for evidence_id, growth_id in about.items():
        grown, facts = grow(told[growth_id], evidence_id)
        tx[GROWTH].save(GROWTH_RECORD.pack(grown), facts)

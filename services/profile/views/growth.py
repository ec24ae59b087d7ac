"""How do I grow? Per skill the story: pieces of evidence in time order, never a score and never a rank."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kit.edge import Reader
from services.profile.domain.evidence import Evidence, EvidenceKind, EvidenceState, Observer
from services.profile.store.growth import EVIDENCE, EVIDENCE_RECORD, GROWTH, GROWTH_RECORD

LATEST = 500
"""So many pieces, the latest, are told at once; `pieces` counts them all, and the evidence list pages through them."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where it was seen: in a project, in a placement, or as work handed in. An opaque id, no words."""

    kind: str
    situation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One chapter: seen by whom, when, where, and what the learner thinks of it."""

    evidence_id: str
    at: datetime
    kind: EvidenceKind
    observer: Observer
    by: str | None
    situation: Situation
    text: str | None
    url: str | None
    reflection_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The growth story of one skill."""

    skill: str
    pieces: int
    story: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGrowth:
    """All stories of one learner."""

    person_id: str
    skills: tuple[Story, ...]


async def growth_of(reader: Reader, person_id: str) -> ShownGrowth:
    """The stories of this learner, in two queries."""
    counted = [GROWTH_RECORD.unpack(row) for row in await reader[GROWTH].find({"person_id": person_id})]
    where = {"person_id": person_id, "state": EvidenceState.ACCEPTED.value, "skill": {"$gt": ""}}
    rows = await reader[EVIDENCE].find(where, sort=[("at", -1), ("_id", -1)], limit=LATEST)
    told = [EVIDENCE_RECORD.unpack(row) for row in reversed(rows)]
    stories = sorted(counted, key=lambda growth: growth.skill)
    return ShownGrowth(
        person_id=person_id,
        skills=tuple(
            Story(skill=growth.skill, pieces=growth.pieces, story=_pieces(told, growth.skill)) for growth in stories
        ),
    )


def _pieces(told: Iterable[Evidence], skill: str) -> tuple[Piece, ...]:
    return tuple(_piece(evidence) for evidence in told if evidence.skill == skill)


def _piece(evidence: Evidence) -> Piece:
    return Piece(
        evidence_id=evidence.evidence_id,
        at=evidence.at,
        kind=evidence.kind,
        observer=evidence.observer,
        by=evidence.by,
        situation=_situation(evidence),
        text=evidence.text,
        url=evidence.url,
        reflection_id=evidence.reflection_id,
    )


def _situation(evidence: Evidence) -> Situation:
    if evidence.project_id:
        return Situation("project", evidence.project_id)
    if evidence.placement_id:
        return Situation("placement", evidence.placement_id)
    return Situation("handed-in", None)

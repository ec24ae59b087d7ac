"""Skills: a growth story per learner and skill, told by evidence; never a score and never a rank."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from contracts.community import MemberShown, ProjectShown
from contracts.fact import Fact
from contracts.profile import SkillGrown
from services.profile.domain.evidence import Evidence, EvidenceKind, EvidenceState, Observer

_EVIDENCE = UUID("7b1b3f6e-58ce-5a3e-8f65-5f0d1f3f0a01")
_GROWTH = UUID("7b1b3f6e-58ce-5a3e-8f65-5f0d1f3f0a02")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How many pieces a learner's story of one skill has by now: its chapters are the evidence itself."""

    growth_id: str
    version: int
    district_id: str
    person_id: str
    skill: str
    pieces: int = 0


def growth_id_of(person_id: str, skill: str) -> str:
    """The id of the story of this skill: derived, so that there is one however it is begun."""
    return f"growth_{uuid5(_GROWTH, f'{person_id}/{skill}').hex}"


def project_evidence_id(project_id: str, person_id: str, skill: str) -> str:
    """The id of the evidence a project brings for a skill: derived, so that hearing of it again changes nothing."""
    return f"evidence_{uuid5(_EVIDENCE, f'{project_id}/{person_id}/{skill}').hex}"


def unbegun(district_id: str, person_id: str, skill: str) -> Growth:
    """A story with no piece yet."""
    return Growth(
        growth_id=growth_id_of(person_id, skill),
        version=0,
        district_id=district_id,
        person_id=person_id,
        skill=skill,
    )


def grow(growth: Growth, evidence_id: str) -> tuple[Growth, list[Fact]]:
    """The story has one more piece."""
    grown = replace(growth, pieces=growth.pieces + 1)
    told = SkillGrown(
        district_id=grown.district_id,
        growth_id=grown.growth_id,
        person_id=grown.person_id,
        skill=grown.skill,
        pieces=grown.pieces,
        evidence_id=evidence_id,
    )
    return grown, [told]


def shown_evidence(shown: ProjectShown, forgotten: Collection[str]) -> tuple[Evidence, ...]:
    """What a showing brings: for each member, but for the forgotten, and each skill one piece that counts."""
    skills = tuple(dict.fromkeys(shown.skills))
    return tuple(
        _of_project(shown, member, skill)
        for member in _each_once(shown.members)
        if member.person_id not in forgotten
        for skill in skills
    )


def stories(district_id: str, pieces: Iterable[Evidence], known: Mapping[str, Growth]) -> dict[str, Growth]:
    """The stories these pieces belong to, by id: known ones, or unbegun."""
    found: dict[str, Growth] = {}
    for piece in pieces:
        if piece.skill is not None:
            growth_id = growth_id_of(piece.person_id, piece.skill)
            found[growth_id] = known.get(growth_id) or unbegun(district_id, piece.person_id, piece.skill)
    return found


def _each_once(members: tuple[MemberShown, ...]) -> tuple[MemberShown, ...]:
    return tuple({member.person_id: member for member in members}.values())


def _of_project(shown: ProjectShown, member: MemberShown, skill: str) -> Evidence:
    return Evidence(
        evidence_id=project_evidence_id(shown.project_id, member.person_id, skill),
        version=0,
        district_id=shown.district_id,
        person_id=member.person_id,
        target_id=None,
        skill=skill,
        kind=EvidenceKind.PROJECT,
        text=None,
        url=None,
        observer=Observer.PARTNER if shown.partner_id else Observer.SCHOOL,
        by=None,
        at=shown.shown_at,
        state=EvidenceState.ACCEPTED,
        project_id=shown.project_id,
        reflection_id=member.reflection_ids.get(skill),
    )

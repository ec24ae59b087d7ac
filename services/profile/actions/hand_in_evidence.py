"""Evidence is offered for a target or a skill, and an educator answers."""

from dataclasses import dataclass

from kit.refusals import refuse, refuse_all
from kit.transaction import Transaction
from services.profile.actions.grow_skill import save_evidence
from services.profile.domain import evidence as rules
from services.profile.domain.evidence import Evidence, EvidenceKind, NotPlacedThere, Observer
from services.profile.domain.pace import PlacementState
from services.profile.domain.targets import NoSuchTarget
from services.profile.store.growth import EVIDENCE, GOAL_PLACEMENTS, TARGETS, VOCABULARIES
from services.profile.store.growth_finding import check_person, evidence_of, known_ids, vocabulary_of
from services.profile.store.people import PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInEvidence:
    """What is offered for whom, and by whom."""

    evidence_id: str
    person_id: str
    target_id: str | None
    skill: str | None
    kind: EvidenceKind
    text: str | None
    url: str | None
    placement_id: str | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvidence:
    """What an educator says to which evidence."""

    evidence_id: str
    accepted: bool
    comment: str | None
    by: str


async def hand_in_evidence(tx: Transaction, order: HandInEvidence) -> Evidence:
    """Keep the evidence; it waits for an educator, unless it is one's own observation.

    Raises: Refusals of NoSuchPerson, NoSuchTarget, NotPlacedThere, AboutOneThing, WordsOrLink, UnknownSkill,
    OnlyObservations.
    """
    await check_person(tx[PEOPLE], order.person_id)
    if order.target_id is not None and not await known_ids(tx[TARGETS], [order.target_id]):
        raise refuse(NoSuchTarget())
    await _check_placement(tx, order)
    skills = (await vocabulary_of(tx[VOCABULARIES], tx.district_id)).skill_tags
    return await save_evidence(tx, *rules.hand_in(_offered(tx, order), skills))


async def answer_evidence(tx: Transaction, order: AnswerEvidence) -> Evidence:
    """An educator accepts or returns; what counts for a skill is one more piece of its story.

    Raises: Refusals of NoSuchEvidence, EvidenceAnswered, CommentMissing.
    """
    evidence = await evidence_of(tx[EVIDENCE], order.evidence_id)
    return await save_evidence(tx, *rules.answer(evidence, order.accepted, order.by, tx.now, order.comment))


def _offered(tx: Transaction, order: HandInEvidence) -> Evidence:
    own = order.by == order.person_id
    return Evidence(
        evidence_id=order.evidence_id,
        version=0,
        district_id=tx.district_id,
        person_id=order.person_id,
        target_id=order.target_id,
        skill=order.skill,
        kind=order.kind,
        text=order.text,
        url=order.url,
        observer=Observer.SELF if own else Observer.EDUCATOR,
        by=order.by,
        at=tx.now,
        placement_id=order.placement_id,
    )


async def _check_placement(tx: Transaction, order: HandInEvidence) -> None:
    if order.placement_id is None:
        return
    there = {"_id": order.placement_id, "person_id": order.person_id, "state": PlacementState.ATTENDED.value}
    attended = await tx[GOAL_PLACEMENTS].one(there, ["_id"]) is not None
    refuse_all(None if attended else NotPlacedThere())

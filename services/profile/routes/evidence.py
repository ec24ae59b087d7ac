"""Evidence of learning, and the growth stories it tells, over HTTP."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import StringConstraints

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Paragraphs, Tag
from services.profile.actions.hand_in_evidence import (
    AnswerEvidence,
    HandInEvidence,
    answer_evidence,
    hand_in_evidence,
)
from services.profile.domain.evidence import (
    AboutOneThing,
    CommentMissing,
    Evidence,
    EvidenceAnswered,
    EvidenceKind,
    EvidenceState,
    NoSuchEvidence,
    NotPlacedThere,
    OnlyObservations,
    UnknownSkill,
    WordsOrLink,
)
from services.profile.domain.people import NoSuchPerson
from services.profile.domain.targets import NoSuchTarget
from services.profile.routes.growth_policies import (
    educator_at,
    evidence_asked,
    learner_or_teacher_at,
    person_asked,
    readers_of,
)
from services.profile.store.growth import EVIDENCE, EVIDENCE_RECORD
from services.profile.views.growth import ShownGrowth, growth_of

routes = Routes(prefix="/v1", tags=["evidence"])

Link = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=2_000)]


class EvidenceWanted(Body):
    """What is shown, for one target or one skill; `placement_id` says where, if it came of a placement."""

    target_id: Id | None = None
    skill: Tag | None = None
    kind: Literal["text", "link", "observation"]
    text: Paragraphs | None = None
    url: Link | None = None
    placement_id: Id | None = None


class EvidenceAnswer(Body):
    """Accepted, or returned with a comment."""

    accepted: bool
    comment: Paragraphs | None = None


@routes.post(
    "/people/{person_id}/evidence",
    policy=learner_or_teacher_at(person_asked),
    refuses=[
        NoSuchPerson,
        NoSuchTarget,
        AboutOneThing,
        WordsOrLink,
        UnknownSkill,
        OnlyObservations,
        NotPlacedThere,
    ],
    status_code=201,
)
async def post_evidence(person_id: Id, body: EvidenceWanted, edge: EdgeDep) -> Evidence:
    """Hand in work or a link; or, as an educator, what you observed."""
    order = HandInEvidence(
        evidence_id=edge.new_id("evidence"),
        person_id=person_id,
        target_id=body.target_id,
        skill=body.skill,
        kind=EvidenceKind(body.kind),
        text=body.text,
        url=body.url,
        placement_id=body.placement_id,
        by=edge.caller.caller_id,
    )
    evidence = await edge.act(hand_in_evidence, order)
    edge.tag(evidence.version)
    return evidence


@routes.get("/people/{person_id}/evidence", policy=readers_of(person_asked), refuses=[NoSuchPerson, StaleCursor])
async def get_evidence(
    person_id: Id, ask: PageAskDep, edge: EdgeDep, state: Annotated[EvidenceState | None, Query()] = None
) -> Page[Evidence]:
    """A learner's evidence, latest first."""
    where = {"person_id": person_id} | ({"state": state.value} if state else {})
    return await edge.page(ask, edge.reader[EVIDENCE], where, Keyset(("-at", "-_id")), EVIDENCE_RECORD.unpack)


@routes.post(
    "/evidence/{evidence_id}/answer",
    policy=educator_at(evidence_asked),
    refuses=[NoSuchEvidence, EvidenceAnswered, CommentMissing],
)
async def post_evidence_answer(evidence_id: Id, body: EvidenceAnswer, edge: EdgeDep) -> Evidence:
    """Accept evidence, or return it with a comment."""
    order = AnswerEvidence(
        evidence_id=evidence_id, accepted=body.accepted, comment=body.comment, by=edge.caller.caller_id
    )
    evidence = await edge.act(answer_evidence, order)
    edge.tag(evidence.version)
    return evidence


@routes.get("/people/{person_id}/growth", policy=readers_of(person_asked), refuses=[NoSuchPerson])
async def get_growth(person_id: Id, edge: EdgeDep) -> ShownGrowth:
    """Per skill a learner's story: who saw what, when and where. There is no score and no rank."""
    return await growth_of(edge.reader, person_id)

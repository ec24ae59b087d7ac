"""The district's targets, and those proposed for a learner's goal, over HTTP."""

import re
from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints

from kit.mongo import Document
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Paragraphs
from services.profile.actions.add_target import AddTarget, add_target
from services.profile.actions.propose_target import AnswerProposal, ProposeTarget, answer_proposal, propose_target
from services.profile.domain.goals import GoalOver, NoSuchGoal, TooManyTargets
from services.profile.domain.people import NoSuchPerson
from services.profile.domain.targets import (
    NoSuchProposal,
    NoSuchTarget,
    Proposal,
    ProposalAnswered,
    ProposalState,
    ProposedAlready,
    Target,
    TargetCodeTaken,
    TargetOnGoal,
)
from services.profile.routes.growth_policies import (
    DISTRICT_OFFICE,
    EVERYONE,
    educator_at,
    goal_asked,
    learner_at,
    person_asked,
    proposal_asked,
    readers_of,
)
from services.profile.store.growth import PROPOSAL, PROPOSALS, TARGET, TARGETS

routes = Routes(prefix="/v1", tags=["targets"])

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/()-]{0,79}$")]
CaseUri = Annotated[str, StringConstraints(pattern=r"^(https?://|urn:)[!-~]+$", max_length=2_000)]


class TargetWanted(Body):
    """A competency or learning objective; `case_uri` names the CASE item where there is one."""

    code: Code
    text: Paragraphs
    case_uri: CaseUri | None = None


class ProposalWanted(Body):
    """Which target, and why for this learner."""

    target_id: Id
    reason: Paragraphs


class ProposalAnswer(Body):
    """Accepted or not, and what the learner wants to say."""

    accepted: bool
    comment: Paragraphs | None = Field(None)


@routes.get("/targets", policy=EVERYONE, refuses=[StaleCursor])
async def get_targets(
    ask: PageAskDep,
    edge: EdgeDep,
    target_id: Annotated[list[Id] | None, Query(max_length=100)] = None,
    code_begins: Annotated[str | None, Query(max_length=80)] = None,
) -> Page[Target]:
    """The district's targets by their code: all, those with these ids, or those whose code begins so."""
    where: Document = {} if target_id is None else {"_id": {"$in": target_id}}
    if code_begins:
        where["code"] = {"$regex": f"^{re.escape(code_begins)}"}
    return await edge.page(ask, edge.reader[TARGETS], where, Keyset(("code", "_id")), TARGET.unpack)


@routes.post("/targets", policy=DISTRICT_OFFICE, refuses=[TargetCodeTaken], status_code=201)
async def post_target(body: TargetWanted, edge: EdgeDep) -> Target:
    """Add a target."""
    target = await edge.act(add_target, AddTarget(body.code, body.text, body.case_uri))
    edge.tag(target.version)
    return target


@routes.post(
    "/goals/{goal_id}/target-proposals",
    policy=educator_at(goal_asked),
    refuses=[NoSuchGoal, NoSuchTarget, GoalOver, TargetOnGoal, ProposedAlready],
    status_code=201,
)
async def post_proposal(goal_id: Id, body: ProposalWanted, edge: EdgeDep) -> Proposal:
    """Propose a target for a learner's goal; only the learner can accept it."""
    order = ProposeTarget(
        proposal_id=edge.new_id("proposal"),
        goal_id=goal_id,
        target_id=body.target_id,
        reason=body.reason,
        by=edge.caller.caller_id,
    )
    proposal = await edge.act(propose_target, order)
    edge.tag(proposal.version)
    return proposal


@routes.get(
    "/people/{person_id}/target-proposals", policy=readers_of(person_asked), refuses=[NoSuchPerson, StaleCursor]
)
async def get_proposals(
    person_id: Id, ask: PageAskDep, edge: EdgeDep, state: Annotated[ProposalState | None, Query()] = None
) -> Page[Proposal]:
    """The targets proposed to a learner, latest first, with their answers; perhaps those of one state alone."""
    where = {"person_id": person_id} | ({"state": state.value} if state else {})
    return await edge.page(ask, edge.reader[PROPOSALS], where, Keyset(("-proposed_at", "-_id")), PROPOSAL.unpack)


@routes.post(
    "/target-proposals/{proposal_id}/answer",
    policy=learner_at(proposal_asked),
    refuses=[NoSuchProposal, NoSuchGoal, ProposalAnswered, GoalOver, TooManyTargets],
)
async def post_proposal_answer(proposal_id: Id, body: ProposalAnswer, edge: EdgeDep) -> Proposal:
    """Accept a proposed target, and it is on your goal; or decline it."""
    order = AnswerProposal(proposal_id=proposal_id, accepted=body.accepted, comment=body.comment)
    proposal = await edge.act(answer_proposal, order)
    edge.tag(proposal.version)
    return proposal

"""Targets: what the district wants to be learned, and how one comes onto a learner's goal."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from contracts.fact import Fact
from contracts.profile import TargetAnswered, TargetProposed
from kit.refusals import Kind, Refusal, refuse_all
from services.profile.domain.goals import Goal, not_open

_TARGETS = UUID("5f0f5a0e-3c5b-5d0c-9a36-0f6c2f2a7b11")


class ProposalState(StrEnum):
    """Whether the learner has answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NoSuchTarget(Refusal):
    kind = Kind.MISSING
    text = "There is no target with this id in this district."


class TargetCodeTaken(Refusal):
    text = "The district has a target with the code {code} already."


class NoSuchProposal(Refusal):
    kind = Kind.MISSING
    text = "There is no proposed target with this id that you may see."


class TargetOnGoal(Refusal):
    text = "The goal has this target already."


class ProposedAlready(Refusal):
    text = "This target was proposed for this goal and waits for the learner's answer."


class ProposalAnswered(Refusal):
    text = "This proposal was {state}. A new one can be made."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A competency or learning objective of the district; `case_uri` names the CASE item where there is one."""

    target_id: str
    version: int
    district_id: str
    code: str
    text: str
    case_uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A target that an educator proposes for a goal; only the learner can accept it."""

    proposal_id: str
    version: int
    district_id: str
    person_id: str
    goal_id: str
    target_id: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    comment: str | None = None
    answered_at: datetime | None = None


def target_id_of(district_id: str, code: str) -> str:
    """The id of the target with this code: derived, so that one code cannot come twice however many ask at once."""
    return f"target_{uuid5(_TARGETS, f'{district_id}/{code}').hex}"


def propose(proposal: Proposal, goal: Goal, *, waiting: bool) -> tuple[Proposal, list[Fact]]:
    """An educator proposes a target for a goal; `waiting`: the same was proposed and is unanswered.

    Raises: Refusals of GoalOver, TargetOnGoal, ProposedAlready: all that apply.
    """
    refuse_all(
        not_open(goal),
        TargetOnGoal() if proposal.target_id in goal.target_ids else None,
        ProposedAlready() if waiting else None,
    )
    proposed = TargetProposed(
        district_id=proposal.district_id,
        proposal_id=proposal.proposal_id,
        person_id=proposal.person_id,
        goal_id=proposal.goal_id,
        target_id=proposal.target_id,
        proposed_by=proposal.proposed_by,
    )
    return proposal, [proposed]


def answer(proposal: Proposal, accepted: bool, comment: str | None, at: datetime) -> tuple[Proposal, list[Fact]]:
    """The learner accepts or declines.

    Raises: Refusals of ProposalAnswered.
    """
    refuse_all(ProposalAnswered(state=proposal.state.value) if proposal.state is not ProposalState.OPEN else None)
    state = ProposalState.ACCEPTED if accepted else ProposalState.DECLINED
    answered = TargetAnswered(
        district_id=proposal.district_id,
        proposal_id=proposal.proposal_id,
        person_id=proposal.person_id,
        goal_id=proposal.goal_id,
        target_id=proposal.target_id,
        proposed_by=proposal.proposed_by,
        accepted=accepted,
    )
    return replace(proposal, state=state, comment=comment, answered_at=at), [answered]

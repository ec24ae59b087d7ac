"""An educator proposes a target for a learner's goal, and the learner answers."""

from dataclasses import dataclass, replace

from contracts.fact import Fact
from kit.transaction import Transaction
from services.profile.domain import goals, targets
from services.profile.domain.goals import Goal
from services.profile.domain.targets import Proposal, ProposalState
from services.profile.store.growth import GOAL, GOALS, PROPOSAL, PROPOSALS, TARGETS
from services.profile.store.growth_finding import goal_of, proposal_of, target_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeTarget:
    """Which target for which goal, by whom and why."""

    proposal_id: str
    goal_id: str
    target_id: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProposal:
    """What the learner says to which proposal."""

    proposal_id: str
    accepted: bool
    comment: str | None


async def propose_target(tx: Transaction, order: ProposeTarget) -> Proposal:
    """The proposal waits for the learner.

    Raises: Refusals of NoSuchGoal, NoSuchTarget, GoalOver, TargetOnGoal, ProposedAlready.
    """
    goal = await goal_of(tx[GOALS], order.goal_id)
    await target_of(tx[TARGETS], order.target_id)
    same = {"goal_id": order.goal_id, "target_id": order.target_id, "state": ProposalState.OPEN.value}
    waiting = await tx[PROPOSALS].one(same, ["_id"]) is not None
    proposal = Proposal(
        proposal_id=order.proposal_id,
        version=0,
        district_id=tx.district_id,
        person_id=goal.person_id,
        goal_id=goal.goal_id,
        target_id=order.target_id,
        reason=order.reason,
        proposed_by=order.by,
        proposed_at=tx.now,
    )
    return _save(tx, *targets.propose(proposal, goal, waiting=waiting))


async def answer_proposal(tx: Transaction, order: AnswerProposal) -> Proposal:
    """The learner's answer; an accepted target is on the goal with it, in one transaction.

    Raises: Refusals of NoSuchProposal, ProposalAnswered, NoSuchGoal, GoalOver, TooManyTargets.
    """
    proposal = await proposal_of(tx[PROPOSALS], order.proposal_id)
    answered, facts = targets.answer(proposal, order.accepted, order.comment, tx.now)
    if order.accepted:
        goal = await goal_of(tx[GOALS], proposal.goal_id)
        _save_goal(tx, *goals.take_target(goal, proposal.target_id))
    return _save(tx, answered, facts)


def _save(tx: Transaction, proposal: Proposal, facts: list[Fact]) -> Proposal:
    return replace(proposal, version=tx[PROPOSALS].save(PROPOSAL.pack(proposal), facts))


def _save_goal(tx: Transaction, goal: Goal, facts: list[Fact]) -> None:
    if facts:
        tx[GOALS].save(GOAL.pack(goal), facts)

"""The district says whether an adult agrees to a learner's goals before they begin."""

from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.transaction import Transaction
from services.profile.domain.goals import GoalPolicy
from services.profile.store.growth import GOAL_POLICIES, GOAL_POLICY
from services.profile.store.growth_finding import goal_policy_of


@dataclass(frozen=True, slots=True)
class SetGoalPolicy:
    """What is wanted, and the version it replaces (None: any)."""

    needs_agreement: bool
    version: int | None = None


async def set_goal_policy(tx: Transaction, order: SetGoalPolicy) -> GoalPolicy:
    """Goals written from now on follow it; those that stand stay as they are. Raises: Refusals of StaleVersion."""
    known = await goal_policy_of(tx[GOAL_POLICIES], tx.district_id)
    check_version(known.version, order.version)
    wanted = replace(known, needs_agreement=order.needs_agreement)
    return replace(wanted, version=tx[GOAL_POLICIES].save(GOAL_POLICY.pack(wanted)))

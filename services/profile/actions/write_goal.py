"""A learner writes a goal."""

from dataclasses import dataclass, replace
from datetime import date

from kit.transaction import Transaction
from services.profile.domain import goals as rules
from services.profile.domain.goals import Goal, GoalState, Step
from services.profile.store.growth import GOAL, GOAL_POLICIES, GOALS, TARGETS
from services.profile.store.growth_finding import check_person, goal_policy_of, known_ids
from services.profile.store.people import PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteGoal:
    """Whose goal, in their words, with its steps; the ids of goal and steps."""

    goal_id: str
    person_id: str
    words: str
    why: str
    ends_on: date | None
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    steps: tuple[Step, ...]


async def write_goal(tx: Transaction, order: WriteGoal) -> Goal:
    """Keep the goal. Raises: Refusals of NoSuchPerson, TooManySteps, TooManyTargets, UnknownTargets."""
    await check_person(tx[PEOPLE], order.person_id)
    policy = await goal_policy_of(tx[GOAL_POLICIES], tx.district_id)
    goal = Goal(
        goal_id=order.goal_id,
        version=0,
        district_id=tx.district_id,
        person_id=order.person_id,
        words=order.words,
        why=order.why,
        ends_on=order.ends_on,
        tags=order.tags,
        target_ids=order.target_ids,
        steps=order.steps,
        state=GoalState.PROPOSED,
        written_at=tx.now,
    )
    targets = await known_ids(tx[TARGETS], order.target_ids)
    written, facts = rules.write(goal, targets, policy.needs_agreement)
    return replace(written, version=tx[GOALS].save(GOAL.pack(written), facts))

"""What the scheduler does with a learner's time comes back to the goal it was made for."""

from typing import Any

from contracts.profile import GoalStepAttended
from contracts.scheduler import PlacementAttended
from kit.transaction import Transaction
from services.profile.domain.pace import ABSENT
from services.profile.store.erasures import ERASURES
from services.profile.store.growth import GOALS
from services.profile.store.growth_finding import forgotten_among
from services.profile.views.goal_placements import PlacementFact, knows_newer, remember_placement


async def follow_plan(tx: Transaction, fact: PlacementFact, heard: Any) -> None:
    """Time is planned for a goal's step, or that time is free again."""
    if await _is_for_a_goal(tx, fact):
        remember_placement(tx, fact, heard.sequence)


async def attend_step(tx: Transaction, fact: PlacementAttended, heard: Any) -> None:
    """The roll comes back to the goal: minutes when present or late, a note without minutes when absent.

    A roll that is corrected replaces what was there; one that is older than what is known changes nothing.
    """
    if not await _is_for_a_goal(tx, fact) or await knows_newer(tx, fact.placement_id, heard.sequence):
        return
    remember_placement(tx, fact, heard.sequence)
    if fact.attendance != ABSENT:
        await _announce(tx, fact)


async def _is_for_a_goal(tx: Transaction, fact: PlacementFact) -> bool:
    """Whether it carries a goal. The scheduler frees the places of whoever was forgotten: nothing is kept of that."""
    if fact.goal_id is None:
        return False
    return not await forgotten_among(tx[ERASURES], [fact.student_id])


async def _announce(tx: Transaction, fact: PlacementAttended) -> None:
    """Say so with the goal's next version, if it is the student's own goal."""
    assert fact.goal_id is not None, "the caller looked"
    goal = await tx[GOALS].get(fact.goal_id)
    if goal is None or goal["person_id"] != fact.student_id:
        return
    attended = GoalStepAttended(
        district_id=fact.district_id,
        goal_id=fact.goal_id,
        person_id=fact.student_id,
        step_id=fact.step_id,
        placement_id=fact.placement_id,
        minutes=fact.minutes,
    )
    tx[GOALS].save(goal, [attended])

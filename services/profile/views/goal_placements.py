"""Which of the learner's placements were made for a goal, and what became of them? Fed by the scheduler."""

from contracts.scheduler import PlacementAttended, PlacementCancelled, PlacementMade
from kit.transaction import Transaction
from services.profile.domain.pace import back_on_goal
from services.profile.store.growth import GOAL_PLACEMENT, GOAL_PLACEMENTS

PlacementFact = PlacementMade | PlacementCancelled | PlacementAttended


def remember_placement(tx: Transaction, fact: PlacementFact, sequence: int) -> None:
    """Remember a placement as it stands now. Older facts than the one known change nothing."""
    values = GOAL_PLACEMENT.pack(back_on_goal(fact))
    tx[GOAL_PLACEMENTS].remember(values.pop("_id"), sequence, values)


async def knows_newer(tx: Transaction, placement_id: str, sequence: int) -> bool:
    """Whether a fact as new as this one is known of the placement."""
    known = await tx[GOAL_PLACEMENTS].one({"_id": placement_id}, ["sequence"])
    return known is not None and bool(known["sequence"] >= sequence)

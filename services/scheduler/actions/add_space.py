"""A school adds a space."""

from dataclasses import replace

from kit.transaction import Transaction
from services.scheduler.domain.spaces import Space, check_seats
from services.scheduler.store.spaces import SPACE, SPACES


async def add_space(tx: Transaction, space: Space) -> Space:
    """Add a space. Raises: Refusals of SeatsDoNotFit."""
    return replace(space, version=tx[SPACES].save(SPACE.pack(check_seats(space))))

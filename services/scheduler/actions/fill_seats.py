"""Seats that came free go to those who wait for them, and so on down the line."""

from collections import deque
from collections.abc import Iterable

from services.scheduler.domain.waiting import Promoted, Promotion, promote_next
from services.scheduler.domain.weeks import Place
from services.scheduler.store.ledger import Ledger

# One act moves at most so many students; whoever then still waits is first when the next act touches the occurrence.
MOST_MOVES = 100


async def fill_seats(ledger: Ledger, freed: Iterable[Place]) -> list[Promoted]:
    """Give the seats of these freed places to the first in line; what they leave is given on, within this work."""
    return await _promote(ledger, [(place.occurrence_id, place.placement_id) for place in freed if place.occurrence_id])


async def serve_lines(ledger: Ledger, occurrence_ids: Iterable[str]) -> list[Promoted]:
    """Give seats that are free for another reason (a raised cap) to those who wait, before anybody else gets one."""
    return await _promote(ledger, [(occurrence_id, "") for occurrence_id in occurrence_ids])


async def _promote(ledger: Ledger, free: Iterable[tuple[str, str]]) -> list[Promoted]:
    seats, moved = deque(free), list[Promoted]()
    while seats and len(moved) < MOST_MOVES:
        occurrence_id, placement_id = seats.popleft()
        if not ledger.board.occurrences[occurrence_id].waiting:
            continue
        await ledger.open_lines([occurrence_id])
        promotion = Promotion(ledger.tx.now, placement_id)
        while promoted := promote_next(ledger.board, occurrence_id, ledger.students, ledger.learners, promotion):
            moved.append(promoted)
            if promoted.left is not None and promoted.left.occurrence_id is not None:
                seats.append((promoted.left.occurrence_id, promoted.left.placement_id))
            if len(moved) >= MOST_MOVES:
                break
    return moved

"""The office ends a round's ranking: closed before its time, or called off altogether."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.rounds import NoSuchRound, Round, call_off, close_ranking
from services.scheduler.store.rounds import HOLDS, ROUNDS, pack_round, round_of


@dataclass(frozen=True, slots=True)
class EndRanking:
    """Which round."""

    round_id: str


async def close_round(tx: Transaction, order: EndRanking) -> Round:
    """Nobody ranks any more from now on.

    Raises: Refusals of NoSuchRound, RoundNotOpen.
    """
    found = await _found(tx, order.round_id)
    closed = close_ranking(found, tx.now)
    tx[HOLDS].update_all({"round_id": found.round_id}, {"$set": {"closes_at": closed.closes_at}})
    return replace(closed, version=tx[ROUNDS].save(pack_round(closed)))


async def call_off_round(tx: Transaction, order: EndRanking) -> Round:
    """The round will not be distributed; its seats are first come again.

    Raises: Refusals of NoSuchRound, RoundNotOpen.
    """
    called_off, facts = call_off(await _found(tx, order.round_id))
    tx[HOLDS].delete({"round_id": order.round_id})
    return replace(called_off, version=tx[ROUNDS].save(pack_round(called_off), facts))


async def _found(tx: Transaction, round_id: str) -> Round:
    found = await round_of(tx[ROUNDS], round_id)
    if found is None:
        raise refuse(NoSuchRound())
    return found

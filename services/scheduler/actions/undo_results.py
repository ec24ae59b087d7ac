"""A part of a publication is undone: its places are freed, what students had left for them is theirs again."""

from collections.abc import Sequence
from dataclasses import replace

from kit.transaction import Transaction
from services.scheduler.actions.move_credits import move_credits_back
from services.scheduler.actions.results_desk import ResultsDesk
from services.scheduler.domain.freeing import Freeing
from services.scheduler.domain.round_placing import UNDONE, give_again, take_back
from services.scheduler.domain.round_runs import GivenPlace, Result
from services.scheduler.domain.round_telling import withdrawn
from services.scheduler.domain.rounds import Settling, derived_id
from services.scheduler.domain.weeks import Place
from services.scheduler.store.rounds import RESULT, RESULTS


async def undo_results(tx: Transaction, settling: Settling, results: Sequence[Result]) -> Settling:
    """Take these results back. Seats that come free stay for the round, which holds its blocks again.

    Returns the counts with these added.
    """
    desk = ResultsDesk(tx, settling)
    await desk.load_for_taking_back(results)
    freeing = Freeing(tx.now, settling.asked_by, UNDONE)
    # All are freed first, so that nobody's earlier place is missed for a seat that is about to come free.
    freed = [_free(desk, result, freeing) for result in results]
    undone = [_give_again(desk, result) for result in results]
    desk.ledger.save()
    await move_credits_back(tx, undone)
    for result in undone:
        tx[RESULTS].save(RESULT.pack(replace(result, credit_from=None, credit_to=None)), [withdrawn(result)])
    places = [place for result in undone for place in result.places]
    return replace(
        settling,
        settled=settling.settled + len(results),
        freed=settling.freed + sum(freed),
        returned=settling.returned + sum(len(place.returned) for place in places),
        not_returned=settling.not_returned + sum(place.not_returned for place in places),
    )


def _free(desk: ResultsDesk, result: Result, freeing: Freeing) -> int:
    """How many of the places were still held, and are free now."""
    made = [place.placement_id for place in result.places if place.placement_id is not None]
    return sum(take_back(desk.ledger.board, placement_id, freeing) is not None for placement_id in made)


def _give_again(desk: ResultsDesk, result: Result) -> Result:
    places = tuple(_given_again(desk, result, place) for place in result.places)
    return replace(result, places=places, undone=desk.settling.attempt, missed_place=False)


def _given_again(desk: ResultsDesk, result: Result, given: GivenPlace) -> GivenPlace:
    again = [_again(desk, result, earlier) for earlier in desk.earlier(given)]
    returned = tuple(place.placement_id for place in again if place is not None)
    return replace(given, returned=returned, not_returned=len(given.left) - len(returned))


def _again(desk: ResultsDesk, result: Result, earlier: Place) -> Place | None:
    placement_id = derived_id("place", result.run_id, desk.settling.attempt, "again", earlier.placement_id)
    wish = desk.wish(result.student_id, placement_id, earlier)
    room = desk.room(earlier) if earlier.occurrence_id is None else None
    if wish is None or (earlier.occurrence_id is None and room is None):
        return None
    return give_again(desk.ledger.board, wish, earlier, room)

"""A part of a run is published: its places are made, its students are told, their credit moves."""

from collections.abc import Sequence
from dataclasses import replace

from kit.refusals import Refusals
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import fill_seats
from services.scheduler.actions.move_credits import move_credits
from services.scheduler.actions.results_desk import ResultsDesk
from services.scheduler.domain.round_placing import Placed, place_in_occurrence, place_in_room
from services.scheduler.domain.round_runs import GivenPlace, Result
from services.scheduler.domain.round_telling import published
from services.scheduler.domain.rounds import Settling, derived_id
from services.scheduler.domain.weeks import Place
from services.scheduler.store.rounds import RESULT, RESULTS

GONE = ("no-such-student",)
NO_ROOM = ("own-work-not-offered",)
NO_OCCURRENCE = ("no-such-occurrence",)


async def publish_results(tx: Transaction, settling: Settling, results: Sequence[Result]) -> Settling:
    """Make the places of these results, each by the rule that every booking keeps; what it refuses is written down.

    Seats that students leave go to whoever waits for them. Returns the counts with these added.
    """
    desk = ResultsDesk(tx, settling)
    await desk.load_for_placing(results)
    freed = list[Place]()
    placed = [_publish(desk, result, freed) for result in results]
    await fill_seats(desk.ledger, freed)
    desk.ledger.save()
    for result in await move_credits(tx, placed):
        tx[RESULTS].save(RESULT.pack(result), [published(result)])
    places = [place for result in placed for place in result.places]
    made = sum(place.placement_id is not None for place in places)
    return replace(
        settling,
        settled=settling.settled + len(results),
        placed=settling.placed + made,
        not_placed=settling.not_placed + len(places) - made,
    )


def _publish(desk: ResultsDesk, result: Result, freed: list[Place]) -> Result:
    places = tuple(_make(desk, result, given, freed) for given in result.places)
    missed = any(place.against for place in places)
    return replace(result, places=places, published=desk.settling.attempt, missed_place=missed)


def _make(desk: ResultsDesk, result: Result, given: GivenPlace, freed: list[Place]) -> GivenPlace:
    """The place with the id it was made under, or with the codes against it."""
    clean = replace(given, placement_id=None, against=(), left=(), returned=(), not_returned=0)
    try:
        placed = _place(desk, result, clean)
    except Refusals as refusals:
        return replace(clean, against=tuple(sorted(refusals.codes)))
    if not isinstance(placed, Placed):
        return replace(clean, against=placed)
    freed += placed.left
    left = tuple(place.placement_id for place in placed.left)
    return replace(clean, placement_id=placed.place.placement_id, left=left)


def _place(desk: ResultsDesk, result: Result, given: GivenPlace) -> Placed | tuple[str, ...]:
    where = given.occurrence_id or given.space_id
    placement_id = derived_id("place", result.run_id, desk.settling.attempt, result.student_id, given.block_id, where)
    wish = desk.wish(result.student_id, placement_id, given)
    if wish is None:
        return GONE
    if given.occurrence_id is None:
        room = desk.room(given)
        return place_in_room(desk.ledger.board, wish, room) if room is not None else NO_ROOM
    if desk.ledger.board.occurrences.get(given.occurrence_id) is None:
        return NO_OCCURRENCE
    return place_in_occurrence(desk.ledger.board, wish, given.occurrence_id)

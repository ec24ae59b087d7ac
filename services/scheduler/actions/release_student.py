"""A student leaves: coming places are freed and filled again, and every wait ends."""

from kit.refusals import Refusals
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import fill_seats
from services.scheduler.domain.booking import stop_waiting
from services.scheduler.domain.freeing import Freeing, free_place
from services.scheduler.domain.weeks import Place, Week
from services.scheduler.store.ledger import Ledger
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.weeks import WEEK, WEEKS

REASON = "student-left"


async def release_student(tx: Transaction, person_id: str) -> None:
    """Free the person's places that have not begun (those of locked blocks stay), and take them out of every line.

    Everything is written when this returns, so that the caller can go on to delete.
    """
    weeks = await WEEK.find(tx[WEEKS], {"student_id": person_id})
    lines = await tx[OCCURRENCES].find({"waiting.student_id": person_id}, fields=["_id"])
    ledger = Ledger(tx)
    coming = [place for week in weeks for place in _coming(tx, week)]
    await ledger.open_places(place.placement_id for place in coming)
    await ledger.load_occurrences(line["_id"] for line in lines)
    for line in lines:
        stop_waiting(ledger.board, line["_id"], person_id, REASON)
    freed = [place for place in coming if _freed(ledger, place, person_id)]
    await fill_seats(ledger, freed)
    ledger.save()
    await tx.flush()


def _coming(tx: Transaction, week: Week) -> list[Place]:
    return [place for place in week.places if place.held and place.starts_at > tx.now]


def _freed(ledger: Ledger, place: Place, person_id: str) -> bool:
    try:
        free_place(ledger.board, place.placement_id, Freeing(ledger.tx.now, person_id, REASON))
    except Refusals:  # locked: it stopped changing
        return False
    return True

"""A student books one place: a group of one, for whoever is inside a transaction already."""

from kit.group_commit import Asked
from kit.refusals import Refusals
from kit.transaction import Transaction
from services.scheduler.actions.book_places import BookPlace, Placement, book_places


async def book_place(tx: Transaction, order: BookPlace) -> Placement:
    """Book one place.

    Raises: Refusals of `book`, `switch`, NoSuchOccurrence, NoSuchStudent.
    """
    (outcome,) = await book_places(tx, [Asked(tx.district_id, tx.trace, order)])
    if isinstance(outcome, Refusals):
        raise outcome
    return outcome

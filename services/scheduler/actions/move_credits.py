"""Credit moves with what is published, and moves back with what is undone."""

from collections.abc import Sequence
from dataclasses import replace

from kit.transaction import Transaction
from services.scheduler.domain.distribution.credit import CEILING, START
from services.scheduler.domain.round_runs import Result, credit_moved
from services.scheduler.store.rounds import CREDITS, credit_row, credits_of


async def move_credits(tx: Transaction, results: Sequence[Result]) -> list[Result]:
    """Move the credit of those who took part as the run says; the results say from what to what."""
    rows = await credits_of(tx[CREDITS], _school(results), [one.student_id for one in results])
    moved = list[Result]()
    for one in results:
        if not one.takes_part:
            moved.append(one)
            continue
        was = rows.get(one.student_id)
        held = was["credit"] if was is not None else START
        becomes = credit_moved(held, one.credit, one.credit_after, CEILING)
        tx[CREDITS].save(credit_row(one.school_id, one.student_id, becomes, was))
        moved.append(replace(one, credit_from=held, credit_to=becomes))
    return moved


async def move_credits_back(tx: Transaction, results: Sequence[Result]) -> None:
    """Put back what these results had moved."""
    rows = await credits_of(tx[CREDITS], _school(results), [one.student_id for one in results])
    for one in results:
        was = rows.get(one.student_id)
        if was is not None and one.credit_from is not None and one.credit_to is not None:
            becomes = credit_moved(was["credit"], one.credit_to, one.credit_from, CEILING)
            tx[CREDITS].save(credit_row(one.school_id, one.student_id, becomes, was))


def _school(results: Sequence[Result]) -> str:
    return results[0].school_id

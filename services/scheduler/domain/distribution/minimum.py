"""Minimum to run: an occurrence has enough students or is cancelled, and its students are placed again."""

from collections.abc import Callable

import numpy as np

from services.scheduler.domain.distribution.exact import improve
from services.scheduler.domain.distribution.problem import Ints, Problem
from services.scheduler.domain.distribution.seating import Seating, leave

MOST_STUDENTS = 40
"""Students in one exact neighbourhood: those of the occurrence and the likeliest to join."""


def settle_minimums(
    problem: Problem, seating: Seating, keep_going: Callable[[], bool], reinsert: Callable[[Ints, Ints], None]
) -> None:
    """Fill or cancel every occurrence under its minimum, and place again whoever a cancellation sends away.

    An exact neighbourhood decides each while `keep_going` says so; after that what is short is cancelled.
    """
    needs = np.flatnonzero(problem.minimum > 1)
    for o in needs:
        if 0 < seating.load[o] < problem.minimum[o] and keep_going():
            improve(problem, seating, _around(problem, seating, int(o)))
    while True:
        short = needs[(seating.load[needs] < problem.minimum[needs]) & (seating.runs[needs] > 0)]
        sent_away = [s for o in short for s in _cancel(problem, seating, int(o))]
        if not len(short):
            return
        reinsert(np.array(sorted(sent_away), np.int32), problem.minimum)


def _around(problem: Problem, seating: Seating, o: int) -> list[int]:
    """The students in `o`, then those for whom it is worth most compared with what they have."""
    a = problem.arrays
    cands = np.flatnonzero(a.cand_occ == o)
    students = (np.searchsorted(a.cand_start, cands, side="right") - 1) // problem.slots
    inside = (seating.chosen[students] == cands[:, None]).any(axis=1)
    slot = int(a.occ_covers[o].argmax())
    has = seating.chosen[students, slot]
    loss = np.where(has >= 0, a.cand_weight[has], 0) - a.cand_weight[cands]
    ranked = np.lexsort((students, loss, ~inside))
    return [int(s) for s in students[ranked][:MOST_STUDENTS]]


def _cancel(problem: Problem, seating: Seating, o: int) -> list[int]:
    """Close `o` and send its students away. Occurrences with an honoured request have no minimum, so none is inside."""
    a = problem.arrays
    seating.runs[o] = seating.is_open[o] = 0
    where = np.argwhere((seating.chosen >= 0) & (a.cand_occ[seating.chosen] == o))
    for s, t in where:
        leave(a, seating, int(s), int(t))
    return [int(s) for s, _ in where]

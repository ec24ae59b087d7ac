"""Regret: how far each student's week is behind the one they would take at the same seat prices."""

import numpy as np
from numba import njit

from services.scheduler.domain.distribution.problem import FORCED, Arrays, Ints, Longs
from services.scheduler.domain.distribution.seating import week_value


@njit(nogil=True, cache=True)
def _at_prices(a: Arrays, s: int, row: Ints, per_occ: Ints) -> int:
    """Units that the week `row` is worth to `s` once its seats are paid for; honoured requests pay nothing."""
    value = week_value(a, s, row)
    for c in row:
        if c >= 0 and not a.cand_bits[c] & FORCED:
            value -= per_occ[a.cand_occ[c]]
    return int(value)


@njit(nogil=True, cache=True)
def _regrets(a: Arrays, chosen: Ints, wishes: Ints, per_occ: Ints) -> Longs:
    regret = np.empty(len(chosen), np.int64)
    for s in range(len(chosen)):
        regret[s] = _at_prices(a, s, wishes[s], per_occ) - _at_prices(a, s, chosen[s], per_occ)
    return regret


def regretful(a: Arrays, chosen: Ints, wishes: Ints, per_occ: Ints) -> Ints:
    """Students whose week is behind their wish at the prices `per_occ` (m,), the furthest behind first.

    Where prices are right, the sum of all regrets and of unsold seats at their prices is just the gap to the bound:
    whoever regrets nothing is not the reason for it.
    """
    regret = _regrets(a, chosen, wishes, per_occ)
    order = np.argsort(-regret, kind="stable")
    behind: Ints = order[regret[order] > 0].astype(np.int32)
    return behind

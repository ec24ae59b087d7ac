"""Re-insertion: each student in turn takes the best week among the seats that are left and their own."""

import numpy as np
from numba import njit

from services.scheduler.domain.distribution.bundles import OVERFLOW, Labels, best_week
from services.scheduler.domain.distribution.problem import NEED_BITS, Arrays, Ints
from services.scheduler.domain.distribution.seating import Seating, company, leave, sit, site_at, week_value


@njit(nogil=True, cache=True)
def _hopeless(a: Arrays, seating: Seating, s: int) -> bool:
    """Whether no open seat could better the week of `s`: each is worth less than what its slot holds now."""
    slots = seating.chosen.shape[1]
    row = seating.chosen[s]
    met = 0
    for t in range(slots):
        if row[t] >= 0:
            met |= a.cand_bits[row[t]] & NEED_BITS
    wants_need = met != (1 << a.needs[s]) - 1
    for t in range(slots):
        has = a.cand_weight[row[t]] if row[t] >= 0 else -1
        moved = a.move_cost and t and a.adjacent[t] and site_at(a, row, t) != site_at(a, row, t - 1)
        for c in range(a.cand_start[s * slots + t], a.cand_start[s * slots + t + 1]):
            might = moved or wants_need or a.cand_weight[c] > has or a.occ_span[a.cand_occ[c]]
            if might and c != row[t] and seating.is_open[a.cand_occ[c]]:
                return False
    return True


@njit(nogil=True, cache=True)
def _bound_to_stay(a: Arrays, seating: Seating, s: int, minimum: Ints) -> bool:
    """Whether an occurrence would fall under its minimum if `s` left."""
    for t in range(seating.chosen.shape[1]):
        cand = seating.chosen[s, t]
        if cand >= 0:
            o = a.cand_occ[cand]
            if minimum[o] > 1 and seating.load[o] <= minimum[o]:
                return True
    return False


@njit(nogil=True, cache=True)
def reinsert(a: Arrays, seating: Seating, order: Ints, minimum: Ints, w: Labels, buffer: Ints) -> int:
    """Better the week of each student of `order` with seats that are open. Nobody else's week changes.

    minimum: (m,) occurrences that must not fall under it, empty for none. Returns the students changed, or OVERFLOW.
    """
    slots = seating.chosen.shape[1]
    out = np.empty(slots, np.int32)
    old = np.empty(slots, np.int32)
    free_of_charge = np.zeros(len(seating.load), np.int32)
    changed = 0
    for s in order:
        lonely = a.rel_start[s] == a.rel_start[s + 1]
        if lonely and _hopeless(a, seating, s):
            continue
        if len(minimum) and _bound_to_stay(a, seating, s, minimum):
            continue
        old[:] = seating.chosen[s]
        extra = company(a, seating.chosen, s, buffer)
        worth = week_value(a, s, old)
        for t in range(slots):
            if len(extra) and old[t] >= 0:
                worth += extra[old[t] - a.cand_start[s * slots]]
            leave(a, seating, s, t)
        value = best_week(a, s, free_of_charge, seating.is_open, extra, w, out)
        better = value > worth
        for t in range(slots):
            cand = out[t] if better else old[t]
            if cand >= 0 and seating.chosen[s, t] < 0:
                sit(a, seating, s, t, cand)
        if value == OVERFLOW:
            return OVERFLOW
        changed += better
    return changed

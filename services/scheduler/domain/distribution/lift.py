"""Lifting the lowest: a small, stated part of all satisfaction may be spent on those who have least."""

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.scheduler.domain.distribution.bundles import Labels, best_week, labels
from services.scheduler.domain.distribution.problem import FORCED, Arrays, Ints, Longs, Numbers, Problem
from services.scheduler.domain.distribution.seating import Seating, around, fits_between, leave, sit, week_value

MOST_SWAPS = 200
"""Exchanges tried in one run: each costs a look at everyone in the offers wanted."""


@njit(nogil=True, cache=True)
def _best_points(a: Arrays, room: Labels, out: Ints) -> Longs:
    n = len(a.most)
    result = np.empty(n, np.int64)
    price = np.zeros(len(a.occ_site), np.int32)
    is_open = np.ones(len(a.occ_site), np.uint8)
    extra = np.empty(0, np.int32)
    for s in range(n):
        result[s] = best_week(a, s, price, is_open, extra, room, out)
    return result


def best_points(problem: Problem) -> Longs:
    """(n,) units of satisfaction in each student's best possible week, were every seat theirs for the asking."""
    a = problem.arrays._replace(cand_weight=problem.cand_points, unplaced_cost=0, need_cost=0, move_cost=0)
    width = 64
    while True:
        result = _best_points(a, labels(problem.slots, width), np.empty(problem.slots, np.int32))
        if result.min(initial=0) >= 0:
            return result
        width *= 4


def shares(problem: Problem, chosen: Ints, best: Numbers) -> NDArray[np.float64]:
    """(n,) satisfaction as a share of the student's best possible week; 1 for those who asked for nothing."""
    points = np.where(chosen >= 0, problem.cand_points[chosen], 0).sum(axis=1)
    return np.where(best > 0, points / np.maximum(best, 1), 1.0)


@njit(nogil=True, cache=True)
def _may_take(a: Arrays, row: Ints, slot: int, occ: int) -> bool:
    """Whether `occ` fits the week `row` in the empty `slot`."""
    if row[slot] >= 0 or a.occ_span[occ]:
        return False
    before, left, after, due = around(a, row, slot)
    return fits_between(a.travel, a.gap, before, left, after, due, slot, a.occ_site[occ])


@njit(nogil=True, cache=True)
def _points(row: Ints, points: Ints) -> int:
    total = 0
    for t in range(len(row)):
        if row[t] >= 0:
            total += points[row[t]]
    return total


@njit(nogil=True, cache=True)
def _find_swap(
    a: Arrays, seating: Seating, s: int, points: Ints, best: Longs, floor: float, still: Ints, found: Longs
) -> int:
    """The dearest way to better the lot of `s` with at most one other student, who stays above `floor`.

    still: (n,) 1 for students who must not be touched. Writes to `found`: slot given up by s (-1 none), candidate
    taken, the other student (-1 none), slot the other gives up, candidate the other takes (-1 none). Returns the
    change of worth in units; a change below -2^60 means that there is no way. One kernel: it is four nested choices.
    """
    slots = seating.chosen.shape[1]
    mine = seating.chosen[s].copy()
    had_value, had_points = week_value(a, s, mine), _points(mine, points)
    top = -(1 << 61)
    count = 0
    for t in range(slots):
        count += mine[t] >= 0
    for give in range(-1, slots):
        if give >= 0 and (mine[give] < 0 or a.cand_bits[mine[give]] & FORCED or a.occ_span[a.cand_occ[mine[give]]]):
            continue
        if give < 0 and count >= a.most[s]:
            continue
        row = mine.copy()
        if give >= 0:
            row[give] = -1
        for slot in range(slots):
            if row[slot] >= 0 or (give >= 0 and slot != give and count < a.most[s]):
                continue
            for c in range(a.cand_start[s * slots + slot], a.cand_start[s * slots + slot + 1]):
                o = a.cand_occ[c]
                gained = points[c] - (points[mine[give]] if give >= 0 else 0)
                if gained <= 0 or not seating.runs[o] or (give == slot and c == mine[give]):
                    continue
                if not _may_take(a, row, slot, o):
                    continue
                row[slot] = c
                gain = week_value(a, s, row) - had_value
                row[slot] = -1
                if seating.is_open[o]:
                    if gain > top:
                        top = gain
                        found[0], found[1], found[2], found[3], found[4] = give, c, -1, -1, -1
                    continue
                if a.occ_res_start[o + 1] - a.occ_res_start[o] != 1:
                    continue
                r = a.occ_res[a.occ_res_start[o]]
                freed = a.cand_occ[mine[give]] if give >= 0 else -1
                after_s = (had_points + gained) / best[s]
                for i in range(seating.member_start[r], seating.member_start[r] + seating.filled[r]):
                    u = seating.members[i]
                    if still[u]:
                        continue
                    theirs = seating.chosen[u]
                    at = -1
                    for t in range(slots):
                        if theirs[t] >= 0 and a.cand_occ[theirs[t]] == o:
                            at = t
                    if at < 0 or a.cand_bits[theirs[at]] & FORCED or u == s:
                        continue
                    lost = theirs[at]
                    was, was_points = week_value(a, u, theirs), _points(theirs, points)
                    other = theirs.copy()
                    other[at] = -1
                    for t in range(slots):
                        if other[t] >= 0:
                            continue
                        for d in range(a.cand_start[u * slots + t], a.cand_start[u * slots + t + 1]):
                            to = a.cand_occ[d]
                            if d == lost or not (seating.is_open[to] or to == freed) or not seating.runs[to]:
                                continue
                            share = (was_points - points[lost] + points[d]) / best[u] if best[u] > 0 else 1.0
                            if share <= floor or not _may_take(a, other, t, to):
                                continue
                            if t != at and a.most[u] > slots:
                                continue
                            other[t] = d
                            change = gain + week_value(a, u, other) - was
                            other[t] = -1
                            if change > top and after_s > floor:
                                top = change
                                found[0], found[1], found[2], found[3], found[4] = give, c, u, at, d
    return top


def lift_lowest(problem: Problem, seating: Seating) -> None:
    """Again and again better the student with the least share, as long as the budget and a way remain.

    The budget is `problem.lift_share` of the plain points given, and five first choices more. It ends at the first
    student whom no exchange with one other student can help: the least share cannot rise further in this way.
    """
    a = problem.arrays
    points = int(np.where(seating.chosen >= 0, problem.cand_points[seating.chosen], 0).sum())
    if not problem.lift_share:
        return
    # In a small round a share of all points would not buy a single exchange.
    budget = int(problem.lift_share * points) + 5 * int(problem.cand_points.max(initial=0))
    best = best_points(problem)
    share = shares(problem, seating.chosen, best)
    still = (np.diff(a.rel_start) > 0).astype(np.int32)
    low = [(float(x), s) for s, x in enumerate(share) if x < 1.0]
    heapq.heapify(low)
    found = np.empty(5, np.int64)
    for _ in range(MOST_SWAPS):
        if not low or budget <= 0:
            return
        least, s = heapq.heappop(low)
        if least != share[s]:
            continue
        change = _find_swap(a, seating, s, problem.cand_points, best, least, still, found)
        if change < -budget or still[s]:
            return
        budget += min(int(change), 0)
        for u in _swap(problem, seating, s, found):
            share[u] = shares(problem, seating.chosen[u : u + 1], best[u : u + 1])[0]
            heapq.heappush(low, (float(share[u]), u))


def _swap(problem: Problem, seating: Seating, s: int, found: Longs) -> list[int]:
    """Carry out what `_find_swap` found; returns the students concerned."""
    a, slots = problem.arrays, problem.slots
    give, taken, other, at, instead = (int(x) for x in found)
    if other >= 0:
        leave(a, seating, other, at)
    if give >= 0:
        leave(a, seating, s, give)
    slot_of = np.searchsorted(a.cand_start, [taken, max(instead, 0)], side="right") - 1
    sit(a, seating, s, int(slot_of[0] % slots), taken)
    if other < 0:
        return [s]
    sit(a, seating, other, int(slot_of[1] % slots), instead)
    return [s, other]

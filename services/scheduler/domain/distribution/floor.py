"""A floor under everyone: where students pick several offers from one menu, spend a little so that none has far less.

The least share is raised by giving the worst-off more weight: with seat prices known, each student's cheapest way to
any share is a matter of a few lines, so the highest floor that the budget buys is found before anybody is placed.
"""

import numpy as np
from numba import njit

from services.scheduler.domain.distribution.problem import FORCED, Arrays, Ints, Longs, Problem
from services.scheduler.domain.distribution.seating import Seating, leave, sit

STEPS = np.concatenate([[0.0], 0.05 * 1.45 ** np.arange(15)])
"""Extra weights tried: from none to about nine times."""


def is_menu(problem: Problem) -> bool:
    """Whether every slot offers a student one candidate, so that a week is just a choice of at most `most` of them."""
    return bool((np.diff(problem.arrays.cand_start) <= 1).all()) and not (problem.arrays.cand_bits & FORCED).any()


@njit(nogil=True, cache=True)
def _pick(a: Arrays, limit: Ints, s: int, price: Longs, weight: Longs, taken: Ints) -> int:
    """Write the candidates of the best pick to `taken`; returns how many.

    limit: (c,) the seat limit of each candidate. weight: (c,) units.
    """
    slots = a.wanted.shape[1]
    first, end = a.cand_start[s * slots], a.cand_start[(s + 1) * slots]
    most = min(a.most[s], end - first, len(taken))
    count = 0
    worst = 1 << 60
    for c in range(first, end):
        score = weight[c] - price[limit[c]]
        if score <= 0 or (count == most and score <= worst):
            continue
        at = count if count < most else most - 1
        while at > 0:
            before = taken[at - 1]
            if weight[before] - price[limit[before]] >= score:
                break
            taken[at] = before
            at -= 1
        taken[at] = c
        if count < most:
            count += 1
        last = taken[count - 1]
        worst = weight[last] - price[limit[last]]
    return count


@njit(nogil=True, cache=True)
def menu_best(a: Arrays, limit: Ints, points: Longs, limits: int) -> Longs:
    """(n,) units of each student's best pick, were all seats free."""
    n, slots = a.wanted.shape
    taken = np.empty(slots, np.int32)
    best = np.zeros(n, np.int64)
    for s in range(n):
        for i in range(_pick(a, limit, s, np.zeros(limits, np.int64), points, taken)):
            best[s] += points[taken[i]]
    return best


@njit(nogil=True, cache=True)
def menu_prices(
    a: Arrays, limit: Ints, seats: Ints, weight: Longs, price: Longs, sweeps: int, move: float
) -> tuple[Longs, int]:
    """Improve `price` by asking all students `sweeps` times; returns the prices and the least bound seen."""
    n, slots = a.wanted.shape
    taken = np.empty(slots, np.int32)
    now = price.astype(np.float64)
    best, best_bound = price.copy(), 1 << 62
    whole = price.copy()
    for sweep in range(sweeps):
        asked = np.zeros(len(seats), np.int64)
        bound = 0
        for r in range(len(seats)):
            bound += seats[r] * whole[r]
        for s in range(n):
            for i in range(_pick(a, limit, s, whole, weight, taken)):
                r = limit[taken[i]]
                asked[r] += 1
                bound += weight[taken[i]] - whole[r]
        if bound < best_bound:
            best_bound = bound
            best = whole.copy()
        size = move * 0.02 ** (sweep / sweeps)
        for r in range(len(seats)):
            over = (asked[r] - seats[r]) / max(1, seats[r])
            now[r] = max(0.0, now[r] + size * min(3.0, max(-1.0, 3.0 * over)))
            whole[r] = int(now[r])
    return best, best_bound


@njit(nogil=True, cache=True)
def _ladders(
    a: Arrays, limit: Ints, weight: Longs, points: Ints, price: Longs, steps: Longs, share: Longs, loss: Longs
) -> None:
    """For every student and extra weight (in thousandths): points got, and units lost at these prices."""
    n, slots = a.wanted.shape
    taken = np.empty(slots, np.int32)
    tuned = np.zeros(len(weight), np.int64)
    for s in range(n):
        first, end = a.cand_start[s * slots], a.cand_start[(s + 1) * slots]
        best = 0
        for k in range(len(steps)):
            for c in range(first, end):
                tuned[c] = weight[c] + steps[k] * points[c] // 1000
            worth, got = 0, 0
            for i in range(_pick(a, limit, s, price, tuned, taken)):
                worth += weight[taken[i]] - price[limit[taken[i]]]
                got += points[taken[i]]
            if k == 0:
                best = worth
            share[s, k], loss[s, k] = got, best - worth


def floor_weights(problem: Problem, limit: Ints, price: Longs, best: Longs) -> tuple[Longs, float]:
    """(c,) weights that lift everyone to the highest floor the budget buys at `price`, and that floor, a share.

    The budget is `problem.lift_share` of what the students would pick; nine tenths of it are planned for, since whole
    seats cost a little more than prices say.
    """
    a = problem.arrays
    weight = a.cand_weight.astype(np.int64)
    steps = np.rint(1000 * STEPS).astype(np.int64)
    got = np.empty((problem.students, len(steps)), np.int64)
    loss = np.empty_like(got)
    _ladders(a, limit, weight, problem.cand_points, price, steps, got, loss)
    share = np.maximum.accumulate(got / np.maximum(best, 1)[:, None], axis=1)
    budget = 0.9 * problem.lift_share * got[:, 0].sum()
    low, high = 0.0, float(share[:, -1].min(initial=1.0))
    for _ in range(24):
        middle = (low + high) / 2
        level = np.minimum((share < middle).sum(axis=1), len(steps) - 1)
        low, high = (middle, high) if loss[np.arange(len(level)), level].sum() <= budget else (low, middle)
    level = np.minimum((share < low).sum(axis=1), len(steps) - 1)
    extra = np.repeat(steps[level], np.diff(a.cand_start[:: problem.slots]))
    return weight + extra * problem.cand_points // 1000, low


@njit(nogil=True, cache=True)
def worthwhile(a: Arrays, limit: Ints, weight: Longs, price: Longs, window: int) -> Ints:
    """Candidates that a flow needs: within `window` units of what the student's last pick is worth at `price`."""
    n, slots = a.wanted.shape
    taken = np.empty(slots, np.int32)
    kept = np.empty(len(weight), np.int32)
    count = 0
    for s in range(n):
        picked = _pick(a, limit, s, price, weight, taken)
        least = 0
        if picked == a.most[s]:
            last = taken[picked - 1]
            least = weight[last] - price[limit[last]]
        for c in range(a.cand_start[s * slots], a.cand_start[(s + 1) * slots]):
            if weight[c] - price[limit[c]] >= least - window:
                kept[count] = c
                count += 1
    return kept[:count]


@njit(nogil=True, cache=True)
def _open_alternative(a: Arrays, seating: Seating, u: int) -> int:
    """The best candidate of `u` in an offer with a seat left, not yet held; -1 for none."""
    slots = seating.chosen.shape[1]
    best = -1
    for t in range(slots):
        if seating.chosen[u, t] < 0:
            for c in range(a.cand_start[u * slots + t], a.cand_start[u * slots + t + 1]):
                if seating.is_open[a.cand_occ[c]] and (best < 0 or a.cand_weight[c] > a.cand_weight[best]):
                    best = c
    return best


@njit(nogil=True, cache=True)
def _exchange(
    a: Arrays, seating: Seating, s: int, points: Ints, got: Longs, best: Longs, floor: float, found: Longs
) -> int:
    """The dearest exchange that betters `s` and leaves the other student at `floor` or above; units, or -2^60.

    `found`: slot given up (-1 none), slot taken, other student (-1 none), slot they take in return (-1 none). Exchanges
    that bring `s` up to the floor come before all others. Four nested choices, kept in one kernel for speed.
    """
    slots = seating.chosen.shape[1]
    start, chosen = a.cand_start, seating.chosen
    count = 0
    for t in range(slots):
        count += chosen[s, t] >= 0
    top, top_reaches = -(1 << 60), False
    known = np.full(len(chosen), -2, np.int32)
    for j in range(slots):
        row = s * slots + j
        if chosen[s, j] >= 0 or start[row] == start[row + 1]:
            continue
        c = start[row]
        o = a.cand_occ[c]
        r = a.occ_res[a.occ_res_start[o]]
        alone = seating.free[r] > 0
        for m in range(1 if alone else seating.filled[r]):
            u = -1 if alone else seating.members[seating.member_start[r] + m]
            instead = -1
            if u >= 0:
                if known[u] == -2:
                    known[u] = _open_alternative(a, seating, u)
                instead = known[u]
            for i in range(-1, slots):
                if (i < 0 and count >= a.most[s]) or (i >= 0 and chosen[s, i] < 0):
                    continue
                mine = chosen[s, i] if i >= 0 else -1
                better = points[c] - (points[mine] if mine >= 0 else 0)
                if better <= 0:
                    continue
                change = a.cand_weight[c] - (a.cand_weight[mine] if mine >= 0 else 0)
                take = -1
                if u >= 0:
                    lost = chosen[u, j]
                    d = instead
                    if i >= 0 and chosen[u, i] < 0 and start[u * slots + i] < start[u * slots + i + 1]:
                        swap = start[u * slots + i]
                        if d < 0 or a.cand_weight[swap] > a.cand_weight[d]:
                            d = swap
                    if d < 0 or got[u] - points[lost] + points[d] < floor * best[u]:
                        continue
                    change += a.cand_weight[d] - a.cand_weight[lost]
                    take = d
                reaches = got[s] + better >= floor * best[s]
                if (reaches and not top_reaches) or (reaches == top_reaches and change > top):
                    top, top_reaches = change, reaches
                    found[0], found[1], found[2], found[3] = i, j, u, take
    return top


@njit(nogil=True, cache=True)
def raise_to(
    a: Arrays, seating: Seating, points: Ints, got: Longs, best: Longs, floor: float, budget: int, turns: int
) -> int:
    """Bring students under `floor` up to it by exchanges, the lowest first, for at most `budget` units.

    got: (n,) units each has, kept up to date. Returns the units spent.
    """
    n, slots = seating.chosen.shape
    found = np.empty(4, np.int64)
    stuck = np.zeros(n, np.uint8)
    spent = 0
    for _ in range(turns):
        low, lowest = -1, floor
        for s in range(n):
            if not stuck[s] and got[s] < lowest * best[s]:
                low, lowest = s, got[s] / best[s]
        if low < 0:
            break
        change = _exchange(a, seating, low, points, got, best, floor, found)
        if change < spent - budget:
            stuck[low] = 1
            continue
        spent -= min(change, 0)
        give, take, other, instead = found[0], found[1], found[2], found[3]
        if other >= 0:
            got[other] += points[instead] - points[seating.chosen[other, take]]
            leave(a, seating, other, take)
        if give >= 0:
            got[low] -= points[seating.chosen[low, give]]
            leave(a, seating, low, give)
        c = a.cand_start[low * slots + take]
        got[low] += points[c]
        sit(a, seating, low, take, c)
        if other >= 0:
            for t in range(slots):
                if a.cand_start[other * slots + t] <= instead < a.cand_start[other * slots + t + 1]:
                    sit(a, seating, other, t, instead)
    return spent

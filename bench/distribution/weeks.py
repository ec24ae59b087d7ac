"""Ten weeks with and without credit: how unequal the sum becomes, and what that costs in any week."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.distribution.district import District, build
from bench.distribution.named import broken_rules
from services.scheduler.domain.distribution.credit import START, next_credit
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import gini
from services.scheduler.domain.distribution.problem import Problem
from services.scheduler.domain.distribution.solve import Effort, distribute


@dataclass(frozen=True, slots=True)
class Week:
    """One simulated week: Gini of all weeks so far, and the share of points that credit cost in this one."""

    gini_without: float
    gini_with: float
    loss: float
    wrong: list[str]  # hard rules broken by either answer


def simulate(district: District, tilt: float, weeks: int = 10, effort: Effort | None = None) -> list[Week]:
    """Tastes last: the same students rank much the same things every week, so the unlucky would stay unlucky."""
    base = build(district)
    best = best_points(base)
    credit = np.full(base.students, START)
    total, plain_total = np.zeros(base.students), np.zeros(base.students)
    found = []
    for week in range(weeks):
        this = _retaste(base, district.seed * 1000 + week)
        best = best_points(this)
        plain = distribute(_with_credit(this, np.zeros(base.students), tilt), 2, effort)
        fair = distribute(_with_credit(this, credit, tilt), 2, effort)
        plain_total += shares(this, plain.chosen, best)
        share = shares(this, fair.chosen, best)
        total += share
        credit = next_credit(credit, share)
        points = [int(this.cand_points[x.chosen[x.chosen >= 0]].sum()) for x in (plain, fair)]
        wrong = [*broken_rules(this, plain.chosen), *broken_rules(this, fair.chosen)]
        found.append(Week(gini(plain_total), gini(total), 1 - points[1] / points[0], wrong))
    return found


def _retaste(problem: Problem, seed: int) -> Problem:
    """A week's own mood: neighbouring ranks change places here and there."""
    rng = np.random.default_rng(seed)
    points = problem.cand_points.copy()
    start = problem.arrays.cand_start
    rows = rng.integers(0, len(start) - 1, len(start) // 4)
    rows = rows[start[rows + 1] - start[rows] > 3]
    at = start[rows] + rng.integers(0, 2, len(rows))
    points[at], points[at + 1] = points[at + 1], points[at].copy()
    return replace(problem, cand_points=points)


def _with_credit(problem: Problem, credit: NDArray[np.float64], tilt: float) -> Problem:
    """Weights tilted by credit, and the costs of an empty slot and an unmet need above any week of them."""
    a = problem.arrays
    each = np.repeat(credit, np.diff(a.cand_start[:: problem.slots]))
    weight = np.rint(problem.cand_points * (1 + tilt * each)).astype(np.int32)
    counts = np.diff(a.cand_start)
    best = np.zeros(len(counts), np.int64)
    best[counts > 0] = np.maximum.reduceat(weight, a.cand_start[:-1][counts > 0])
    week = int(best.reshape(problem.students, -1).sum(axis=1).max())
    tiered = a._replace(cand_weight=weight, unplaced_cost=2 * week + 2, need_cost=week + 1)
    return replace(problem, arrays=tiered, credit=credit)

"""Ten weeks with and without credit: how unequal the sum becomes, and what that costs in any week."""

from dataclasses import dataclass, replace

import numpy as np

from bench.distribution.district import District, build
from bench.distribution.named import broken_rules
from services.scheduler.distribution_files.ranked_round import Policy
from services.scheduler.domain.distribution.credit import START, next_credit
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import gini, points_given
from services.scheduler.domain.distribution.problem import Problem
from services.scheduler.domain.distribution.solve import Effort


@dataclass(frozen=True, slots=True)
class Week:
    """One simulated week: Gini of all weeks so far, and the share of points that credit cost in this one."""

    gini_without: float
    gini_with: float
    loss: float
    tilt: float  # how far credit counted
    wrong: list[str]  # hard rules broken by either answer


def simulate(district: District, policy: Policy, weeks: int = 10, effort: Effort | None = None) -> list[Week]:
    """Tastes last: the same students rank much the same things every week, so the unlucky would stay unlucky."""
    base = strict(build(district), policy)
    credit = np.full(base.students, START)
    total, plain_total = np.zeros(base.students), np.zeros(base.students)
    weeks_seen = []
    for week in range(weeks):
        this = replace(_retaste(base, district.seed * 1000 + week), credit=credit)
        best = best_points(this)
        found = distribute_evenly(this, 2, effort)
        plain_total += shares(this, found.without.chosen, best)
        share = shares(this, found.answer.chosen, best)
        total += share
        credit = next_credit(credit, share)
        wrong = [rule for one in (found.without, found.answer) for rule in broken_rules(this, one.chosen)]
        loss = 1 - points_given(this, found.answer.chosen) / points_given(this, found.without.chosen)
        weeks_seen.append(Week(gini(plain_total), gini(total), loss, found.tilt, wrong))
    return weeks_seen


def _retaste(problem: Problem, seed: int) -> Problem:
    """A week's own mood: neighbouring ranks change places here and there."""
    rng = np.random.default_rng(seed)
    points = problem.cand_points.copy()
    start = problem.arrays.cand_start
    rows = rng.integers(0, len(start) - 1, len(start) // 4)
    rows = rows[start[rows + 1] - start[rows] > 3]
    at = start[rows] + rng.integers(0, 2, len(rows))
    points[at], points[at + 1] = points[at + 1], points[at].copy()
    weight = problem.arrays.cand_weight + points - problem.cand_points
    return replace(problem, cand_points=points, arrays=problem.arrays._replace(cand_weight=weight))


def strict(problem: Problem, policy: Policy) -> Problem:
    """The problem under a policy, with an empty slot and an unmet need above any week at the steepest tilt."""
    most = 2 * problem.arrays.need_cost
    tiered = problem.arrays._replace(unplaced_cost=2 * most + 2, need_cost=most + 1)
    return replace(problem, arrays=tiered, credit_share=policy.credit_budget / 100, most_tilt=policy.credit_tilt)

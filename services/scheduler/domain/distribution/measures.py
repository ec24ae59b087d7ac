"""Figures of an answer: how much, how evenly, and who would rather have another's week."""

import numpy as np
from numpy.typing import NDArray

from services.scheduler.domain.distribution.problem import NEED_BITS, Ints, Problem


def gini(values: NDArray[np.float64]) -> float:
    """0 when all have the same, towards 1 when one has everything. 0 for nobody and for all zeros."""
    total = float(values.sum())
    if total <= 0:
        return 0.0
    ordered = np.sort(values)
    ranks = np.arange(1, len(ordered) + 1)
    return float(2 * (ranks * ordered).sum() / (len(ordered) * total) - (len(ordered) + 1) / len(ordered))


def points_given(problem: Problem, chosen: Ints) -> int:
    """Units of plain satisfaction in an answer."""
    return int(problem.cand_points[chosen[chosen >= 0]].sum(dtype=np.int64))


def rank_profile(problem: Problem, chosen: Ints, deepest: int = 10) -> list[int]:
    """Placements by rank: index 0 what was not ranked, then first choices, second ..., the last `deepest` and below."""
    ranks = problem.cand_rank[chosen[chosen >= 0]]
    return [int(x) for x in np.bincount(np.minimum(ranks, deepest), minlength=deepest + 1)]


def covered(problem: Problem, chosen: Ints) -> NDArray[np.bool_]:
    """(n, t) whether a slot is filled, by what begins in it or before it."""
    a = problem.arrays
    full = np.zeros(chosen.shape, bool)
    for t in range(problem.slots):
        placed = np.flatnonzero(chosen[:, t] >= 0)
        full[placed] |= a.occ_covers[a.cand_occ[chosen[placed, t]]] > 0
    return full


def unmet_needs(problem: Problem, chosen: Ints) -> NDArray[np.int64]:
    """(n,) needs of each student that no placement meets."""
    met = np.bitwise_or.reduce(np.where(chosen >= 0, problem.arrays.cand_bits[chosen] & NEED_BITS, 0), axis=1)
    bits = np.array([int(x).bit_count() for x in range(64)])
    return np.asarray(problem.arrays.needs.astype(np.int64) - bits[met])


def envy(problem: Problem, chosen: Ints, sample: Ints) -> int:
    """Pairs (i, j) of the sample in which i could make a better week of j's places than i's own.

    "Better" is by the best sub-bundle: slot by slot, the points i gives to what j holds there; only i's own ranked
    choices count, and places that i holds for good (honoured requests) are not compared.
    """
    a = problem.arrays
    points: list[dict[int, int]] = []
    for s in sample:
        start, end = a.cand_start[s * problem.slots], a.cand_start[(s + 1) * problem.slots]
        points.append(dict(zip(a.cand_occ[start:end].tolist(), problem.cand_points[start:end].tolist(), strict=False)))
    weeks = [a.cand_occ[row[row >= 0]].tolist() for row in chosen[sample]]
    own = [sum(mine[o] for o in week) for mine, week in zip(points, weeks, strict=False)]
    pairs = 0
    for i, mine in enumerate(points):
        limit = int(a.most[sample[i]])
        for j, week in enumerate(weeks):
            if i != j:
                theirs = sorted((mine.get(o, 0) for o in week), reverse=True)[:limit]
                pairs += sum(theirs) > own[i]
    return pairs

"""The plain case: where nothing couples a student's slots, the whole round is one flow, and its optimum is proved."""

import numpy as np
from numba import njit
from ortools.graph.python import min_cost_flow

from services.scheduler.domain.distribution.problem import FORCED, Arrays, Ints, Longs, Numbers, Problem
from services.scheduler.domain.distribution.seating import Seating, leave, sit

MOST_ARCS = 400_000
"""Beyond this, prices and flows slot by slot are faster."""


def is_one_flow(problem: Problem) -> bool:
    """Whether the round is a single assignment: no needs, spans, journeys, moves, friends, minimums or requests."""
    a = problem.arrays
    stays = len(np.unique(a.occ_site)) <= 1 or (not a.longest_travel and not a.move_cost)
    alone = not len(a.rel_other) and not len(a.span_cand) and not (a.cand_bits & FORCED).any()
    single_limits = len(a.occ_res) == len(a.occ_site)
    small = 0 < a.cand_start[-1] <= MOST_ARCS
    return bool(stays and alone and single_limits and small and not a.needs.any() and (problem.minimum <= 1).all())


def solve_as_one_flow(problem: Problem, seating: Seating, weight: Longs, cands: Ints) -> None:
    """Students -> their slots -> occurrences' limits, at the least cost; applied to `seating` in place of what it has.

    weight: (c,) units. cands: the candidates that may be used; all of them for the optimum.
    """
    a, n, t = problem.arrays, problem.students, problem.slots
    row = np.searchsorted(a.cand_start, cands, side="right") - 1
    counts = np.bincount(row, minlength=n * t)
    # Where a slot offers one candidate the student's own node does for the slot's.
    crowded = np.flatnonzero(counts > 1)
    node_of_row = np.arange(n * t) // t
    node_of_row[crowded] = n + np.arange(len(crowded))
    first_limit = n + len(crowded)
    sink = first_limit + len(problem.seats)
    network = min_cost_flow.SimpleMinCostFlow()
    gain = weight[cands] + a.unplaced_cost * a.wanted[row // t, row % t].astype(np.int64)
    limit = a.occ_res[a.occ_res_start[a.cand_occ[cands]]]
    arcs = _add(network, node_of_row[row], first_limit + limit, (gain >= 0).astype(np.int64), -gain)
    ones = np.ones(len(crowded), np.int64)
    _add(network, crowded // t, n + np.arange(len(crowded)), ones, 0 * ones)
    limits = np.arange(len(problem.seats))
    _add(network, first_limit + limits, np.full(len(limits), sink), problem.seats, 0 * limits)
    supply = np.minimum(a.most, (counts.reshape(n, t) > 0).sum(axis=1)).astype(np.int64)
    _add(network, np.arange(n), np.full(n, sink), supply, 0 * supply)
    network.set_nodes_supplies(np.arange(n, dtype=np.int32), supply)
    network.set_node_supply(sink, -int(supply.sum()))
    if network.solve() != network.OPTIMAL:
        raise ArithmeticError("the flow of a plain round has no optimum; its arcs must be wrong")
    used = network.flows(arcs) > 0
    _seat(a, seating, (row[used] // t).astype(np.int32), (row[used] % t).astype(np.int32), cands[used])


def _add(
    network: min_cost_flow.SimpleMinCostFlow,
    tails: Numbers,
    heads: Numbers,
    capacity: Numbers,
    cost: Numbers,
) -> Ints:
    arcs: Ints = network.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacity.astype(np.int64), cost.astype(np.int64)
    )
    return arcs


@njit(nogil=True, cache=True)
def _seat(a: Arrays, seating: Seating, students: Ints, slots: Ints, cands: Ints) -> None:
    for s in range(len(seating.chosen)):
        for t in range(seating.chosen.shape[1]):
            leave(a, seating, s, t)
    for i in range(len(cands)):
        sit(a, seating, students[i], slots[i], cands[i])

"""What others do with the same data: one flow a block without couplings, first come first served, greedy by weight."""

import time

import numpy as np
from numba import njit
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from services.scheduler.domain.distribution.bundles import labels
from services.scheduler.domain.distribution.exact import widest
from services.scheduler.domain.distribution.insertion import reinsert
from services.scheduler.domain.distribution.problem import FORCED, Arrays, Ints, Numbers, Problem
from services.scheduler.domain.distribution.seating import Seating, around, empty_seating, fits_between, sit


def uncoupled_flow_seconds(problem: Problem) -> float:
    """Seconds that SimpleMinCostFlow takes for the same students, choices and seats: a flow a block, nothing else."""
    a, n, t = problem.arrays, problem.students, problem.slots
    seats = problem.seats + np.bincount(a.cand_occ[a.cand_bits >= FORCED], minlength=problem.occurrences)
    started = time.perf_counter()
    for slot in range(t):
        first, last = a.cand_start[slot:-1:t], a.cand_start[slot + 1 :: t]
        cands = _ranges(first, last)
        occs = np.flatnonzero(a.occ_covers[:, slot])
        network = min_cost_flow.SimpleMinCostFlow()
        tails = np.repeat(np.arange(n), last - first)
        heads = n + a.cand_occ[cands] - occs[0]
        sink = n + len(occs)
        _add(network, tails, heads, np.ones(len(cands), np.int64), -a.cand_weight[cands])
        _add(network, np.arange(n), np.full(n, sink), np.ones(n, np.int64), np.full(n, a.unplaced_cost))
        _add(network, n + np.arange(len(occs)), np.full(len(occs), sink), seats[occs], np.zeros(len(occs), np.int64))
        network.set_nodes_supplies(np.arange(n, dtype=np.int32), np.ones(n, np.int64))
        network.set_node_supply(sink, -n)
        if network.solve() != network.OPTIMAL:
            raise ArithmeticError("the uncoupled flow has no optimum")
    return time.perf_counter() - started


def _ranges(first: Ints, last: Ints) -> NDArray[np.int64]:
    counts = (last - first).astype(np.int64)
    return np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(int(counts.sum()))


def _add(
    network: min_cost_flow.SimpleMinCostFlow, tails: Numbers, heads: Numbers, room: Numbers, cost: Numbers
) -> None:
    as64 = [np.asarray(x, np.int64) for x in (room, cost)]
    network.add_arcs_with_capacity_and_unit_cost(np.asarray(tails, np.int32), np.asarray(heads, np.int32), *as64)


def first_come_first_served(problem: Problem, seed: int) -> Ints:
    """In a random order, each student takes the best week that is left, under the same rules."""
    seating = empty_seating(problem)
    order = np.random.default_rng(seed).permutation(problem.students).astype(np.int32)
    room, buffer = labels(problem.slots), np.empty(widest(problem), np.int32)
    reinsert(problem.arrays, seating, order, np.empty(0, np.int32), room, buffer)
    return seating.chosen


def greedy_by_weight(problem: Problem) -> Ints:
    """The greatest weight first, past misses counted in by credit; a place that still fits is given."""
    seating = empty_seating(problem)
    order = np.argsort(-problem.arrays.cand_weight, kind="stable").astype(np.int32)
    _greedy(problem.arrays, seating, order)
    return seating.chosen


@njit(nogil=True, cache=True)
def _greedy(a: Arrays, seating: Seating, order: Ints) -> None:
    slots = a.wanted.shape[1]
    for c in order:
        row = np.searchsorted(a.cand_start, c, side="right") - 1
        s, t = row // slots, row % slots
        o = a.cand_occ[c]
        if seating.chosen[s, t] >= 0 or not seating.is_open[o] or a.cand_bits[c] & FORCED:
            continue
        before, left, after, due = around(a, seating.chosen[s], t)
        if fits_between(a.travel, a.gap, before, left, after, due, t, a.occ_site[o]):
            sit(a, seating, s, t, c)

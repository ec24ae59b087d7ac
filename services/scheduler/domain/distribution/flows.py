"""Flows: one slot at a time, the rest of every week kept, placed anew at the least cost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from services.scheduler.domain.distribution.bundles import BARRED
from services.scheduler.domain.distribution.problem import FORCED, Arrays, Bytes, Ints, Longs, Problem
from services.scheduler.domain.distribution.seating import (
    Seating,
    around,
    company,
    fits_between,
    leave,
    sit,
    site_at,
    week_value,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the students who may move in a slot can choose between, as arcs."""

    student: Ints
    cand: Ints
    gain: Longs  # units over an empty slot


@njit(nogil=True, cache=True)
def _may_move(a: Arrays, seating: Seating, s: int, slot: int, minimum: Ints) -> bool:
    """Whether a flow of `slot` may place `s` anew: not held by a span, a request, a limit or a minimum."""
    row = seating.chosen[s]
    cand = row[slot]
    if cand >= 0:
        o = a.cand_occ[cand]
        if a.cand_bits[cand] & FORCED or a.occ_span[o]:
            return False
        return not (len(minimum) and minimum[o] > 1)
    if site_at(a, row, slot) >= 0:
        return False
    count = 0
    for t in range(len(row)):
        count += row[t] >= 0
    return bool(count < a.most[s])


@njit(nogil=True, cache=True)
def _options(
    a: Arrays,
    seating: Seating,
    slot: int,
    movable: Bytes,
    per_occ: Ints,
    window: int,
    minimum: Ints,
    lo: int,
    hi: int,
    all_may_leave: bool,
    student: Ints,
    cand: Ints,
    gain: Longs,
    buffer: Ints,
) -> int:
    """Write the arcs of the students `lo:hi` from index 0 on; returns how many.

    A candidate is left out when, at the prices `per_occ`, it is more than `window` units behind the best. A student
    with nothing but the present place is left out and keeps it, unless `all_may_leave`.
    """
    slots = seating.chosen.shape[1]
    value = np.empty(len(buffer), np.int64)
    row = np.empty(slots, np.int32)
    count = 0
    for s in range(lo, hi):
        if not movable[s] or not _may_move(a, seating, s, slot, minimum):
            continue
        row[:] = seating.chosen[s]
        had = row[slot]
        row[slot] = -1
        c0, c1 = a.cand_start[s * slots + slot], a.cand_start[s * slots + slot + 1]
        extra = company(a, seating.chosen, s, buffer)
        empty = week_value(a, s, row)
        before, left, after, due = around(a, row, slot)
        best = empty
        for c in range(c0, c1):
            o = a.cand_occ[c]
            value[c - c0] = BARRED
            if a.occ_span[o] or not seating.runs[o] or (len(minimum) and minimum[o] > 1):
                continue
            tuned = extra[c - a.cand_start[s * slots]] if len(extra) else 0
            if tuned <= BARRED or not fits_between(a.travel, a.gap, before, left, after, due, slot, a.occ_site[o]):
                continue
            row[slot] = c
            value[c - c0] = week_value(a, s, row) + tuned - empty
            best = max(best, value[c - c0] + empty - per_occ[o])
            row[slot] = -1
        first = count
        for c in range(c0, c1):
            fits = value[c - c0] > 0 and value[c - c0] + empty - per_occ[a.cand_occ[c]] >= best - window
            if fits or c == had:
                student[count], cand[count], gain[count] = s, c, value[c - c0]
                count += 1
        if count == first + 1 and cand[first] == had and not all_may_leave:
            count = first
    return count


def options_of(
    problem: Problem,
    seating: Seating,
    slot: int,
    movable: Bytes,
    per_occ: Ints,
    window: int,
    minimum: Ints,
    pool: ThreadPoolExecutor,
    cores: int,
    all_may_leave: bool = False,
) -> Options:
    """All arcs of one slot, in the order of the students whatever the number of cores."""
    a, n = problem.arrays, problem.students
    widest = int(np.diff(a.cand_start[:: problem.slots]).max(initial=1))
    cuts = np.linspace(0, n, cores + 1).astype(int)
    begins = a.cand_start[:-1].reshape(n, problem.slots)[:, slot]
    ends = a.cand_start[1:].reshape(n, problem.slots)[:, slot]
    sizes = (ends - begins).astype(np.int64)

    def part(i: int) -> tuple[Ints, Ints, Longs]:
        lo, hi = int(cuts[i]), int(cuts[i + 1])
        size = int(sizes[lo:hi].sum())
        student, cand, gain = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64)
        buffer = np.empty(widest, np.int32)
        k = _options(
            a, seating, slot, movable, per_occ, window, minimum, lo, hi, all_may_leave, student, cand, gain, buffer
        )
        return student[:k], cand[:k], gain[:k]

    parts = list(pool.map(part, range(cores)))
    return Options(*(np.concatenate([p[i] for p in parts]) for i in range(3)))


@njit(nogil=True, cache=True)
def _apply(a: Arrays, seating: Seating, slot: int, students: Ints, cands: Ints) -> None:
    for i in range(len(students)):
        leave(a, seating, students[i], slot)
    for i in range(len(students)):
        if cands[i] >= 0:
            sit(a, seating, students[i], slot, cands[i])


def flow_slot(problem: Problem, seating: Seating, slot: int, options: Options) -> None:
    """Choose among `options` so that the sum of gains is greatest and no limit is passed; apply it."""
    if not len(options.student):
        return
    a = problem.arrays
    movers, at = np.unique(options.student, return_inverse=True)
    had = seating.chosen[movers, slot]
    occs, occ_at = np.unique(a.cand_occ[options.cand], return_inverse=True)
    limits = np.unique(np.concatenate([a.occ_res[a.occ_res_start[o] : a.occ_res_start[o + 1]] for o in occs]))
    held = np.zeros(len(seating.free), np.int64)
    given = a.cand_occ[had[had >= 0]]
    np.add.at(held, *_seats_of(a, given))
    room = seating.free[limits] + held[limits]
    n, m, r = len(movers), len(occs), len(limits)
    sink = n + m + r
    network = min_cost_flow.SimpleMinCostFlow()
    arcs = _add(network, at, n + occ_at, np.ones(len(at), np.int64), -options.gain)
    _add(network, np.arange(n), np.full(n, sink), np.ones(n, np.int64), np.zeros(n, np.int64))
    _chain_limits(network, a, occs, limits, room, n)
    _add(network, n + m + np.arange(r), np.full(r, sink), room, np.zeros(r, np.int64))
    network.set_node_supply(sink, -n)
    network.set_nodes_supplies(np.arange(n, dtype=np.int32), np.ones(n, np.int64))
    if network.solve() != network.OPTIMAL:
        return
    taken = network.flows(arcs) > 0
    now = np.full(n, -1, np.int32)
    now[at[taken]] = options.cand[taken]
    moved = now != had
    _apply(a, seating, slot, movers[moved], now[moved])


def _seats_of(a: Arrays, occs: Ints) -> tuple[NDArray[np.int64], int]:
    """The limits drawn on by a list of occurrences, one entry a seat, for `np.add.at`."""
    counts = a.occ_res_start[occs + 1] - a.occ_res_start[occs]
    offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return a.occ_res[np.repeat(a.occ_res_start[occs], counts) + offsets].astype(np.int64), 1


def _chain_limits(
    network: min_cost_flow.SimpleMinCostFlow, a: Arrays, occs: Ints, limits: Ints, room: Longs, first: int
) -> None:
    """Join each occurrence to its last limit; a limit of its own before that one caps the arc between."""
    own = a.occ_res[a.occ_res_start[occs]]
    last = a.occ_res[a.occ_res_start[occs + 1] - 1]
    heads = first + len(occs) + np.searchsorted(limits, last)
    _add(
        network, first + np.arange(len(occs)), heads, room[np.searchsorted(limits, own)], np.zeros(len(occs), np.int64)
    )


def _add(
    network: min_cost_flow.SimpleMinCostFlow,
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    capacity: NDArray[np.int64],
    cost: NDArray[np.int64],
) -> NDArray[np.int32]:
    arcs: NDArray[np.int32] = network.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacity.astype(np.int64), cost.astype(np.int64)
    )
    return arcs

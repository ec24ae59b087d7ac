"""Seat prices and the proved bound: what every student would do if seats cost what they are worth to others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.scheduler.domain.distribution.bundles import OVERFLOW, Labels, best_week, labels
from services.scheduler.domain.distribution.problem import FORCED, Arrays, Ints, Problem, asked_of

NOTHING = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Demand:
    """What the students would take at given prices, and what it proves."""

    bound: int  # units; no answer can be worth more
    taken: Ints  # (r,) seats of each limit they would take
    chosen: Ints  # (n, t) or empty when not asked for


@njit(nogil=True, cache=True)
def _best_weeks(a: Arrays, lo: int, hi: int, price: Ints, w: Labels, taken: Ints, chosen: Ints) -> int:
    """Every student `lo:hi` takes their best week; `taken` counts per occurrence. Returns the sum of values."""
    out = np.empty(a.wanted.shape[1], np.int32)
    is_open = np.ones(len(price), np.uint8)
    extra = np.empty(0, np.int32)
    total = 0
    for s in range(lo, hi):
        value = best_week(a, s, price, is_open, extra, w, out)
        if value == OVERFLOW:
            return OVERFLOW
        total += value
        for t in range(len(out)):
            if out[t] >= 0 and not a.cand_bits[out[t]] & FORCED:
                taken[a.cand_occ[out[t]]] += 1
        if len(chosen):
            chosen[s] = out
    return total


class Market:
    """The students of a problem, ready to answer prices on one or more cores."""

    def __init__(self, problem: Problem, cores: int, weights: Ints | None = None) -> None:
        a = problem.arrays
        self.problem = problem
        self.arrays = a if weights is None else a._replace(cand_weight=weights)
        self.pool = ThreadPoolExecutor(cores)
        self.cores = cores
        self.room = [labels(problem.slots) for _ in range(cores)]
        self.owner = np.repeat(np.arange(problem.occurrences), np.diff(a.occ_res_start))

    def occurrence_prices(self, price: NDArray[np.int64]) -> Ints:
        """(m,) what a place costs: the sum over its limits."""
        total = np.zeros(self.problem.occurrences, np.int64)
        np.add.at(total, self.owner, price[self.arrays.occ_res])
        return total.astype(np.int32)

    def ask(self, price: NDArray[np.int64], lo: int, hi: int, keep: bool = False) -> Demand:
        """Best weeks of the students `lo:hi` at `price` (r,). The bound holds only when all are asked."""
        per_occ = self.occurrence_prices(price)
        cuts = np.linspace(lo, hi, self.cores + 1).astype(int)
        chosen = np.empty((self.problem.students if keep else 0, self.problem.slots), np.int32)
        counts = [np.zeros(self.problem.occurrences, np.int32) for _ in range(self.cores)]

        def part(i: int) -> int:
            while True:
                total = _best_weeks(self.arrays, cuts[i], cuts[i + 1], per_occ, self.room[i], counts[i], chosen)
                if total != OVERFLOW:
                    return int(total)
                counts[i][:] = 0
                self.room[i] = labels(self.problem.slots, 4 * len(self.room[i].value) // (self.problem.slots + 1))

        total = sum(self.pool.map(part, range(self.cores)))
        taken = np.zeros(len(price), np.int32)
        np.add.at(taken, self.arrays.occ_res, np.sum(counts, axis=0)[self.owner])
        return Demand(total + int(self.problem.seats.astype(np.int64) @ price), taken, chosen)


def find_prices(market: Market, steps: int, keep_going: Callable[[], bool]) -> NDArray[np.int64]:
    """(r,) seat prices close to those that prove the least bound.

    Each step asks one batch of students and moves every price by how far its seats were over- or under-asked, in ever
    smaller steps; the mean of the last third is returned. Batches are small where students are many, so that a price
    learns from a few hundred steps in a few passes. Students are in lottery order: each batch is a fair sample.
    """
    n, seats = market.problem.students, market.problem.seats.astype(np.float64)
    batches = max(1, min(64, n // 1500))
    top = float(market.arrays.cand_weight.max(initial=1))
    price = opening_prices(market.problem)
    total, kept = np.zeros_like(price), 0
    for step in range(steps):
        if not keep_going():
            break
        lo, hi = n * (step % batches) // batches, n * (step % batches + 1) // batches
        taken = market.ask(np.rint(price).astype(np.int64), lo, hi).taken * (n / max(1, hi - lo))
        move = 0.14 * top * (1 / 75) ** (step / steps)
        price = np.maximum(0, price + move * np.clip((taken - seats) / np.maximum(seats, 1), -1, 3))
        if step >= 0.7 * steps:
            total, kept = total + price, kept + 1
    return np.rint(total / kept if kept else price).astype(np.int64)


def opening_prices(problem: Problem) -> NDArray[np.float64]:
    """Where to start: nothing, or about what an empty slot costs where a slot has fewer seats than students.

    There somebody must stay out, so in the end a seat costs as much as it is worth to be placed at all.
    """
    a = problem.arrays
    slot_of = np.zeros(len(problem.seats), np.int64)
    slot_of[a.occ_res] = np.repeat(a.occ_covers.argmax(axis=1), np.diff(a.occ_res_start))
    alone = np.zeros(len(problem.seats), bool)
    alone[a.occ_res[a.occ_res_start[:-1]]] = True
    usable = np.where(alone, np.minimum(problem.seats, asked_of(problem)), 0)
    seats = np.bincount(slot_of, usable, minlength=problem.slots)
    scarce = (seats < a.wanted.astype(np.int64).sum(0))[slot_of] & (asked_of(problem) > problem.seats)
    return np.where(scarce, a.unplaced_cost + 0.4 * float(a.cand_weight.max(initial=0)), 0.0)

"""The round solved: prices and bound, auction, flows, re-insertion, then the conditions only whole numbers settle."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scheduler.domain.distribution.auction import hold_auction, seat_all
from services.scheduler.domain.distribution.bundles import OVERFLOW, labels
from services.scheduler.domain.distribution.exact import improve, widest
from services.scheduler.domain.distribution.floor import (
    floor_weights,
    is_menu,
    menu_best,
    menu_prices,
    raise_to,
    worthwhile,
)
from services.scheduler.domain.distribution.flows import flow_slot, options_of
from services.scheduler.domain.distribution.insertion import reinsert
from services.scheduler.domain.distribution.lift import lift_lowest
from services.scheduler.domain.distribution.matching import is_one_flow, solve_as_one_flow
from services.scheduler.domain.distribution.measures import covered, unmet_needs
from services.scheduler.domain.distribution.minimum import settle_minimums
from services.scheduler.domain.distribution.prices import Market, find_prices
from services.scheduler.domain.distribution.problem import Bytes, Ints, Longs, Problem
from services.scheduler.domain.distribution.regret import regretful
from services.scheduler.domain.distribution.seating import copy_seating, empty_seating, week_values

SMALL = 1500
"""Candidates up to which the whole round is also solved as one mixed-integer program."""

MANY = 50_000
"""Students times slots beyond which there is one further auction a round, for those who are still out."""

AFRESH = ((10, 5, 150), (10, 1, 150), (30, 3, 150), (20, 2, 300), (30, 3, 700), (5, 1, 150), (10, 5, 700))
"""Further auctions of a round that is small: step and patience of those behind, then the step of those still out."""

NEAR = 2e-5
"""Share of the bound from which on the answer is near enough to leave it."""

NONE = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try. The same effort gives the same answer on any machine and any number of cores."""

    price_steps: int = 480
    rounds: int = 2
    exact_below: int = SMALL


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: worth of the best answer so far and what no answer can exceed, in units."""

    stage: str
    value: int
    bound: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid answer, whatever stopped the run."""

    chosen: Ints  # (n, t) candidate that begins in each slot, or -1
    runs: Bytes  # (m,) 0 for occurrences cancelled under their minimum
    price: Longs  # (r,) what one more seat would be worth, in units
    value: int
    bound: int
    finished: bool


def distribute(
    problem: Problem,
    cores: int = 2,
    effort: Effort | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    keep_going: Callable[[], bool] = lambda: True,
) -> Answer:
    """Place everyone. `keep_going` is asked often; once it says no, the best so far is made valid and returned.

    Students must be in lottery order: it is the published tie rule, and where two are otherwise equal the earlier wins.
    """
    run = _Run(problem, cores, effort or Effort(), on_progress, keep_going)
    try:
        return run.answer()
    finally:
        run.market.pool.shutdown()


class _Run:
    """One run: the market that proves the bound, and the best seating so far."""

    def __init__(
        self,
        problem: Problem,
        cores: int,
        effort: Effort,
        on_progress: Callable[[Progress], None] | None,
        keep_going: Callable[[], bool],
    ) -> None:
        self.problem, self.effort, self.cores = problem, effort, cores
        self.market = Market(problem, cores, _shared_friendships(problem))
        self.tell, self.keep_going = on_progress, keep_going
        self.seating = empty_seating(problem)
        self.best = copy_seating(self.seating)
        self.best_value = worth(problem, self.best.chosen)
        self.bound = _everyone_first(problem, self.market.arrays.cand_weight)
        self.price: Longs = np.zeros(len(problem.seats), np.int64)
        self.wishes = self.best.chosen
        self.room = labels(problem.slots)
        self.buffer = np.empty(widest(problem), np.int32)
        self.order = np.arange(problem.students, dtype=np.int32)
        self.cut_short = False

    def answer(self) -> Answer:
        if is_one_flow(self.problem):
            self._as_one_flow()
        else:
            self._by_prices()
        self._whole_numbers()
        if not is_menu(self.problem):
            lift_lowest(self.problem, self.seating)
            self._note("lift", even_if_worse=True)
        runs = ((self.best.load > 0) | (self.problem.minimum <= 1)).astype(np.uint8)
        return Answer(self.best.chosen, runs, self.price, self.best_value, self.bound, not self.cut_short)

    def _note(self, stage: str, even_if_worse: bool = False) -> bool:
        """Keep the seating if it is the best so far, tell, and say whether to go on."""
        value = worth(self.problem, self.seating.chosen)
        if value > self.best_value or even_if_worse:
            self.best, self.best_value = copy_seating(self.seating), value
        if self.tell:
            self.tell(Progress(stage, self.best_value, self.bound))
        return self._going()

    def _going(self) -> bool:
        if not self.cut_short and not self.keep_going():
            self.cut_short = True
        return not self.cut_short

    def _as_one_flow(self) -> None:
        """The optimum; or, where a floor is to be paid for, close to it: prices, weights that lift, one small flow."""
        a, problem = self.problem.arrays, self.problem
        weight = a.cand_weight.astype(np.int64)
        if not (problem.lift_share and is_menu(problem) and not a.unplaced_cost):
            solve_as_one_flow(problem, self.seating, weight, np.arange(a.cand_start[-1], dtype=np.int32))
            self._note("flow")
            self.bound = self.best_value
            return
        limit = a.occ_res[a.occ_res_start[a.cand_occ]]
        move = float(weight.max()) / 20
        self.price, bound = menu_prices(a, limit, problem.seats, weight, self.price, 60, move)
        self.bound = min(self.bound, bound)
        best = menu_best(a, limit, problem.cand_points.astype(np.int64), len(problem.seats))
        lifted, floor = floor_weights(problem, limit, self.price, best)
        price, _ = menu_prices(a, limit, problem.seats, lifted, self.price, 15, move / 8)
        window = int(weight.max()) // 20
        solve_as_one_flow(problem, self.seating, lifted, worthwhile(a, limit, lifted, price, window))
        chosen = self.seating.chosen
        got = np.where(chosen >= 0, problem.cand_points[chosen], 0).sum(axis=1).astype(np.int64)
        budget = int(problem.lift_share * got.sum() / 2)
        raise_to(a, self.seating, problem.cand_points, got, best, floor, budget, problem.students)
        self._note("floor")

    def _by_prices(self) -> None:
        self.price = find_prices(self.market, self.effort.price_steps, self._going)
        demand = self.market.ask(self.price, 0, self.problem.students, keep=True)
        self.bound = min(self.bound, demand.bound)
        self.wishes = demand.chosen
        missed = seat_all(self.problem.arrays, self.seating, self.wishes)
        self._auction(missed, self.price, step=60, patience=1)
        self._reinsert()
        if not self._note("auction"):
            return
        self._flows(window=300)
        if self.problem.students * self.problem.slots > MANY:
            self._find_ways(self.effort.rounds - 1)
        else:
            self._start_afresh(self.effort.rounds - 1)
        self.bound = min(self.bound, self.market.ask(self.price, 0, self.problem.students).bound)

    def _find_ways(self, rounds: int) -> None:
        """Steep auctions find a way to the last seats; the flows after them mend what that tore."""
        for _ in range(rounds):
            lost = self._lost()
            if not len(lost) or not self._going():
                return
            self._auction(lost, self.price.copy(), step=700, patience=40)
            self._reinsert()
            self._note("auction")
            self._flows(window=400)

    def _start_afresh(self, rounds: int) -> None:
        """Whoever is behind what they wish for bids again from the first prices, in small steps of several kinds."""
        per_occ = self.market.occurrence_prices(self.price)
        for step, patience, steep in AFRESH * rounds:
            self.seating = copy_seating(self.best)
            behind = regretful(self.problem.arrays, self.best.chosen, self.wishes, per_occ)
            if not len(behind) or self.bound - self.best_value <= NEAR * abs(self.bound) or not self._going():
                return
            self._auction(behind, self.price.copy(), step=step, patience=patience)
            self._reinsert()
            self._flows(window=1000)
            lost = self._lost()
            if len(lost) and self._going():
                self._auction(lost, self.price.copy(), step=steep, patience=40)
                self._reinsert()
                self._note("auction")
                self._flows(window=1000)

    def _lost(self) -> Ints:
        """Students with an empty slot or an unmet need that their best week at present prices would not have."""
        problem, chosen = self.problem, self.seating.chosen
        empty = (covered(problem, self.wishes) & ~covered(problem, chosen)).any(axis=1)
        unmet = unmet_needs(problem, self.wishes) < unmet_needs(problem, chosen)
        lost: Ints = np.flatnonzero(empty | unmet).astype(np.int32)
        return lost

    def _auction(self, waiting: Ints, price: Longs, step: int, patience: int) -> None:
        per_occ = self.market.occurrence_prices(price)
        ceiling = max(1, int(self.problem.arrays.cand_weight.max(initial=1)) // 5)
        a = self.problem.arrays
        while True:
            used = hold_auction(
                a, self.seating, waiting, price, per_occ, step, ceiling, patience, self.room, self.buffer
            )
            if used != OVERFLOW:
                return
            waiting = self._widen()

    def _widen(self) -> Ints:
        """Twice the room for partial weeks; whoever the interrupted kernel left half-placed tries again."""
        self.room = labels(self.problem.slots, 2 * len(self.room.value) // (self.problem.slots + 1))
        return self._lost()

    def _reinsert(self, students: Ints | None = None, minimum: Ints = NONE) -> None:
        order = self.order if students is None else students
        while reinsert(self.problem.arrays, self.seating, order, minimum, self.room, self.buffer) == OVERFLOW:
            self._widen()

    def _flows(self, window: int) -> None:
        per_occ = self.market.occurrence_prices(self.price)
        movable = independent(self.problem)
        for slot in range(self.problem.slots):
            options = options_of(
                self.problem, self.seating, slot, movable, per_occ, window, NONE, self.market.pool, self.cores
            )
            flow_slot(self.problem, self.seating, slot, options)
            if not self._note("flows"):
                return
        self._reinsert()
        self._note("reinsertion")

    def _whole_numbers(self) -> None:
        """Minimum to run for all; the whole round exactly where it is small."""
        self.seating = copy_seating(self.best)
        settle_minimums(self.problem, self.seating, self._going, self._reinsert)
        self._note("minimum", even_if_worse=True)
        if len(self.problem.arrays.cand_occ) <= self.effort.exact_below and self._going() and self._open_question():
            bound = improve(self.problem, self.seating, list(range(self.problem.students)))
            if bound is not None:
                self.bound = min(self.bound, max(int(np.ceil(bound - 1e-6)), worth(self.problem, self.seating.chosen)))
            if not self._note("exact"):
                return
        self.seating = copy_seating(self.best)

    def _open_question(self) -> bool:
        return self.best_value < self.bound


def _everyone_first(problem: Problem, weight: Ints) -> int:
    """A first bound: each candidate's weight alone, the best of every slot, nothing empty and no need unmet."""
    counts = np.diff(problem.arrays.cand_start)
    starts = problem.arrays.cand_start[:-1][counts > 0]
    best = int(np.maximum.reduceat(weight, starts).astype(np.int64).sum()) if len(starts) else 0
    return best + problem.arrays.friend_bonus * len(problem.arrays.rel_other) * problem.slots


def worth(problem: Problem, chosen: Ints) -> int:
    """Units an answer is worth: every week, and every pair of friends in one occurrence."""
    a = problem.arrays
    return int(week_values(a, chosen, 0, problem.students)) + a.friend_bonus * together(problem, chosen)


def together(problem: Problem, chosen: Ints) -> int:
    """Pairs of friends in one occurrence, counted once for each occurrence they share."""
    a = problem.arrays
    if not a.friend_bonus:
        return 0
    count = 0
    owner = np.repeat(np.arange(problem.students), np.diff(a.rel_start))
    for s, other, apart in zip(owner, a.rel_other, a.rel_apart, strict=False):
        if not apart and s < other:
            mine = set(a.cand_occ[chosen[s][chosen[s] >= 0]].tolist())
            count += len(mine & set(a.cand_occ[chosen[other][chosen[other] >= 0]].tolist()))
    return count


def independent(problem: Problem) -> Bytes:
    """Students who may move in one flow together: no two of them are friends or kept apart."""
    a = problem.arrays
    movable = np.ones(problem.students, np.uint8)
    for s in np.flatnonzero(np.diff(a.rel_start)):
        near = a.rel_other[a.rel_start[s] : a.rel_start[s + 1]]
        if movable[s]:
            movable[near] = 0
    return movable


def _shared_friendships(problem: Problem) -> Ints | None:
    """Weights for the bound: each of two friends brings half of their bonus to any occurrence both could take.

    Together they then have the whole of it, and alone too much: never less than the truth.
    """
    a = problem.arrays
    if not a.friend_bonus or not len(a.rel_other):
        return None
    weights = a.cand_weight.copy()
    slots = problem.slots
    half = (a.friend_bonus + 1) // 2
    for s in np.flatnonzero(np.diff(a.rel_start)):
        own = slice(a.cand_start[s * slots], a.cand_start[(s + 1) * slots])
        for i in range(a.rel_start[s], a.rel_start[s + 1]):
            if not a.rel_apart[i]:
                other = a.rel_other[i]
                theirs = a.cand_occ[a.cand_start[other * slots] : a.cand_start[(other + 1) * slots]]
                weights[own] += half * np.isin(a.cand_occ[own], theirs).astype(np.int32)
    return weights


def gap_share(answer: Answer, points: NDArray[np.int32]) -> float:
    """How far the answer may be below the optimum: the gap over the plain points of the answer.

    Costs of empty slots and unmet needs are in the gap but not in the measure, so they cannot make it look small.
    """
    satisfaction = int(points[answer.chosen[answer.chosen >= 0]].sum())
    return (answer.bound - answer.value) / max(1, satisfaction)

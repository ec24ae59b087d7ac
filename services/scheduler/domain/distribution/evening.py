"""Evening out: who comes first in a round, and how far may that go, so that it costs no more than the policy allows?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from services.scheduler.domain.distribution.credit import START, unlimited_credit
from services.scheduler.domain.distribution.flows import flow_slot, options_of
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import points_given
from services.scheduler.domain.distribution.problem import Ints, Longs, Numbers, Problem
from services.scheduler.domain.distribution.seating import Seating, copy_seating, seated
from services.scheduler.domain.distribution.solve import (
    MANY,
    SMALL,
    Answer,
    Effort,
    Progress,
    distribute,
    independent,
    worth,
)

MOST_TILT = 0.95
"""Whoever stands last never counts nothing, and whoever stands first never twice, whatever the policy."""

FIRST_TILT = 0.6
"""Where the search begins: about what half a percent buys where many seats are wanted twice."""

EXPECTING, FITTING = 12, 8
"""Trial rounds from which everyone's share is expected, and at most so many more to find the tilt."""

FEW = 4
"""Either, in a large round."""

NEAR = 0.96
"""Share of what may be spent from which on the search ends."""

WINDOW = 4000
"""Units behind a student's best at which a place of a large round is no longer looked at."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evened:
    """A round worked out as if nobody had credit, and with as much weight to credit as the policy pays for."""

    problem: Problem
    answer: Answer  # its worth and bound are those of the problem, in which credit does not count
    without: Answer  # as if nobody had credit
    tilt: float  # points count 1 + tilt x place times
    counted: Floats  # (n,) each student's credit with the expected share of this round reckoned in

    @property
    def tilted(self) -> Problem:
        """The problem with the weights that `answer` was found for."""
        return tilted(self.problem, self.tilt, places(self.counted))


def as_it_is(problem: Problem, answer: Answer) -> Evened:
    """A round in which credit does not count."""
    return Evened(problem, answer, answer, 0.0, problem.credit)


def places(credit: Floats) -> Floats:
    """(n,) where each student stands in the line by `credit`: 1 the most, -1 the least; equals stand together.

    The Gini coefficient weighs everyone by just this place, so it falls fastest when points do too.
    """
    ordered = np.sort(credit)
    less, more = np.searchsorted(ordered, credit, "left"), np.searchsorted(ordered, credit, "right")
    place: Floats = (less - (len(credit) - more)) / max(1, len(credit) - 1)
    return place


def tilted(problem: Problem, tilt: float, place: Floats) -> Problem:
    """The problem with the points of each student counting 1 + tilt x place times."""
    each = np.repeat(tilt * place, np.diff(problem.arrays.cand_start[:: problem.slots]))
    weight = problem.arrays.cand_weight.copy()
    weight[: len(each)] += np.rint(problem.cand_points[: len(each)] * each).astype(np.int32)
    return replace(problem, arrays=problem.arrays._replace(cand_weight=weight))


def distribute_evenly(
    problem: Problem,
    cores: int = 2,
    effort: Effort | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    keep_going: Callable[[], bool] = lambda: True,
) -> Evened:
    """Place everyone without credit; then, slot by slot from there, with as much of it as the policy pays for.

    The budget is `problem.credit_share` of the points given without credit, so no round can cost more. Whatever stops
    the run, the last answer within the budget is returned.
    """
    without = distribute(problem, cores, effort, on_progress, keep_going)
    return even_out(problem, without, cores, keep_going)


def even_out(
    problem: Problem, without: Answer, cores: int = 2, keep_going: Callable[[], bool] = lambda: True
) -> Evened:
    """From the answer without credit to one with it; `without` must be an answer for `problem`."""
    plain = as_it_is(problem, without)
    most = min(problem.most_tilt, MOST_TILT)
    if not (problem.credit_share and most and without.finished and len(problem.arrays.cand_occ) and problem.students):
        return plain
    with ThreadPoolExecutor(cores) as pool:
        trials = _Trials(problem, without, pool, cores)
        share, tilt = trials.without, min(FIRST_TILT, most)
        for turn in range(FEW if trials.large else EXPECTING):
            if not keep_going():
                return _settled(trials, plain, keep_going=False)
            found = trials.run(tilt, unlimited_credit(problem.credit, share))
            share = share + (found.share - share) / (turn + 2)
            tilt = min(most, tilt * min(1.4, max(0.7, trials.step(found.cost))))
        going = _fit(trials, unlimited_credit(problem.credit, share), tilt, most, keep_going)
    return _settled(trials, plain, going)


def _fit(trials: "_Trials", counted: Floats, tilt: float, most: float, keep_going: Callable[[], bool]) -> bool:
    """Find the steepest tilt within the budget, from both sides. Says whether to go on."""
    (low, least), (high, dearest) = (0.0, 0), (most, 0)
    for _ in range(FEW if trials.large else FITTING):
        if not keep_going():
            return False
        found = trials.run(tilt, counted, fitting=True)
        if found.cost > trials.budget:
            high, dearest = tilt, found.cost
        elif found.cost >= NEAR * trials.budget or tilt >= most:
            return True
        else:
            low, least = tilt, found.cost
        if dearest and low:
            tilt = low + (high - low) * min(0.9, max(0.1, (trials.budget - least) / (dearest - least)))
        else:
            guess = min(most, tilt * min(3.0, trials.step(found.cost)))
            tilt = guess if low < guess <= high else (low + high) / 2
    return True


def _settled(trials: "_Trials", plain: Evened, keep_going: bool) -> Evened:
    """The trial that is kept, as an answer; the round without credit where none is within the budget."""
    kept = trials.kept
    if kept is None:
        equal = bool(np.ptp(plain.problem.credit) == 0)
        # Among equals all stands as it is, and the tilt says what a little more credit would do.
        tilt = min(FIRST_TILT, plain.problem.most_tilt) if equal else 0.0
        return replace(plain, tilt=tilt, answer=replace(plain.answer, finished=plain.answer.finished and keep_going))
    value = worth(plain.problem, kept.chosen)
    answer = replace(plain.without, chosen=kept.chosen, value=value, finished=keep_going)
    return replace(plain, answer=answer, tilt=kept.tilt, counted=kept.counted)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One trial round."""

    tilt: float
    counted: Floats
    chosen: Ints
    share: Floats
    cost: int  # units of points less than without credit
    spread: float  # how far apart everyone's credit would be after it


class _Trials:
    """Trial rounds, each from the answer without credit, and the one to keep."""

    def __init__(self, problem: Problem, without: Answer, pool: ThreadPoolExecutor, cores: int) -> None:
        self.problem, self.pool, self.cores = problem, pool, cores
        self.first = seated(problem, without.chosen, without.runs)
        self.best: Numbers = best_points(problem)
        self.without = shares(problem, without.chosen, self.best)
        self.points = points_given(problem, without.chosen)
        self.budget = int(self.points * problem.credit_share)
        self.price = _per_occurrence(problem, without.price)
        self.small = len(problem.arrays.cand_occ) <= SMALL
        self.large = problem.students * problem.slots > MANY
        self.kept: _Trial | None = None
        self.spread = self._spread(self.without)

    def run(self, tilt: float, counted: Floats, fitting: bool = False) -> _Trial:
        """Place everyone anew with this tilt, and keep the answer if it is better.

        In a small round a trial is better when it leaves credit closer together; in others chance evens out over the
        weeks, and the better trial is the one that spends more of the budget on what is expected.
        """
        tilt, counted = round(tilt, 4), np.round(counted, 6)
        problem = tilted(self.problem, tilt, places(counted))
        chosen = _flows(problem, copy_seating(self.first), self.price, self.pool, self.cores)
        share = shares(self.problem, chosen, self.best)
        cost = self.points - points_given(self.problem, chosen)
        found = _Trial(tilt, counted, chosen, share, cost, self._spread(share))
        if cost <= self.budget:
            steeper = fitting and (self.kept is None or tilt > self.kept.tilt)
            closer = found.spread < (self.kept.spread if self.kept else self.spread)
            if closer if self.small else steeper:
                self.kept = found
        return found

    def step(self, cost: int) -> float:
        """What to multiply the tilt with, so that it costs the budget."""
        return sqrt(0.98 * self.budget / max(1, cost))

    def _spread(self, share: Floats) -> float:
        after = unlimited_credit(self.problem.credit, share)
        return float(np.round(((after - START) ** 2).sum(), 6))


def _flows(problem: Problem, seating: Seating, price: Ints, pool: ThreadPoolExecutor, cores: int) -> Ints:
    """Every slot placed anew in its turn, the others kept, at the weights of `problem`."""
    movable = independent(problem)
    window = WINDOW if problem.students * problem.slots > MANY else 1 << 40
    for slot in range(problem.slots):
        options = options_of(problem, seating, slot, movable, price, window, problem.minimum, pool, cores, True)
        flow_slot(problem, seating, slot, options)
    return seating.chosen


def _per_occurrence(problem: Problem, price: Longs) -> Ints:
    """(m,) what a place costs: the sum over its limits."""
    total = np.zeros(problem.occurrences, np.int64)
    owner = np.repeat(np.arange(problem.occurrences), np.diff(problem.arrays.occ_res_start))
    np.add.at(total, owner, price[problem.arrays.occ_res])
    return total.astype(np.int32)


def credit_to_count(found: Evened, s: int, more: float) -> float | None:
    """Credit, in whole hundredths, with which the points of student `s` would count `more` times as much besides.

    None where standing first would not be enough.
    """
    if not found.tilt:
        return None
    others = np.sort(np.delete(found.counted, s))
    place = places(found.counted)[s] + more / found.tilt
    passed = int(np.ceil((len(others) * (place + 1)) / 2 - 1e-9))
    if not 0 < passed <= len(others):
        return None
    ahead = max(0.0, float(others[passed - 1] - found.counted[s]))
    return float(np.floor(ahead * 100 + 1e-6) + 1) / 100

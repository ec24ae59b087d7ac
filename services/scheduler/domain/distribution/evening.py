"""Evening out: who comes first in a round, and how far may that go, so that it costs no more than the policy allows?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from services.scheduler.domain.distribution.apart import Floats, Line, apart, places
from services.scheduler.domain.distribution.flows import Options, flow_slot, options_of
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import points_given
from services.scheduler.domain.distribution.problem import Ints, Longs, Numbers, Problem
from services.scheduler.domain.distribution.seating import seated
from services.scheduler.domain.distribution.solve import (
    MANY,
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

TRIALS, PASSES = 12, 2
"""Trial rounds at most, and how often each places every slot anew."""

TRIALS_OF_MANY, PASSES_OF_MANY = 8, 1
"""The same in a large round."""

AIM, NEAR = 0.998, 0.995
"""Share of the budget that the next trial is meant to cost, and from which on what a trial does cost is near enough."""

AIM_OF_MANY, NEAR_OF_MANY = 0.985, 0.96
"""The same in a large round, where a further trial takes as long as half of the round itself."""

FEWEST = 4
"""Trials before it may end: each goes on from the one before, and the first still move much."""

WINDOW = 4000
"""Units behind a student's best at which a place of a large round is no longer looked at."""


@dataclass(frozen=True, slots=True)
class Evened:
    """A round worked out as if nobody had credit, and with as much weight to credit as the policy pays for."""

    problem: Problem
    answer: Answer  # its worth and bound are those of the problem, in which credit does not count
    without: Answer  # as if nobody had credit
    tilt: float  # points count 1 + tilt x place times
    counted: Floats  # (n,) each student's credit with what this round gives them reckoned in

    @property
    def tilted(self) -> Problem:
        """The problem with the weights that `answer` was found for."""
        return tilted(self.problem, self.tilt, places(self.counted))


def as_it_is(problem: Problem, answer: Answer) -> Evened:
    """A round in which credit does not count."""
    return Evened(problem, answer, answer, 0.0, problem.credit)


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
        tilt, going = min(FIRST_TILT, most), True
        for turn in range(TRIALS_OF_MANY if trials.large else TRIALS):
            going = keep_going()
            if not going:
                break
            cost = trials.run(tilt)
            enough = trials.near * trials.budget <= cost <= trials.budget or (tilt >= most and cost <= trials.budget)
            if enough and turn + 1 >= FEWEST:
                break
            tilt = min(most, tilt * min(1.4, max(0.7, trials.step(cost))))
    return _settled(trials, plain, going)


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
    spread: float  # how far apart it leaves everyone's credit


class _Trials:
    """Trial rounds, each going on from the one before, and the one to keep."""

    def __init__(self, problem: Problem, without: Answer, pool: ThreadPoolExecutor, cores: int) -> None:
        self.problem, self.pool, self.cores = problem, pool, cores
        self.seating = seated(problem, without.chosen, without.runs)
        self.movable = independent(problem)
        self.best: Numbers = best_points(problem)
        self.points = points_given(problem, without.chosen)
        self.budget = int(self.points * problem.credit_share)
        self.price = _per_occurrence(problem, without.price)
        self.large = problem.students * problem.slots > MANY
        self.aim, self.near = (AIM_OF_MANY, NEAR_OF_MANY) if self.large else (AIM, NEAR)
        self.kept: _Trial | None = None
        self.spread = apart(problem.credit - shares(problem, without.chosen, self.best))

    def run(self, tilt: float) -> int:
        """Place every slot anew with this tilt; keep the answer if it is within the budget and leaves credit closest.

        Returns what it cost, in units of points less than without credit.
        """
        tilt = round(tilt, 4)
        for _ in range(PASSES_OF_MANY if self.large else PASSES):
            for slot in range(self.problem.slots):
                self._place(slot, tilt)
        chosen = self.seating.chosen
        share = shares(self.problem, chosen, self.best)
        cost, spread = self.points - points_given(self.problem, chosen), apart(self.problem.credit - share)
        if cost <= self.budget and spread < self.spread:
            counted = np.round(self.problem.credit + float(share.mean()) - share, 6)
            self.kept, self.spread = _Trial(tilt, counted, chosen.copy(), spread), spread
        return cost

    def step(self, cost: int) -> float:
        """What to multiply the tilt with, so that it costs the budget."""
        return sqrt(self.aim * self.budget / max(1, cost))

    def _place(self, slot: int, tilt: float) -> None:
        """Place one slot anew, all others kept."""
        problem, window = self.problem, WINDOW if self.large else 1 << 40
        options = options_of(
            problem, self.seating, slot, self.movable, self.price, window, problem.minimum, self.pool, self.cores, True
        )
        if len(options.student):
            gain = np.maximum(options.gain + self._closer(slot, tilt, options), np.minimum(options.gain, 1))
            flow_slot(problem, self.seating, slot, replace(options, gain=gain))

    def _closer(self, slot: int, tilt: float, options: Options) -> Longs:
        """(k,) units that each option is worth for how much closer it brings its student's credit to everyone's."""
        points, chosen = self.problem.cand_points, self.seating.chosen
        got = np.where(chosen >= 0, points[chosen], 0).sum(axis=1, dtype=np.int64)
        line = Line(self.problem.credit - np.where(self.best > 0, got / np.maximum(self.best, 1), 1.0))
        s, had = options.student, chosen[options.student, slot]
        best = np.maximum(self.best[s], 1)
        empty = self.problem.credit[s] - (got[s] - np.where(had >= 0, points[had], 0)) / best
        closer = line.height(empty) - line.height(empty - points[options.cand] / best)
        units: Longs = np.rint(tilt * best * closer).astype(np.int64)
        return units


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

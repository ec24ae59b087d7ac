"""A synthetic district written out as a round of named students, so that the independent checker can read it."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from bench.distribution.district import BLOCK_MINUTES, BLOCKS_A_DAY, BREAK_MINUTES
from services.scheduler.distribution_checker import check
from services.scheduler.distribution_files.lottery import lottery
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.distribution_files.ranked_round import (
    Block,
    Occurrence,
    Policy,
    RankedRound,
    Ranking,
    Request,
    Student,
    Travel,
)
from services.scheduler.distribution_files.report import report
from services.scheduler.domain.distribution.evening import Evened
from services.scheduler.domain.distribution.problem import FORCED, NEED_BITS, UNITS_PER_POINT, Problem

FIRST_BLOCK = 9 * 60
"""Minutes after midnight at which the first block of a day begins."""

SEED = 1


def named(problem: Problem) -> RankedRound:
    """The same blocks, seats, sites, choices, credits, needs and requests, by name.

    Seats are those before requests were honoured: the round honours them again. Ids are dealt so that students stand
    in the same order as before.
    """
    a = problem.arrays
    ids = sorted((f"s{s:06}" for s in range(problem.students)), key=lambda x: (lottery(SEED, x), x))
    forced = np.flatnonzero(a.cand_bits >= FORCED)
    owner = np.repeat(np.arange(problem.students), np.diff(a.cand_start[:: problem.slots]))
    need, kind = _kinds(problem, owner)
    seats = problem.seats + np.bincount(a.cand_occ[forced], minlength=problem.occurrences)
    return RankedRound(
        title="A synthetic district",
        seed=SEED,
        policy=_policy(problem),
        blocks=[_block(t) for t in range(problem.slots)],
        occurrences=[
            Occurrence(
                _occ(o), [f"b{a.occ_last[o]:02}"], site=f"site{a.occ_site[o]}", seats=int(seats[o]), kind=kind[o]
            )
            for o in range(problem.occurrences)
        ],
        students=[
            Student(x, f"g{problem.group[s]}", float(problem.credit[s]), [need[s]] if need[s] else [])
            for s, x in enumerate(ids)
        ],
        choices=[_ranking(problem, s, x) for s, x in enumerate(ids)],
        requests=[Request(ids[owner[c]], _occ(a.cand_occ[c])) for c in forced],
        travel=_travel(a.travel),
    )


def faults_found(prepared: Prepared, found: Evened) -> list[str]:
    """What the checker finds wrong with the report of an answer: every hard rule, every figure."""
    return check(prepared.round, report(prepared, found)).wrong


def prepared_from(problem: Problem) -> Prepared:
    """The district by name and ready to solve."""
    return prepare(named(problem))


def broken_rules(problem: Problem, chosen: NDArray[np.int32]) -> list[str]:
    """Hard rules that an answer for a district breaks, told from the arrays alone: for what is too large to name.

    A district has no spans, no shared spaces and nobody kept apart. chosen: (n, t) candidates, -1 for none.
    """
    a, n, t = problem.arrays, problem.students, problem.slots
    student, slot = np.nonzero(chosen >= 0)
    cand = chosen[student, slot]
    row = student * t + slot
    forced = a.cand_bits >= FORCED
    seats = problem.seats + np.bincount(a.cand_occ[forced], minlength=problem.occurrences)
    occ = np.where(chosen >= 0, a.cand_occ[chosen], -1)
    found = {
        "a place nobody ranked": ((cand < a.cand_start[row]) | (cand >= a.cand_start[row + 1])).any(),
        "another block's place": (a.occ_last[a.cand_occ[cand]] != slot).any(),
        "seats": (np.bincount(a.cand_occ[cand], minlength=problem.occurrences) > seats).any(),
        "a request honoured and not kept": not np.isin(np.flatnonzero(forced), cand).all(),
        "time to travel": any(
            (a.travel[a.occ_site[occ[both, i]], a.occ_site[occ[both, j]]] > a.gap[i, j]).any()
            for i in range(t)
            for j in range(i + 1, t)
            for both in [np.flatnonzero((occ[:, i] >= 0) & (occ[:, j] >= 0))]
        ),
        "most placements": ((chosen >= 0).sum(axis=1) > a.most[:n]).any(),
    }
    return [rule for rule, broken in found.items() if broken]


def _occ(o: int) -> str:
    return f"o{o:06}"


def _occurrence(problem: Problem, o: int, seats: int, kind: str) -> Occurrence:
    a = problem.arrays
    return Occurrence(_occ(o), [f"b{a.occ_last[o]:02}"], site=f"site{a.occ_site[o]}", seats=seats, kind=kind)


def _policy(problem: Problem) -> Policy:
    """The district's own rates of exchange."""
    a = problem.arrays
    return Policy(
        credit_budget=100 * problem.credit_share,
        unplaced=a.unplaced_cost / UNITS_PER_POINT,
        need=a.need_cost / UNITS_PER_POINT,
        move=a.move_cost / UNITS_PER_POINT,
        lift=problem.lift_share,
    )


def _block(t: int) -> Block:
    day, place = divmod(t, BLOCKS_A_DAY)
    start = FIRST_BLOCK + place * (BLOCK_MINUTES + BREAK_MINUTES)
    return Block(f"b{t:02}", f"2031-09-{day + 1:02}", start, start + BLOCK_MINUTES)


def _ranking(problem: Problem, s: int, name: str) -> Ranking:
    a = problem.arrays
    own = slice(a.cand_start[s * problem.slots], a.cand_start[(s + 1) * problem.slots])
    points = (problem.cand_points[own] / UNITS_PER_POINT).tolist()
    return Ranking(name, [_occ(o) for o in a.cand_occ[own]], points)


def _travel(minutes: NDArray[np.int32]) -> list[Travel]:
    sites = range(len(minutes))
    return [Travel(f"site{i}", f"site{j}", int(minutes[i, j])) for i in sites for j in sites if i != j]


def _kinds(problem: Problem, owner: NDArray[np.int64]) -> tuple[list[str], list[str]]:
    """What each student needs and what kind each occurrence is, as far as anyone's need tells.

    The arrays only say which choices meet their student's need. Students and occurrences joined by such choices are
    of one kind; no choice runs between two kinds that would have met a need.
    """
    a, n = problem.arrays, problem.students
    near: list[list[int]] = [[] for _ in range(n + problem.occurrences)]
    for c in np.flatnonzero(a.cand_bits & NEED_BITS):
        near[owner[c]].append(n + a.cand_occ[c])
        near[n + a.cand_occ[c]].append(owner[c])
    kind = [""] * len(near)
    for start in range(n):
        waiting = deque([start] if near[start] and not kind[start] else [])
        while waiting:
            at = waiting.popleft()
            if not kind[at]:
                kind[at] = f"kind{start}"
                waiting.extend(near[at])
    return kind[:n], kind[n:]

"""Exact neighbourhoods: the weeks of a few students, all others kept, as a mixed-integer program."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from services.scheduler.domain.distribution.problem import FORCED, NEED_BITS, Ints, Problem
from services.scheduler.domain.distribution.seating import Seating, leave, sit

NODE_LIMIT = 2000
"""Nodes of the search tree, in place of seconds: the same answer on a slow machine and a fast one."""


@dataclass(slots=True)
class Program:
    """Columns and rows as they are written down; all columns lie between 0 and 1."""

    gain: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[list[int], list[float], float, float]] = field(default_factory=list)

    def column(self, gain: float, whole: bool = False, lower: float = 0, upper: float = 1) -> int:
        self.gain.append(gain)
        self.whole.append(int(whole))
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.gain) - 1

    def row(self, columns: list[int], factors: list[float], low: float, high: float) -> None:
        self.rows.append((columns, factors, low, high))

    def at_most(self, columns: list[int], high: float) -> None:
        self.row(columns, [1.0] * len(columns), -np.inf, high)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The free students, one column for each of their candidates, and what the others leave of the seats."""

    problem: Problem
    seating: Seating
    students: list[int]
    column_of: dict[int, int]  # candidate -> column

    def candidates(self, s: int) -> range:
        slots = self.problem.slots
        start = self.problem.arrays.cand_start
        return range(int(start[s * slots]), int(start[(s + 1) * slots]))


def improve(problem: Problem, seating: Seating, students: list[int]) -> float | None:
    """Place `students` anew in the best way, others kept, and apply it to `seating`.

    Returns what no placing of these students can exceed, in units: their weeks and friendships and those of friends
    with others. None when the search ended without an answer; the seating is then as it was.
    """
    program = Program()
    near = Neighbourhood(problem, seating, students, {})
    for s in students:
        for c in near.candidates(s):
            forced = bool(problem.arrays.cand_bits[c] & FORCED)
            column = program.column(float(problem.arrays.cand_weight[c]), True, float(forced))
            near.column_of[c] = column
    for s in students:
        _week(program, near, s)
        _company(program, near, s)
    held = _seats(program, near)
    _minimums(program, near, held)
    answer = _solve(program)
    if answer is None:
        return None
    x, bound = answer
    _apply(near, x)
    return bound - _constant_cost(problem, students)


def _constant_cost(problem: Problem, students: list[int]) -> float:
    """Empty slots and unmet needs are written as gains for filled ones; this is what all empty would cost."""
    a = problem.arrays
    empty = int(a.wanted[students].sum()) * a.unplaced_cost
    return float(empty + int(a.needs[students].sum()) * a.need_cost)


def _week(program: Program, near: Neighbourhood, s: int) -> None:
    a, column_of = near.problem.arrays, near.column_of
    own = list(near.candidates(s))
    covering = [[c for c in own if a.occ_covers[a.cand_occ[c], t]] for t in range(near.problem.slots)]
    for t, here in enumerate(covering):
        if here and a.wanted[s, t]:
            placed = program.column(float(a.unplaced_cost))
            program.row([*(column_of[c] for c in here), placed], [1.0] * len(here) + [-1.0], 0, 0)
        elif here:
            program.at_most([column_of[c] for c in here], 1)
    if a.most[s] < len(own):
        program.at_most([column_of[c] for c in own], int(a.most[s]))
    for need in range(int(a.needs[s])):
        meets = [c for c in own if a.cand_bits[c] & NEED_BITS & (1 << need)]
        met = program.column(float(a.need_cost))
        program.row([*(column_of[c] for c in meets), met], [1.0] * len(meets) + [-1.0], 0, np.inf)
    _journeys(program, near, covering)
    _moves(program, near, covering)


def _journeys(program: Program, near: Neighbourhood, covering: list[list[int]]) -> None:
    """Two places too far apart exclude each other unless something lies between them."""
    a, column_of = near.problem.arrays, near.column_of
    site = a.occ_site[a.cand_occ]
    for t in range(len(covering)):
        for u in range(t + 1, len(covering)):
            if a.gap[t, u] >= a.longest_travel:
                continue
            between = {c for slot in covering[t + 1 : u] for c in slot}
            for i in covering[t]:
                for j in covering[u]:
                    if i == j or i in between or j in between or a.travel[site[i], site[j]] <= a.gap[t, u]:
                        continue
                    others = [column_of[k] for k in between]
                    program.row([column_of[i], column_of[j], *others], [1, 1, *[-1.0] * len(others)], -np.inf, 1)


def _moves(program: Program, near: Neighbourhood, covering: list[list[int]]) -> None:
    a, column_of = near.problem.arrays, near.column_of
    site = a.occ_site[a.cand_occ]
    for t in range(1, len(covering)):
        if not a.move_cost or not a.adjacent[t]:
            continue
        for place in sorted({int(site[c]) for c in covering[t - 1]}):
            here = [column_of[c] for c in covering[t - 1] if site[c] == place]
            away = [column_of[c] for c in covering[t] if site[c] != place]
            if away:
                moved = program.column(-float(a.move_cost))
                program.row([*here, *away, moved], [1.0] * (len(here) + len(away)) + [-1.0], -np.inf, 1)


def _company(program: Program, near: Neighbourhood, s: int) -> None:
    """Friends gain together; students kept apart exclude each other's places."""
    a, column_of = near.problem.arrays, near.column_of
    free = set(near.students)
    for i in range(a.rel_start[s], a.rel_start[s + 1]):
        other, apart = int(a.rel_other[i]), bool(a.rel_apart[i])
        if other in free and other < s:
            continue
        theirs = list(near.candidates(other)) if other in free else [c for c in near.seating.chosen[other] if c >= 0]
        for c in near.candidates(s):
            for d in theirs:
                same = a.cand_occ[c] == a.cand_occ[d]
                if apart and a.occ_space[a.cand_occ[c]] == a.occ_space[a.cand_occ[d]]:
                    if (a.occ_covers[a.cand_occ[c]] & a.occ_covers[a.cand_occ[d]]).any():
                        pair = [column_of[c], column_of[d]] if other in free else [column_of[c]]
                        program.at_most(pair, len(pair) - 1)
                elif same and not apart and other in free:
                    both = program.column(float(a.friend_bonus))
                    program.row([both, column_of[c]], [1, -1], -np.inf, 0)
                    program.row([both, column_of[d]], [1, -1], -np.inf, 0)
                elif same and not apart:
                    program.gain[column_of[c]] += a.friend_bonus


def _seats(program: Program, near: Neighbourhood) -> NDArray[np.int64]:
    """No limit is passed. Returns the free students now in each occurrence."""
    a = near.problem.arrays
    held = np.zeros(near.problem.occurrences, np.int64)
    for s in near.students:
        for c in near.seating.chosen[s]:
            held[a.cand_occ[c]] += c >= 0
    room = near.seating.free.copy()
    takers: dict[int, list[int]] = {}
    for s in near.students:
        for c in near.candidates(s):
            if a.cand_bits[c] & FORCED:
                continue
            o = a.cand_occ[c]
            for r in a.occ_res[a.occ_res_start[o] : a.occ_res_start[o + 1]]:
                takers.setdefault(int(r), []).append(near.column_of[c])
                room[r] += int(c in near.seating.chosen[s])
    for r, columns in takers.items():
        if room[r] < len(columns):
            program.at_most(columns, float(room[r]))
    return held


def _minimums(program: Program, near: Neighbourhood, held: NDArray[np.int64]) -> None:
    """An occurrence runs with its minimum or not at all."""
    a, problem = near.problem.arrays, near.problem
    joins: dict[int, list[int]] = {}
    for s in near.students:
        for c in near.candidates(s):
            joins.setdefault(int(a.cand_occ[c]), []).append(near.column_of[c])
    for o, columns in joins.items():
        if problem.minimum[o] <= 1:
            continue
        others = int(near.seating.load[o] - held[o])
        runs = program.column(0.0, True, float(others > 0))
        program.row([*columns, runs], [1.0] * len(columns) + [-float(problem.minimum[o])], -others, np.inf)
        for column in columns:
            program.row([column, runs], [1, -1], -np.inf, 0)


def _solve(program: Program) -> tuple[NDArray[np.float64], float] | None:
    if not program.gain:
        return np.empty(0), 0.0
    at = [
        (i, c, f)
        for i, (columns, factors, _, _) in enumerate(program.rows)
        for c, f in zip(columns, factors, strict=False)
    ]
    constraints = []
    if at:
        i, j, f = zip(*at, strict=False)
        matrix = coo_matrix((f, (i, j)), shape=(len(program.rows), len(program.gain))).tocsc()
        constraints = [LinearConstraint(matrix, [r[2] for r in program.rows], [r[3] for r in program.rows])]
    result = milp(
        -np.asarray(program.gain),
        integrality=np.asarray(program.whole),
        bounds=Bounds(np.asarray(program.lower), np.asarray(program.upper)),
        constraints=constraints,
        options={"mip_rel_gap": 0.0, "node_limit": NODE_LIMIT},
    )
    if result.x is None:
        return None
    return result.x, -float(result.mip_dual_bound)


def _apply(near: Neighbourhood, x: NDArray[np.float64]) -> None:
    a, slots = near.problem.arrays, near.problem.slots
    for s in near.students:
        for t in range(slots):
            leave(a, near.seating, s, t)
    for s in near.students:
        for t in range(slots):
            for c in range(int(a.cand_start[s * slots + t]), int(a.cand_start[s * slots + t + 1])):
                if x[near.column_of[c]] > 0.5 and not a.cand_bits[c] & FORCED:
                    sit(a, near.seating, s, t, c)


def widest(problem: Problem) -> int:
    """The most candidates any student has."""
    counts: Ints = np.diff(problem.arrays.cand_start[:: problem.slots])
    return int(counts.max(initial=1))

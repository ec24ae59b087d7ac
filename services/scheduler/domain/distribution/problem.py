"""The problem as arrays: who may go where and when, how many seats there are, and what everything is worth."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]

UNITS_PER_POINT = 100
"""All values inside are whole numbers, hundredths of a point, so that sums are exact in any order."""

FORCED = np.uint8(128)
"""Flag in `cand_bits`: an honoured request, already seated."""

NEED_BITS = np.uint8(63)
"""The part of `cand_bits` that says which of the student's own needs (at most six) a choice meets."""

NO_LIMIT = np.int16(32767)


class Arrays(NamedTuple):
    """What the compiled kernels read. `n` students, `t` slots, `m` occurrences, `r` seat limits, `c` candidates.

    A slot is a piece of time that no block boundary cuts, in order; an occurrence covers one or more of them.
    """

    cand_start: Ints  # (n*t + 1,) candidates of student s that begin in slot b: cand_start[s*t+b] : cand_start[s*t+b+1]
    cand_occ: Ints  # (c,)
    cand_weight: Ints  # (c,) units, tilted by credit, with goal bonus and lottery
    cand_bits: Bytes  # (c,) need bits and FORCED
    wanted: Bytes  # (n, t) 1 where at least one candidate of the student covers the slot
    most: NDArray[np.int16]  # (n,) placements a student may have
    needs: Bytes  # (n,) number of needs
    occ_site: Ints  # (m,)
    occ_covers: Bytes  # (m, t)
    occ_last: Ints  # (m,) last slot covered
    occ_span: Bytes  # (m,) 1 when it covers more than one slot
    span_start: Ints  # (n + 1,) into span_cand
    span_cand: Ints  # candidates that cover more than one slot, at most 15 a student
    gap: Ints  # (t, t) minutes from the end of slot a to the start of slot b
    adjacent: Bytes  # (t,) 1 when the slot follows the one before it on the same day
    travel: Ints  # (sites, sites) minutes
    longest_travel: int
    occ_res_start: Ints  # (m + 1,)
    occ_res: Ints  # seat limits an occurrence draws on
    res_occ_start: Ints  # (r + 1,)
    res_occ: Ints  # the same, turned round
    unplaced_cost: int  # units a wanted slot costs when left empty
    need_cost: int  # units an unmet need costs
    move_cost: int  # units a change of site between neighbouring slots costs
    rel_start: Ints  # (n + 1,) into rel_other: the students someone is kept apart from, or is friends with
    rel_other: Ints
    rel_apart: Bytes  # 1 kept apart, 0 mutual friends
    occ_space: Ints  # (m,) occurrences of one space share its number
    friend_bonus: int  # units for a pair of friends in one occurrence


@dataclass(frozen=True, slots=True)
class Problem:
    """One round, in arrays. Built by `services.scheduler.distribution_files.arrays`, or by hand."""

    arrays: Arrays
    seats: Ints  # (r,) seats of each limit, already without those of honoured requests
    cand_points: Ints  # (c,) units of plain satisfaction: no credit, no lottery
    cand_rank: NDArray[np.int16]  # (c,) 1 is the first choice in its block; 0 was not ranked
    group: Ints  # (n,)
    credit: NDArray[np.float64]  # (n,)
    minimum: Ints  # (m,) students an occurrence needs to run; 0 and 1 are no condition
    lift_share: float = 0.0  # share of all satisfaction that may be spent to raise the worst off
    credit_share: float = 0.0  # share of all satisfaction that letting credit count may cost
    most_tilt: float = 0.0  # points of whoever has most credit count at most this much more, as a part of them

    @property
    def students(self) -> int:
        return len(self.arrays.most)

    @property
    def slots(self) -> int:
        return int(self.arrays.wanted.shape[1])

    @property
    def occurrences(self) -> int:
        return len(self.arrays.occ_site)


def asked_of(problem: Problem) -> NDArray[np.int64]:
    """(r,) how many candidates draw on each limit: one that is asked less than it has seats never fills up."""
    a = problem.arrays
    per_occ = np.bincount(a.cand_occ[: a.cand_start[-1]], minlength=problem.occurrences)
    asked = np.zeros(len(problem.seats), np.int64)
    np.add.at(asked, a.occ_res, np.repeat(per_occ, np.diff(a.occ_res_start)))
    return asked

"""Who sits where at the moment: choices taken, seats filled, and the moves that keep the two in step."""

from typing import NamedTuple

import numpy as np
from numba import njit

from services.scheduler.domain.distribution.bundles import BARRED
from services.scheduler.domain.distribution.problem import (
    FORCED,
    NEED_BITS,
    Arrays,
    Bytes,
    Ints,
    Longs,
    Problem,
    asked_of,
)


class Seating(NamedTuple):
    """One answer, whole or in the making. Kernels change it in place."""

    chosen: Ints  # (n, t) candidate that begins in slot b, or -1
    free: Longs  # (r,) seats left of each limit
    is_open: Bytes  # (m,) 1 when every limit of the occurrence has a seat left and it runs
    runs: Bytes  # (m,) 0 once cancelled
    member_start: Longs  # (r + 1,) room for the students of each limit that can fill up
    members: Ints
    filled: Ints  # (r,) members noted
    load: Ints  # (m,) students in each occurrence, honoured requests included


def empty_seating(problem: Problem) -> Seating:
    """Nobody placed but those whose requests are honoured; they hold no seat that `problem.seats` still counts."""
    a = problem.arrays
    forced = np.flatnonzero(a.cand_bits & FORCED)
    chosen = np.full((problem.students, problem.slots), -1, np.int32)
    where = np.searchsorted(a.cand_start, forced, side="right") - 1
    chosen[where // problem.slots, where % problem.slots] = forced
    load = np.bincount(a.cand_occ[forced], minlength=problem.occurrences).astype(np.int32)
    # A limit that cannot fill up never has to choose whom to send away.
    room = np.where(problem.seats < asked_of(problem), problem.seats, 0)
    free = problem.seats.astype(np.int64)
    runs = np.ones(problem.occurrences, np.uint8)
    # An occurrence without a single seat left would only keep an auction waiting.
    runs[np.repeat(np.arange(problem.occurrences), np.diff(a.occ_res_start))[free[a.occ_res] <= 0]] = 0
    is_open = runs.copy()
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(room)])
    members = np.empty(int(starts[-1]), np.int32)
    return Seating(chosen, free, is_open, runs, starts, members, np.zeros(len(free), np.int32), load)


def seated(problem: Problem, chosen: Ints, runs: Bytes) -> Seating:
    """An answer as a seating that can be changed. runs: (m,) 0 for what was cancelled."""
    seating = empty_seating(problem)
    student, slot = np.nonzero((chosen >= 0) & (seating.chosen < 0))
    _sit_all(problem.arrays, seating, student, slot, chosen[student, slot])
    seating.runs[:] &= runs
    seating.is_open[:] &= runs
    return seating


def copy_seating(seating: Seating) -> Seating:
    """A copy that can go its own way."""
    return Seating(*(column.copy() for column in seating))  # type: ignore[arg-type]


@njit(nogil=True, cache=True)
def _reopen(a: Arrays, seating: Seating, r: int) -> None:
    for i in range(a.res_occ_start[r], a.res_occ_start[r + 1]):
        o = a.res_occ[i]
        seating.is_open[o] = seating.runs[o]
        for j in range(a.occ_res_start[o], a.occ_res_start[o + 1]):
            if seating.free[a.occ_res[j]] <= 0:
                seating.is_open[o] = 0


@njit(nogil=True, cache=True)
def sit(a: Arrays, seating: Seating, s: int, slot: int, cand: int) -> None:
    """Student `s` takes `cand`; the seats must be free. Honoured requests are seated for good already."""
    seating.chosen[s, slot] = cand
    if a.cand_bits[cand] & FORCED:
        return
    o = a.cand_occ[cand]
    seating.load[o] += 1
    for j in range(a.occ_res_start[o], a.occ_res_start[o + 1]):
        r = a.occ_res[j]
        seating.free[r] -= 1
        at = seating.member_start[r] + seating.filled[r]
        if at < seating.member_start[r + 1]:
            seating.members[at] = s
            seating.filled[r] += 1
        if seating.free[r] == 0:
            _reopen(a, seating, r)


@njit(nogil=True, cache=True)
def _sit_all(a: Arrays, seating: Seating, students: Longs, slots: Longs, cands: Ints) -> None:
    for i in range(len(students)):
        sit(a, seating, students[i], slots[i], cands[i])


@njit(nogil=True, cache=True)
def leave(a: Arrays, seating: Seating, s: int, slot: int) -> None:
    """Student `s` gives back what begins in `slot`, if anything; an honoured request is never given back."""
    cand = seating.chosen[s, slot]
    if cand < 0 or a.cand_bits[cand] & FORCED:
        return
    seating.chosen[s, slot] = -1
    o = a.cand_occ[cand]
    seating.load[o] -= 1
    for j in range(a.occ_res_start[o], a.occ_res_start[o + 1]):
        r = a.occ_res[j]
        start, end = seating.member_start[r], seating.member_start[r] + seating.filled[r]
        for i in range(start, end):
            if seating.members[i] == s:
                seating.members[i] = seating.members[end - 1]
                seating.filled[r] -= 1
                break
        seating.free[r] += 1
        if seating.free[r] == 1:
            _reopen(a, seating, r)


@njit(nogil=True, cache=True)
def week_value(a: Arrays, s: int, row: Ints) -> int:
    """Units that a week is worth: weights less the cost of empty slots, unmet needs and moves. Friends not counted."""
    slots = len(row)
    value = 0
    met = 0
    for t in range(slots):
        cand = row[t]
        if cand >= 0:
            value += a.cand_weight[cand]
            met |= a.cand_bits[cand] & NEED_BITS
    before, until = -1, -2
    for t in range(slots):
        site = site_at(a, row, t)
        if site >= 0:
            if before >= 0 and site != before and until == t - 1 and a.adjacent[t]:
                value -= a.move_cost
            before, until = site, t
        elif a.wanted[s, t]:
            value -= a.unplaced_cost
    for need in range(a.needs[s]):
        if not met >> need & 1:
            value -= a.need_cost
    return value


@njit(nogil=True, cache=True)
def site_at(a: Arrays, row: Ints, slot: int) -> int:
    """The site a week puts the student at in `slot`, or -1."""
    if row[slot] >= 0:
        return int(a.occ_site[a.cand_occ[row[slot]]])
    if len(a.span_cand):
        for t in range(slot):
            if row[t] >= 0 and a.occ_covers[a.cand_occ[row[t]], slot]:
                return int(a.occ_site[a.cand_occ[row[t]]])
    return -1


@njit(nogil=True, cache=True)
def around(a: Arrays, row: Ints, slot: int) -> tuple[int, int, int, int]:
    """Where the week `row` puts the student before and after `slot`: site and slot of each, -1 for nowhere."""
    before, left, after, due = -1, -1, -1, -1
    for t in range(slot - 1, -1, -1):
        before = site_at(a, row, t)
        if before >= 0:
            left = t
            break
    for t in range(slot + 1, len(row)):
        after = site_at(a, row, t)
        if after >= 0:
            due = t
            break
    return before, left, after, due


@njit(nogil=True, cache=True, inline="always")
def fits_between(travel: Ints, gap: Ints, before: int, left: int, after: int, due: int, slot: int, site: int) -> bool:
    """Whether `site` in `slot` leaves time to travel from where `around` says the student comes, and to go on."""
    if before >= 0 and before != site and travel[before, site] > gap[left, slot]:
        return False
    return not (after >= 0 and after != site and travel[site, after] > gap[slot, due])


@njit(nogil=True, cache=True)
def week_values(a: Arrays, chosen: Ints, lo: int, hi: int) -> int:
    """Sum of `week_value` over the students `lo:hi`."""
    total = 0
    for s in range(lo, hi):
        total += week_value(a, s, chosen[s])
    return total


@njit(nogil=True, cache=True)
def company(a: Arrays, chosen: Ints, s: int, buffer: Ints) -> Ints:
    """What others' places mean for the candidates of `s`: a bonus beside friends, BARRED where kept apart.

    Returns the part of `buffer` that `best_week` takes as `extra`; empty when nobody matters to `s`.
    """
    if a.rel_start[s] == a.rel_start[s + 1]:
        return buffer[:0]
    slots = chosen.shape[1]
    base, end = a.cand_start[s * slots], a.cand_start[(s + 1) * slots]
    for c in range(base, end):
        buffer[c - base] = 0
        for i in range(a.rel_start[s], a.rel_start[s + 1]):
            for t in range(slots):
                theirs = chosen[a.rel_other[i], t]
                if theirs >= 0:
                    buffer[c - base] += _beside(a, a.cand_occ[c], a.cand_occ[theirs], a.rel_apart[i])
    return buffer[: end - base]


@njit(nogil=True, cache=True)
def _beside(a: Arrays, mine: int, theirs: int, apart: int) -> int:
    if not apart:
        return a.friend_bonus if mine == theirs else 0
    if a.occ_space[mine] == a.occ_space[theirs]:
        for t in range(a.occ_covers.shape[1]):
            if a.occ_covers[mine, t] and a.occ_covers[theirs, t]:
                return BARRED
    return 0

"""The auction: who finds a seat taken outbids the student it matters least to, who then looks again."""

import numpy as np
from numba import njit

from services.scheduler.domain.distribution.bundles import OVERFLOW, Labels, best_week
from services.scheduler.domain.distribution.problem import FORCED, NEED_BITS, Arrays, Ints, Longs
from services.scheduler.domain.distribution.seating import Seating, around, company, fits_between, leave, sit

LOOK_AT = 24
"""How many of a full limit's students are compared before one is sent away; more is slower and hardly better."""


@njit(nogil=True, cache=True)
def _loss(a: Arrays, chosen: Ints, s: int, slot: int, per_occ: Ints) -> int:
    """What student `s` would lose at present prices by giving up what begins in `slot`, the rest kept."""
    slots = chosen.shape[1]
    row = chosen[s]
    mine = row[slot]
    met = 0
    for t in range(slots):
        if t != slot and row[t] >= 0:
            met |= a.cand_bits[row[t]] & NEED_BITS
    before, left, after, due = around(a, row, slot)
    cand_weight, cand_bits, cand_occ, occ_site = a.cand_weight, a.cand_bits, a.cand_occ, a.occ_site
    travel, gap, occ_span = a.travel, a.gap, a.occ_span
    best = -a.unplaced_cost
    for c in range(a.cand_start[s * slots + slot], a.cand_start[s * slots + slot + 1]):
        o = cand_occ[c]
        value = cand_weight[c] - per_occ[o]
        if cand_bits[c] & NEED_BITS & ~met:
            value += a.need_cost
        better = c != mine and value > best and not occ_span[o]
        if better and fits_between(travel, gap, before, left, after, due, slot, occ_site[o]):
            best = value
    value = a.cand_weight[mine] - per_occ[a.cand_occ[mine]]
    if a.cand_bits[mine] & NEED_BITS & ~met:
        value += a.need_cost
    return int(value - best)


@njit(nogil=True, cache=True)
def _slot_on(a: Arrays, row: Ints, r: int) -> int:
    """The slot in which a student's choice that draws on limit `r` begins, or -1."""
    for t in range(len(row)):
        if row[t] >= 0 and not a.cand_bits[row[t]] & FORCED:
            o = a.cand_occ[row[t]]
            for j in range(a.occ_res_start[o], a.occ_res_start[o + 1]):
                if a.occ_res[j] == r:
                    return t
    return -1


@njit(nogil=True, cache=True)
def _raise(a: Arrays, price: Longs, per_occ: Ints, r: int, by: int) -> None:
    price[r] += by
    for i in range(a.res_occ_start[r], a.res_occ_start[r + 1]):
        per_occ[a.res_occ[i]] += by


@njit(nogil=True, cache=True)
def _outbid(
    a: Arrays, seating: Seating, s: int, slot: int, r: int, price: Longs, per_occ: Ints, step: int, ceiling: int
) -> int:
    """Make room on the full limit `r` for the choice of `s` in `slot`. Returns who was sent away; `s` if nobody was."""
    start, count = seating.member_start[r], seating.filled[r]
    least, who, where = _loss(a, seating.chosen, s, slot, per_occ), s, slot
    for i in range(min(count, LOOK_AT)):
        # A fixed stride through large limits: all get their turn, and two runs compare the same students.
        other = seating.members[start + (i * (count // LOOK_AT + 1)) % count]
        t = _slot_on(a, seating.chosen[other], r)
        loss = _loss(a, seating.chosen, other, t, per_occ)
        if loss < least:
            least, who, where = loss, other, t
    _raise(a, price, per_occ, r, min(max(least, 0), ceiling) + step)
    if who != s:
        leave(a, seating, who, where)
    return who


@njit(nogil=True, cache=True)
def hold_auction(
    a: Arrays,
    seating: Seating,
    waiting: Ints,
    price: Longs,
    per_occ: Ints,
    step: int,
    ceiling: int,
    patience: int,
    w: Labels,
    buffer: Ints,
) -> int:
    """Seat the students of `waiting`, in turn; those they outbid join the end of the queue.

    price: (r,) and per_occ: (m,), both raised in place: by what the student sent away loses (at most `ceiling`) and
    `step` more. After `patience` bids a student takes what is left. Returns the turns used, or OVERFLOW when `w` is
    too narrow.
    """
    n, slots = seating.chosen.shape
    queue = np.empty(n + 1, np.int32)
    queued = np.zeros(n, np.uint8)
    bids = np.zeros(n, np.uint8)
    out = np.empty(slots, np.int32)
    head, tail = 0, len(waiting)
    queue[:tail] = waiting
    queued[waiting] = 1
    used = 0
    while head != tail:
        s = queue[head]
        head = (head + 1) % (n + 1)
        queued[s] = 0
        used += 1
        bids[s] += 1
        for t in range(slots):
            leave(a, seating, s, t)
        # Where seats are scarce two students could outbid each other for ever: in the end one takes what is left.
        on_offer = seating.runs if bids[s] <= patience else seating.is_open
        if best_week(a, s, per_occ, on_offer, company(a, seating.chosen, s, buffer), w, out) == OVERFLOW:
            return OVERFLOW
        for t in range(slots):
            if out[t] < 0 or a.cand_bits[out[t]] & FORCED:
                continue
            o = a.cand_occ[out[t]]
            # Noted before the seat is won, so that _loss can see what it would be giving up.
            seating.chosen[s, t] = out[t]
            won = True
            for j in range(a.occ_res_start[o], a.occ_res_start[o + 1]):
                r = a.occ_res[j]
                if seating.free[r] > 0:
                    continue
                who = s
                if seating.filled[r] > 0:
                    who = _outbid(a, seating, s, t, r, price, per_occ, step, ceiling)
                else:
                    _raise(a, price, per_occ, r, ceiling + step)
                if not queued[who]:
                    queued[who] = 1
                    queue[tail] = who
                    tail = (tail + 1) % (n + 1)
                if who == s:
                    won = False
                    break
            seating.chosen[s, t] = -1
            if won:
                sit(a, seating, s, t, out[t])
    return used


@njit(nogil=True, cache=True)
def seat_all(a: Arrays, seating: Seating, wishes: Ints) -> Ints:
    """Seat every student's wished-for week where seats are left; returns those who missed a place in it.

    Wishes know nothing of friends and of students kept apart: those concerned are left for the auction.
    """
    n, slots = wishes.shape
    missed = np.empty(n, np.int32)
    count = 0
    for s in range(n):
        full = a.rel_start[s] != a.rel_start[s + 1]
        for t in range(slots):
            cand = wishes[s, t]
            if cand < 0 or seating.chosen[s, t] >= 0 or a.rel_start[s] != a.rel_start[s + 1]:
                continue
            if seating.is_open[a.cand_occ[cand]]:
                sit(a, seating, s, t, cand)
            else:
                full = True
        if full:
            missed[count] = s
            count += 1
    return missed[:count]

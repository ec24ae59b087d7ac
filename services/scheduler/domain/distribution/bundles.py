"""The best week of one student at given seat prices: an exact dynamic programme over the slots."""

from typing import NamedTuple

import numpy as np
from numba import njit

from services.scheduler.domain.distribution.problem import FORCED, NEED_BITS, Arrays, Bytes, Ints, Longs

OVERFLOW = -(1 << 62)
INFEASIBLE = -(1 << 60)
BARRED = -(1 << 26)


class Labels(NamedTuple):
    """Partial weeks. Two with the same key can go on in the same ways, so only the better is kept.

    The key packs, from high to low: site + 1 (16 bits, 0 for "far enough back to be anywhere"), slot of the last
    placement + 1 (10), needs met (6), placements so far (10, kept at 0 for students without a limit), spanning
    candidates begun and not finished (15).
    """

    value: Longs
    key: Longs
    parent: Ints
    chosen: Ints  # candidate taken to get here, -1 for none
    slot: Ints  # where it begins
    best: Ints  # scratch: the best candidates of a slot, one for each site and need


def labels(slots: int, width: int = 64) -> Labels:
    """Room for `width` partial weeks a slot; `best_week` says OVERFLOW when a student needs more."""
    size = (slots + 1) * width
    return Labels(
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        *(np.empty(size, np.int32) for _ in range(4)),
    )


@njit(nogil=True, cache=True, inline="always")
def _pack(site: int, last: int, met: int, count: int, begun: int) -> int:
    return ((((((site + 1) << 10) | (last + 1)) << 6) | met) << 25) | (count << 15) | begun


@njit(nogil=True, cache=True, inline="always")
def _forgotten(gap: Ints, adjacent: Bytes, longest: int, moves: int, last: int, slot: int) -> bool:
    """Whether a placement that ended with `last` no longer matters to one that begins after `slot`."""
    if last < 0 or slot + 1 >= len(adjacent):
        return True
    if gap[last, slot + 1] < longest:
        return False
    return not (moves and last == slot and adjacent[slot + 1])


@njit(nogil=True, cache=True)
def _clashes(a: Arrays, s: int, begun: int, occ: int) -> bool:
    """Whether `occ` covers a slot that a spanning candidate already begun will need."""
    for i in range(a.span_start[s], a.span_start[s + 1]):
        if begun >> (i - a.span_start[s]) & 1:
            other = a.cand_occ[a.span_cand[i]]
            for slot in range(a.occ_covers.shape[1]):
                if a.occ_covers[other, slot] and a.occ_covers[occ, slot]:
                    return True
    return False


@njit(nogil=True, cache=True)
def _span_bit(a: Arrays, s: int, cand: int) -> int:
    for i in range(a.span_start[s], a.span_start[s + 1]):
        if a.span_cand[i] == cand:
            return int(1 << (i - a.span_start[s]))
    return 0


@njit(nogil=True, cache=True)
def _under_way(a: Arrays, s: int, begun: int, slot: int) -> int:
    """Index in `span_cand` of the begun candidate that covers `slot`, or -1."""
    for i in range(a.span_start[s], a.span_start[s + 1]):
        if begun >> (i - a.span_start[s]) & 1 and a.occ_covers[a.cand_occ[a.span_cand[i]], slot]:
            return i
    return -1


@njit(nogil=True, cache=True)
def best_week(a: Arrays, s: int, price: Ints, is_open: Bytes, extra: Ints, w: Labels, out: Ints) -> int:
    """Best week of student `s`; `out[b]` becomes the candidate that begins in slot `b`, or -1.

    price: (m,) units a seat costs. is_open: (m,) 0 bars an occurrence. extra: added to the weights of the student's
    candidates, in order; empty for none; BARRED and below bars a candidate. Honoured requests are always taken and
    pay no price. Returns the value in units, or OVERFLOW when `w` is too narrow, INFEASIBLE when there is no week.
    One long kernel with its arrays unpacked first: split up, it passes them about and runs many times slower.
    """
    cand_start, cand_occ, cand_weight, cand_bits = a.cand_start, a.cand_occ, a.cand_weight, a.cand_bits
    wanted, occ_site, occ_span, travel = a.wanted, a.occ_site, a.occ_span, a.travel
    gap, adjacent, longest, moves = a.gap, a.adjacent, a.longest_travel, a.move_cost
    value_of, key_of, parent_of, chosen_of, slot_of, best = w.value, w.key, w.parent, w.chosen, w.slot, w.best
    slots = wanted.shape[1]
    base = cand_start[s * slots]
    limit = a.most[s]
    counts = 1 if limit < 1000 else 0
    spans = a.span_start[s + 1] > a.span_start[s]
    tuned = len(extra) > 0
    room = len(value_of)
    value_of[0], key_of[0], parent_of[0], chosen_of[0], slot_of[0] = 0, 0, -1, -1, 0
    first, end = 0, 1
    for t in range(slots):
        c0, c1 = cand_start[s * slots + t], cand_start[s * slots + t + 1]
        if c0 == c1 and not wanted[s, t]:
            continue
        # Candidates at one site that meet the same need lead to the same label: only the best of them matters.
        n_best = 0
        forced = False
        for c in range(c0, c1):
            occ = cand_occ[c]
            if cand_bits[c] & FORCED:
                n_best, forced = 1, True
                best[0] = c
                break
            if not is_open[occ] or (tuned and extra[c - base] <= BARRED):
                continue
            kept = -1
            if not occ_span[occ]:
                for i in range(n_best):
                    other = cand_occ[best[i]]
                    if occ_site[other] == occ_site[occ] and cand_bits[best[i]] == cand_bits[c] and not occ_span[other]:
                        kept = i
                        break
            if kept < 0:
                if n_best >= len(best):
                    return OVERFLOW
                best[n_best] = c
                n_best += 1
            else:
                old = best[kept]
                ahead = cand_weight[c] - price[occ] - cand_weight[old] + price[cand_occ[old]]
                if tuned:
                    ahead += extra[c - base] - extra[old - base]
                if ahead > 0:
                    best[kept] = c
        if end + (end - first) * (n_best + 1) > room:
            return OVERFLOW
        new_end = end
        for i in range(first, end):
            value, key = value_of[i], key_of[i]
            begun = key & 32767
            count = key >> 15 & 1023
            met = key >> 25 & 63
            last = (key >> 31 & 1023) - 1
            site = (key >> 41) - 1
            under = _under_way(a, s, begun, t) if begun else -1
            options = n_best + 1
            if under >= 0:
                options = 0 if forced else 1
            elif counts and count >= limit:
                options = 1
            for j in range(options):
                c = -1
                now_site, now_last, now_met, now_count, now_begun = site, last, met, count, begun
                now = value
                if under >= 0 or (j < n_best and options > 1):
                    if under >= 0:
                        occ = cand_occ[a.span_cand[under]]
                        if a.occ_last[occ] == t:
                            now_begun ^= 1 << (under - a.span_start[s])
                    else:
                        c = best[j]
                        occ = cand_occ[c]
                        now += cand_weight[c]
                        if not forced:
                            now -= price[occ]
                        if tuned and not forced:
                            now += extra[c - base]
                        if begun and _clashes(a, s, begun, occ):
                            continue
                        now_met |= cand_bits[c] & NEED_BITS
                        now_count += counts
                        if spans and occ_span[occ]:
                            now_begun |= _span_bit(a, s, c)
                    to = occ_site[occ]
                    if site >= 0 and site != to:
                        if travel[site, to] > gap[last, t]:
                            continue
                        if moves and last == t - 1 and adjacent[t]:
                            now -= moves
                    now_site, now_last = to, t
                elif forced:
                    continue
                elif wanted[s, t]:
                    now -= a.unplaced_cost
                if _forgotten(gap, adjacent, longest, moves, now_last, t):
                    now_site, now_last = -1, -1
                new_key = _pack(now_site, now_last, now_met, now_count, now_begun)
                same = -1
                for k in range(end, new_end):
                    if key_of[k] == new_key:
                        same = k
                        break
                if same < 0:
                    same = new_end
                    new_end += 1
                    key_of[same] = new_key
                elif now <= value_of[same]:
                    continue
                value_of[same], parent_of[same], chosen_of[same], slot_of[same] = now, i, c, t
        first, end = end, new_end
    return _best_of(a, s, w, first, end, out)


@njit(nogil=True, cache=True)
def _best_of(a: Arrays, s: int, w: Labels, first: int, end: int, out: Ints) -> int:
    """Pick the best last label, charge unmet needs and write its choices to `out`."""
    best, at = INFEASIBLE, -1
    for i in range(first, end):
        met = w.key[i] >> 25 & 63
        value = w.value[i]
        for need in range(a.needs[s]):
            if not met >> need & 1:
                value -= a.need_cost
        if value > best:
            best, at = value, i
    out[:] = -1
    while at > 0:
        if w.chosen[at] >= 0:
            out[w.slot[at]] = w.chosen[at]
        at = w.parent[at]
    return best

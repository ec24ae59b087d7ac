"""A reason for every ranked choice of every student, and what would have changed it."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.domain.distribution.credit import CEILING
from services.scheduler.domain.distribution.evening import Evened, credit_to_count
from services.scheduler.domain.distribution.problem import FORCED


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a student did or did not get a choice: keys of `texts` with their facts."""

    occurrence: int
    rank: int
    key: str
    facts: dict[str, Any]
    change: str = ""
    change_facts: dict[str, Any] | None = None


class Explainer:
    """Looks at one answer from each student's side."""

    def __init__(self, prepared: Prepared, found: Evened) -> None:
        answer = found.answer
        self.p, self.answer, self.found = prepared, answer, found
        a = found.tilted.arrays
        self.a, self.chosen = a, answer.chosen
        self.titles = [o.title or o.id for o in prepared.occurrences]
        self.slots_of = [np.flatnonzero(row).tolist() for row in a.occ_covers]
        self.students_in: list[list[int]] = [[] for _ in prepared.occurrences]
        where, _ = np.nonzero(answer.chosen >= 0)
        taken = answer.chosen[answer.chosen >= 0]
        for s, o in zip(where.tolist(), a.cand_occ[taken].tolist(), strict=True):
            self.students_in[o].append(s)
        load = np.bincount(a.cand_occ[taken[a.cand_bits[taken] < FORCED]], minlength=len(self.titles))
        self.free = prepared.problem.seats.astype(np.int64)
        np.subtract.at(self.free, a.occ_res, np.repeat(load, np.diff(a.occ_res_start)))
        shut = np.repeat(np.arange(len(self.titles)), np.diff(a.occ_res_start))[self.free[a.occ_res] <= 0]
        self.is_open = answer.runs > 0
        self.is_open[shut] = False
        self.ranked_by = np.zeros(len(prepared.occurrences), np.int64)
        self.first_of = np.zeros(len(prepared.occurrences), np.int64)
        for choices in prepared.ranked:
            for o, rank in choices:
                self.ranked_by[o] += 1
                self.first_of[o] += rank == 1
        # Worked out once for each offer or student, however many ask.
        self.credits: dict[int, list[float]] = {}
        self.held_by_request: dict[int, int] = {}
        self.fallback: dict[tuple[int, int], int] = {}
        self.least_loss: dict[tuple[int, int], int | None] = {}

    def week(self, s: int) -> dict[int, int]:
        """Slot -> occurrence, of everything the student is in."""
        a = self.a
        held: dict[int, int] = {}
        for c in self.chosen[s]:
            if c >= 0:
                o = int(a.cand_occ[c])
                held.update((t, o) for t in self.slots_of[o])
        return held

    def reasons(self, s: int) -> list[Reason]:
        """One reason for each ranked choice that counts, in the student's order."""
        week = self.week(s)
        forced = {int(self.a.cand_occ[c]) for c in self.chosen[s] if c >= 0 and self.a.cand_bits[c] & FORCED}
        ranks = dict(self.p.ranked[s])
        return [self._why(s, o, rank, week, forced, ranks) for o, rank in self.p.ranked[s]]

    def _why(self, s: int, o: int, rank: int, week: dict[int, int], forced: set[int], ranks: dict[int, int]) -> Reason:
        slots = self.slots_of[o]
        block = self.p.slots.names[slots[0]]
        facts: dict[str, Any] = {"occurrence": self.titles[o], "rank": rank, "block": block}
        if week.get(slots[0]) == o:
            return Reason(o, rank, "request-honoured" if o in forced else "placed", facts)
        held = [week[t] for t in slots if t in week]
        in_place = held[0] if held else -1
        facts["got"] = self.titles[in_place] if held else ""
        for other in held:
            if other in forced:
                return Reason(o, rank, "requested-elsewhere", {**facts, "got": self.titles[other]})
        if not self.answer.runs[o]:
            return Reason(o, rank, "not-running", {**facts, "minimum": self.p.occurrences[o].minimum})
        if held and week.get(slots[0]) == in_place and 0 < ranks.get(in_place, 0) < rank:
            return Reason(o, rank, "better-choice", facts)
        if self._barred(s, o):
            return Reason(o, rank, "not-possible-here", facts)
        limits = self.a.occ_res[self.a.occ_res_start[o] : self.a.occ_res_start[o + 1]]
        full = [int(r) for r in limits if self.free[r] <= 0]
        if full:
            return self._full(s, o, rank, facts, full[0], week)
        return Reason(o, rank, *self._seat_left(s, o, slots, week, facts))

    def _seat_left(
        self, s: int, o: int, slots: list[int], week: dict[int, int], facts: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Why a choice with a seat left was not given."""
        far = self._too_far(o, slots, week)
        if far >= 0:
            return "too-far", {**facts, "got": self.titles[far]}
        held = [week[t] for t in slots if t in week]
        if not held:
            most = int(self.a.most[s])
            if len(set(week.values())) >= most:
                return "most-reached", {**facts, "most": most}
            return "lower-choice", {**facts, "got": "nothing"}
        if len(slots) > 1 or self.a.occ_span[held[0]]:
            return "overlaps", facts
        if self.p.occurrences[held[0]].kind in self.p.needs[s]:
            return "need-first", facts
        friends = {int(self.a.rel_other[i]) for i in range(self.a.rel_start[s], self.a.rel_start[s + 1])}
        return ("friends" if friends & set(self.students_in[held[0]]) else "lower-choice"), facts

    def _barred(self, s: int, o: int) -> bool:
        a = self.a
        for i in range(a.rel_start[s], a.rel_start[s + 1]):
            if a.rel_apart[i]:
                for t, theirs in self.week(int(a.rel_other[i])).items():
                    if a.occ_covers[o, t] and a.occ_space[o] == a.occ_space[theirs]:
                        return True
        return False

    def _too_far(self, o: int, slots: list[int], week: dict[int, int]) -> int:
        """The occurrence of the week that `o` is too far from, or -1."""
        a = self.a
        for t in slots:
            before = max((u for u in week if u < t and u not in slots), default=-1)
            after = min((u for u in week if u > t and u not in slots), default=-1)
            if before >= 0 and a.travel[a.occ_site[week[before]], a.occ_site[o]] > a.gap[before, t]:
                return week[before]
            if after >= 0 and a.travel[a.occ_site[o], a.occ_site[week[after]]] > a.gap[t, after]:
                return week[after]
        return -1

    def _full(self, s: int, o: int, rank: int, facts: dict[str, Any], limit: int, week: dict[int, int]) -> Reason:
        seats = int(self.p.problem.seats[limit])
        if seats == 0:
            return Reason(o, rank, "no-seats", facts)
        seats += self._held_by_request(limit)
        facts |= {"seats": seats, "first": int(self.first_of[o]), "ranked": int(self.ranked_by[o])}
        facts["ahead"] = self._with_more_credit(o, float(self.found.counted[s]))
        extra = self.credit_needed(s, o, week)
        if extra is None or not 0 < extra <= CEILING - self.p.students[s].credit:
            return Reason(o, rank, "full", facts, "nothing-simple", {})
        return Reason(o, rank, "full", facts, "with-credit", {"credit": extra})

    def _with_more_credit(self, o: int, credit: float) -> int:
        """How many of those in `o` have more."""
        if o not in self.credits:
            self.credits[o] = sorted(float(self.found.counted[u]) for u in self.students_in[o])
        return len(self.credits[o]) - bisect_right(self.credits[o], credit)

    def _held_by_request(self, r: int) -> int:
        """Seats of limit `r` that requests hold."""
        if r not in self.held_by_request:
            occs = self.a.res_occ[self.a.res_occ_start[r] : self.a.res_occ_start[r + 1]]
            self.held_by_request[r] = sum(self._forced_on(u, r) for o in occs for u in self.students_in[o])
        return self.held_by_request[r]

    def _forced_on(self, u: int, r: int) -> bool:
        """Whether student `u` holds a seat of limit `r` by a request."""
        for c in self.chosen[u]:
            if c >= 0 and self.a.cand_bits[c] & FORCED:
                o = self.a.cand_occ[c]
                if r in self.a.occ_res[self.a.occ_res_start[o] : self.a.occ_res_start[o + 1]]:
                    return True
        return False

    def credit_needed(self, s: int, o: int, week: dict[int, int]) -> float | None:
        """Credit that would have made it worth while to send someone else away for `s`; None if no credit would.

        Sends away whoever in `o` loses least by going to an open place of the same slot, to the one that `s`
        leaves, or to none. More credit raises the worth of what the student has as well, so only the difference in
        points counts.
        """
        a, points = self.a, self.p.problem.cand_points
        slot = self.slots_of[o][0]
        mine = self._candidate(s, slot, o)
        had = int(self.chosen[s, slot])
        if mine < 0 or a.occ_span[o] or self._too_far(o, [slot], week) >= 0:
            return None
        vacated = int(a.cand_occ[had]) if had >= 0 else -1
        if (o, vacated) not in self.least_loss:
            losses = (self._loss(u, slot, o, vacated) for u in self.students_in[o])
            self.least_loss[o, vacated] = min((x for x in losses if x is not None), default=None)
        loss = self.least_loss[o, vacated]
        step = float(points[mine] - (points[had] if had >= 0 else 0))
        if loss is None or step <= 0:
            return None
        gain = int(a.cand_weight[mine]) - (int(a.cand_weight[had]) if had >= 0 else -a.unplaced_cost)
        return credit_to_count(self.found, s, max(0, loss - gain + 1) / step)

    def _candidate(self, s: int, slot: int, o: int) -> int:
        """The candidate of `s` that begins in `slot` and is for `o`, or -1."""
        row = s * self.p.problem.slots + slot
        first, last = int(self.a.cand_start[row]), int(self.a.cand_start[row + 1])
        found = np.flatnonzero(self.a.cand_occ[first:last] == o)
        return first + int(found[0]) if len(found) else -1

    def _loss(self, u: int, slot: int, o: int, vacated: int) -> int | None:
        """Units that `u` would lose by leaving `o` for an open place of the slot, for `vacated`, or for none."""
        a = self.a
        mine = int(self.chosen[u, slot])
        if mine < 0 or a.cand_occ[mine] != o or a.cand_bits[mine] & FORCED:
            return None
        best = self._fallback(u, slot)
        other = self._candidate(u, slot, vacated)
        if other >= 0 and a.cand_weight[other] > best and self._too_far(vacated, [slot], self.week(u)) < 0:
            best = int(a.cand_weight[other])
        return int(a.cand_weight[mine]) - best

    def _fallback(self, u: int, slot: int) -> int:
        """Units of the best open place of `slot` for `u`, the rest of the week kept; no place costs what it costs."""
        if (u, slot) not in self.fallback:
            a, row = self.a, u * self.p.problem.slots + slot
            first, last = int(a.cand_start[row]), int(a.cand_start[row + 1])
            occs, week = a.cand_occ[first:last], self.week(u)
            near = [i for i in np.flatnonzero(self.is_open[occs]) if self._too_far(int(occs[i]), [slot], week) < 0]
            best = max((int(a.cand_weight[first + i]) for i in near), default=-a.unplaced_cost)
            self.fallback[u, slot] = max(best, -a.unplaced_cost)
        return self.fallback[u, slot]

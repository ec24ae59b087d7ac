"""A reason for every ranked choice of every student, and what would have changed it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.domain.distribution.credit import CEILING
from services.scheduler.domain.distribution.problem import FORCED
from services.scheduler.domain.distribution.solve import Answer


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

    def __init__(self, prepared: Prepared, answer: Answer) -> None:
        self.p, self.answer = prepared, answer
        a = prepared.problem.arrays
        self.a, self.chosen = a, answer.chosen
        self.titles = [o.title or o.id for o in prepared.occurrences]
        self.students_in: list[list[int]] = [[] for _ in prepared.occurrences]
        self.free = prepared.problem.seats.astype(np.int64)
        for s, t in np.argwhere(answer.chosen >= 0).tolist():
            c = answer.chosen[s, t]
            self.students_in[a.cand_occ[c]].append(s)
            if not a.cand_bits[c] & FORCED:
                o = a.cand_occ[c]
                np.subtract.at(self.free, a.occ_res[a.occ_res_start[o] : a.occ_res_start[o + 1]], 1)
        self.ranked_by = np.zeros(len(prepared.occurrences), np.int64)
        self.first_of = np.zeros(len(prepared.occurrences), np.int64)
        for choices in prepared.ranked:
            for o, rank in choices:
                self.ranked_by[o] += 1
                self.first_of[o] += rank == 1

    def week(self, s: int) -> dict[int, int]:
        """Slot -> occurrence, of everything the student is in."""
        a = self.a
        held: dict[int, int] = {}
        for c in self.chosen[s]:
            if c >= 0:
                o = int(a.cand_occ[c])
                held.update((int(t), o) for t in np.flatnonzero(a.occ_covers[o]))
        return held

    def reasons(self, s: int) -> list[Reason]:
        """One reason for each ranked choice that counts, in the student's order."""
        week = self.week(s)
        forced = {int(self.a.cand_occ[c]) for c in self.chosen[s] if c >= 0 and self.a.cand_bits[c] & FORCED}
        ranks = dict(self.p.ranked[s])
        return [self._why(s, o, rank, week, forced, ranks) for o, rank in self.p.ranked[s]]

    def _why(self, s: int, o: int, rank: int, week: dict[int, int], forced: set[int], ranks: dict[int, int]) -> Reason:
        slots = [int(t) for t in np.flatnonzero(self.a.occ_covers[o])]
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
            return self._full(s, o, rank, facts, full)
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

    def _full(self, s: int, o: int, rank: int, facts: dict[str, Any], full: list[int]) -> Reason:
        seats = int(self.p.problem.seats[full[0]]) + sum(self._forced_on(u, full[0]) for u in self._holders(full[0]))
        if int(self.p.problem.seats[full[0]]) == 0:
            return Reason(o, rank, "no-seats", facts)
        credit = self.p.students[s].credit
        ahead = sum(self.p.students[u].credit > credit for u in self.students_in[o])
        facts |= {"seats": seats, "first": int(self.first_of[o]), "ranked": int(self.ranked_by[o]), "ahead": ahead}
        extra = self.credit_needed(s, o)
        if extra is None or not 0 < extra <= CEILING:
            return Reason(o, rank, "full", facts, "nothing-simple", {})
        return Reason(o, rank, "full", facts, "with-credit", {"credit": extra})

    def _holders(self, r: int) -> list[int]:
        occs = self.a.res_occ[self.a.res_occ_start[r] : self.a.res_occ_start[r + 1]]
        return [u for o in occs for u in self.students_in[o]]

    def _forced_on(self, u: int, r: int) -> bool:
        """Whether student `u` holds a seat of limit `r` by a request."""
        for c in self.chosen[u]:
            if c >= 0 and self.a.cand_bits[c] & FORCED:
                o = self.a.cand_occ[c]
                if r in self.a.occ_res[self.a.occ_res_start[o] : self.a.occ_res_start[o + 1]]:
                    return True
        return False

    def credit_needed(self, s: int, o: int) -> float | None:
        """Credit that would have made it worth while to send someone else away for `s`; None if no credit would.

        Sends away whoever in `o` loses least by going to an open place of the same slot, to the one that `s`
        leaves, or to none. More credit raises the worth of what the student has as well, so only the difference in
        points counts.
        """
        a, points, tilt = self.a, self.p.problem.cand_points, self.p.round.policy.credit_tilt
        slot = int(a.occ_covers[o].argmax())
        mine = self._candidate(s, slot, o)
        had = int(self.chosen[s, slot])
        week = self.week(s)
        if mine < 0 or a.occ_span[o] or not tilt or self._too_far(o, [slot], week) >= 0:
            return None
        vacated = int(a.cand_occ[had]) if had >= 0 else -1
        losses = [x for u in self.students_in[o] if (x := self._loss(u, slot, o, vacated)) is not None]
        step = float(points[mine] - (points[had] if had >= 0 else 0))
        if not losses or step <= 0:
            return None
        gain = int(a.cand_weight[mine]) - (int(a.cand_weight[had]) if had >= 0 else -a.unplaced_cost)
        return float(np.ceil(max(0.0, min(losses) - gain + 1) / (step * tilt) * 100) / 100)

    def _candidate(self, s: int, slot: int, o: int) -> int:
        row = s * self.p.problem.slots + slot
        for c in range(int(self.a.cand_start[row]), int(self.a.cand_start[row + 1])):
            if self.a.cand_occ[c] == o:
                return c
        return -1

    def _loss(self, u: int, slot: int, o: int, vacated: int) -> int | None:
        a, row = self.a, u * self.p.problem.slots + slot
        mine = self._candidate(u, slot, o)
        if mine < 0 or a.cand_bits[mine] & FORCED:
            return None
        best = -a.unplaced_cost
        week = self.week(u)
        for c in range(int(a.cand_start[row]), int(a.cand_start[row + 1])):
            limits = a.occ_res[a.occ_res_start[a.cand_occ[c]] : a.occ_res_start[a.cand_occ[c] + 1]]
            open_to_all = (self.free[limits] > 0).all() and self.answer.runs[a.cand_occ[c]]
            open_to_all = open_to_all or a.cand_occ[c] == vacated
            if open_to_all and a.cand_weight[c] > best and self._too_far(int(a.cand_occ[c]), [slot], week) < 0:
                best = int(a.cand_weight[c])
        return int(a.cand_weight[mine]) - best

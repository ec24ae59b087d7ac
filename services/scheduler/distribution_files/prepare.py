"""From names to arrays: the round in a fixed order, honoured requests seated, and whatever cannot count set aside."""

from math import ceil
from typing import Any

import numpy as np

from services.scheduler.distribution_files.calm_spaces import calm_rankings
from services.scheduler.distribution_files.lottery import lottery
from services.scheduler.distribution_files.prepared import Notice, Prepared
from services.scheduler.distribution_files.ranked_round import LEVELS, Occurrence, RankedRound, Request, Student
from services.scheduler.distribution_files.slots import slots_of
from services.scheduler.domain.distribution.evening import MOST_TILT
from services.scheduler.domain.distribution.problem import NO_LIMIT, UNITS_PER_POINT, Arrays, Ints, Numbers, Problem
from services.scheduler.domain.distribution.requests import HONOURED, Outcome, Timetable, settle_requests

MOST_NEEDS, MOST_SPANS = 6, 15


def prepare(ranked_round: RankedRound) -> Prepared:
    """Arrays of a round. The order of the input's rows makes no difference but in rankings."""
    students = sorted(ranked_round.students, key=lambda s: (lottery(ranked_round.seed, s.id), s.id))
    occurrences = sorted(ranked_round.occurrences, key=lambda o: o.id)
    return _Builder(ranked_round, students, occurrences).build()


class _Builder:
    def __init__(self, ranked_round: RankedRound, students: list[Student], occurrences: list[Occurrence]) -> None:
        self.round, self.students, self.occurrences = ranked_round, students, occurrences
        self.slots = slots_of(ranked_round.blocks)
        self.index = {o.id: i for i, o in enumerate(occurrences)}
        self.number = {s.id: i for i, s in enumerate(students)}
        self.notices, space_of = list[Notice](), {s.id: s for s in ranked_round.spaces}
        sites = [o.site or (space_of[o.space].site if o.space else "") for o in occurrences]
        named = sorted({*sites, *(t.from_site for t in ranked_round.travel), *(t.to_site for t in ranked_round.travel)})
        self.site_number = {site: i for i, site in enumerate(named)}
        self.site = np.array([self.site_number[s] for s in sites], np.int32)
        spaces = sorted({o.space or f"\n{o.id}" for o in occurrences})
        self.space_number = {name: i for i, name in enumerate(spaces)}
        self.space = np.array([self.space_number[o.space or f"\n{o.id}"] for o in occurrences], np.int32)
        self.covers = np.zeros((len(occurrences), max(1, self.slots.count)), np.uint8)
        for i, o in enumerate(occurrences):
            self.covers[i, [t for b in o.blocks for t in self.slots.of_block[b]]] = 1

    def build(self) -> Prepared:
        (limits, seats, draws), travel = self._limits(), self._travel()
        apart, friends = self._relations()
        most = np.array([NO_LIMIT if s.most is None else min(s.most, 999) for s in self.students], np.int16)
        timetable = Timetable(self.covers, self.site, self.space, draws, self.slots.gap, travel)
        outcomes, seats = self._requests(timetable, seats, most, apart)
        ranked, weights = self._rankings()
        needs = [self._needs(s) for s in self.students]
        held: list[list[int]] = [[] for _ in self.students]
        for request, outcome in outcomes:
            if outcome.code == HONOURED:
                held[self.number[request.student]].append(self.index[request.occurrence])
        rows = self._candidates(ranked, weights, needs, held)
        problem = self._problem(rows, seats, draws, travel, most, needs, apart, friends, held)
        return Prepared(
            self.round, problem, self.slots, self.students, self.occurrences, needs, outcomes, limits, self.index,
            ranked, self.notices,
        )  # fmt: skip

    def _limits(self) -> tuple[list[str], Ints, list[list[int]]]:
        """Seat limits: an occurrence's own seats, then those of its space in each slot, where it shares the space."""
        names: dict[str, int] = {}
        seats: list[int] = []
        draws: list[list[int]] = []
        space_of = {s.id: s for s in self.round.spaces}
        shared = np.zeros((len(self.space_number), self.covers.shape[1]), np.int64)
        np.add.at(shared, self.space, self.covers)
        for i, o in enumerate(self.occurrences):
            room = space_of[o.space].seats if o.space else None
            alone = (shared[self.space[i]][self.covers[i] > 0] == 1).all()
            own = [x for x in (o.seats, room if alone else None) if x is not None]
            mine = [self._limit(names, seats, f"occurrence:{o.id}", min(own))] if own else []
            if room is not None and not alone:
                mine += [
                    self._limit(names, seats, f"space:{o.space}@{t}", room) for t in np.flatnonzero(self.covers[i])
                ]
            draws.append(mine or [self._limit(names, seats, f"occurrence:{o.id}", len(self.students))])
        return list(names), np.array(seats, np.int32), draws

    @staticmethod
    def _limit(names: dict[str, int], seats: list[int], name: str, count: int) -> int:
        if name not in names:
            names[name] = len(seats)
            seats.append(min(count, 2**30))
        return names[name]

    def _travel(self) -> Ints:
        minutes = np.zeros((max(1, len(self.site_number)),) * 2, np.int32)
        given = {(x.from_site, x.to_site) for x in self.round.travel}
        for t in self.round.travel:
            a, b = self.site_number[t.from_site], self.site_number[t.to_site]
            minutes[a, b] = t.minutes
            if (t.to_site, t.from_site) not in given:
                minutes[b, a] = t.minutes
        np.fill_diagonal(minutes, 0)
        return minutes

    def _relations(self) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
        """Who is kept apart from whom, and who are friends: both named each other, or all are in one team."""
        apart: dict[int, set[int]] = {}
        friends: dict[int, set[int]] = {}
        for pair in self.round.keep_apart:
            if self._both(pair.student, pair.other, pair.row):
                self._join(apart, pair.student, pair.other)
        named = {(p.student, p.other) for p in self.round.friends}
        for pair in self.round.friends:
            if self._both(pair.student, pair.other, pair.row):
                if (pair.other, pair.student) in named:
                    self._join(friends, pair.student, pair.other)
                else:
                    self.notices.append(Notice("friend-not-mutual", pair.student, pair.other, pair.row))
        for row, team in enumerate(self.round.teams):
            for a in team:
                for b in team:
                    if a < b and self._both(a, b, row):
                        self._join(friends, a, b)
        for s, others in friends.items():
            friends[s] = others - apart.get(s, set())
        return apart, friends

    def _both(self, a: str, b: str, row: int) -> bool:
        for name in (a, b):
            if name not in self.number:
                self.notices.append(Notice("unknown-student", name, "", row))
                return False
        if a == b:
            self.notices.append(Notice("same-person", a, b, row))
        return a != b

    def _join(self, relation: dict[int, set[int]], a: str, b: str) -> None:
        relation.setdefault(self.number[a], set()).add(self.number[b])
        relation.setdefault(self.number[b], set()).add(self.number[a])

    def _requests(
        self, timetable: Timetable, seats: Ints, most: Numbers, apart: dict[int, set[int]]
    ) -> tuple[list[tuple[Request, Outcome]], Ints]:
        def place(request: Request) -> tuple[int, int, str, str, str, str]:
            level, r = LEVELS.index(request.level), request
            return level, r.rank, r.made_at, r.id, r.student, r.occurrence

        known = []
        for request in sorted(self.round.requests, key=place):
            if request.student not in self.number:
                self.notices.append(Notice("unknown-student", request.student, request.occurrence, request.row))
            elif request.occurrence not in self.index:
                self.notices.append(Notice("unknown-occurrence", request.student, request.occurrence, request.row))
            elif not self._eligible(self.students[self.number[request.student]], request.occurrence):
                self.notices.append(Notice("request-not-eligible", request.student, request.occurrence, request.row))
            else:
                known.append(request)
        s = np.array([self.number[r.student] for r in known], np.int32)
        o = np.array([self.index[r.occurrence] for r in known], np.int32)
        outcomes, left = settle_requests(s, o, timetable, seats, most, apart)
        return list(zip(known, outcomes, strict=False)), left

    def _eligible(self, student: Student, occurrence: str) -> bool:
        o = self.occurrences[self.index[occurrence]]
        if student.id in o.not_for or (o.only and student.id not in o.only):
            return False
        return not o.groups or student.group in o.groups

    def _needs(self, student: Student) -> list[str]:
        kinds = {o.kind for o in self.occurrences if o.kind}
        wanted = sorted(set(student.needs))
        for need in wanted[MOST_NEEDS:]:
            self.notices.append(Notice("too-many-needs", student.id, need))
        for need in wanted[:MOST_NEEDS]:
            if need not in kinds:
                self.notices.append(Notice("no-such-kind", student.id, need))
        return wanted[:MOST_NEEDS]

    def _rankings(self) -> tuple[list[list[tuple[int, int]]], list[dict[int, tuple[float, bool]]]]:
        """Per student: (occurrence, rank) in order, and points and goal of each."""
        ranked: list[list[tuple[int, int]]] = [[] for _ in self.students]
        worth: list[dict[int, tuple[float, bool]]] = [{} for _ in self.students]
        points = self.round.policy.points
        calm = calm_rankings(self.round, self._eligible, self.notices)
        for row in sorted([*self.round.choices, *calm], key=lambda r: (r.student, r.row)):
            if row.student not in self.number:
                self.notices.append(Notice("unknown-student", row.student, ", ".join(row.ranked[:3]), row.row))
                continue
            s, goals, depth = self.number[row.student], set(row.goals), dict[int, int]()
            for o, rank in ranked[s]:
                depth[self._begins(o)] = max(depth.get(self._begins(o), 0), rank)
            for i, name in enumerate(row.ranked):
                o = self.index.get(name, -1)
                key = self._refused(self.students[s], name, o, worth[s])
                if key:
                    self.notices.append(Notice(key, row.student, name, row.row))
                    continue
                rank = depth[self._begins(o)] = depth.get(self._begins(o), 0) + 1
                value = row.weights[i] if row.weights else points[min(rank, len(points)) - 1]
                ranked[s].append((o, rank))
                worth[s][o] = (value, name in goals)
        return ranked, worth

    def _begins(self, o: int) -> int:
        return int(self.covers[o].argmax())

    def _refused(self, student: Student, name: str, o: int, seen: dict[int, tuple[float, bool]]) -> str:
        if o < 0 or not self._eligible(student, name):
            return "unknown-occurrence" if o < 0 else "not-eligible"
        if o in seen:
            return "ranked-twice"
        spans = self.covers[o].sum() > 1 and sum(self.covers[x].sum() > 1 for x in seen) >= MOST_SPANS
        return "too-many-spanning" if spans else ""

    def _candidates(
        self,
        ranked: list[list[tuple[int, int]]],
        worth: list[dict[int, tuple[float, bool]]],
        needs: list[list[str]],
        held: list[list[int]],
    ) -> list[tuple[int, int, int, int, int, int, int]]:
        """(student, slot, occurrence, points, weight, bits, rank), sorted; forced ones push out what overlaps them."""
        rows = []
        for s in range(n := len(self.students)):
            taken = self.covers[held[s]].any(axis=0) if held[s] else None
            ranks = dict(ranked[s])
            for o in sorted({*ranks, *held[s]}):
                forced = o in held[s]
                if taken is not None and not forced and (self.covers[o].astype(bool) & taken).any():
                    continue
                value, has_goal = worth[s].get(o, (0.0, False))
                points = round(value * UNITS_PER_POINT)
                weight = round(value * UNITS_PER_POINT + self.round.policy.goal * has_goal * UNITS_PER_POINT)
                # Up to a tenth of a point by lottery: ties are broken, and nothing else is.
                weight += (n - 1 - s) * 10 // n if points else 0
                kind = self.occurrences[o].kind
                bits = 1 << needs[s].index(kind) if kind in needs[s] else 0
                rows.append((s, self._begins(o), o, points, weight, bits | (128 if forced else 0), ranks.get(o, 0)))
        rows.sort(key=lambda r: (r[0], r[1], r[6] or 999, r[2]))
        return rows

    def _problem(
        self,
        rows: list[tuple[int, int, int, int, int, int, int]],
        seats: Ints,
        draws: list[list[int]],
        travel: Ints,
        most: Numbers,
        needs: list[list[str]],
        apart: dict[int, set[int]],
        friends: dict[int, set[int]],
        held: list[list[int]],
    ) -> Problem:
        n, t, m = len(self.students), self.covers.shape[1], len(self.occurrences)
        table = np.array(rows, np.int64).reshape(-1, 7)
        counts = np.bincount(table[:, 0] * t + table[:, 1], minlength=n * t)
        # Nobody ranked anything: one row that belongs to nobody, so that every array has something to point at.
        table = table if len(table) else np.zeros((1, 7), np.int64)
        occ = table[:, 2]
        wanted = np.zeros((n, t), np.uint8)
        np.maximum.at(wanted, table[: counts.sum(), 0], self.covers[occ[: counts.sum()]])
        spanning = np.flatnonzero(self.covers[occ[: counts.sum()]].sum(axis=1) > 1)
        span_counts = np.bincount(table[spanning, 0], minlength=n)
        unplaced, need = self._tiers(table[: counts.sum()], n, t, needs)
        arrays = Arrays(
            cand_start=_starts(counts),
            cand_occ=occ.astype(np.int32),
            cand_weight=table[:, 4].astype(np.int32),
            cand_bits=table[:, 5].astype(np.uint8),
            wanted=wanted,
            most=most.astype(np.int16),
            needs=np.array([len(x) for x in needs], np.uint8),
            span_start=_starts(span_counts),
            span_cand=spanning.astype(np.int32),
            travel=travel,
            longest_travel=int(travel.max(initial=0)),
            unplaced_cost=unplaced,
            need_cost=need,
            move_cost=round(self.round.policy.move * UNITS_PER_POINT),
            **self._times(),
            **self._draws(draws, len(seats)),
            **self._ties(apart, friends),
        )
        forced_in = {o for row in held for o in row}
        groups = {g: i for i, g in enumerate(sorted({s.group for s in self.students}))}
        return Problem(
            arrays=arrays,
            seats=seats,
            cand_points=table[:, 3].astype(np.int32),
            cand_rank=table[:, 6].astype(np.int16),
            group=np.array([groups[s.group] for s in self.students], np.int32),
            credit=np.array([s.credit for s in self.students], np.float64),
            # Whoever was asked for by an adult is expected: such an occurrence runs whatever its minimum.
            minimum=np.array([0 if i in forced_in else self.occurrences[i].minimum for i in range(m)], np.int32),
            lift_share=self.round.policy.lift,
            credit_share=self.round.policy.credit_budget / 100,
            most_tilt=self.round.policy.credit_tilt,
        )

    def _times(self) -> dict[str, Any]:
        """Where and when the occurrences are."""
        slots = self.covers.shape[1]
        return {
            "occ_site": self.site,
            "occ_space": self.space,
            "occ_covers": self.covers,
            "occ_last": (slots - 1 - self.covers[:, ::-1].argmax(axis=1)).astype(np.int32),
            "occ_span": (self.covers.sum(axis=1) > 1).astype(np.uint8),
            "gap": self.slots.gap,
            "adjacent": self.slots.adjacent,
        }

    @staticmethod
    def _draws(draws: list[list[int]], limits: int) -> dict[str, Any]:
        """Which seat limits each occurrence draws on, both ways round."""
        per_limit: list[list[int]] = [[] for _ in range(limits)]
        for o, mine in enumerate(draws):
            for r in mine:
                per_limit[r].append(o)
        return {
            "occ_res_start": _starts(np.array([len(d) for d in draws], np.int64)),
            "occ_res": np.array([r for d in draws for r in d], np.int32),
            "res_occ_start": _starts(np.array([len(d) for d in per_limit], np.int64)),
            "res_occ": np.array([o for d in per_limit for o in d], np.int32),
        }

    def _ties(self, apart: dict[int, set[int]], friends: dict[int, set[int]]) -> dict[str, Any]:
        """Who is kept apart from whom, and who are friends."""
        relations = [
            [*((x, 1) for x in sorted(apart.get(s, ()))), *((x, 0) for x in sorted(friends.get(s, ())))]
            for s in range(len(self.students))
        ]
        return {
            "rel_start": _starts(np.array([len(r) for r in relations], np.int64)),
            "rel_other": np.array([x for r in relations for x, _ in r], np.int32),
            "rel_apart": np.array([a for r in relations for _, a in r], np.uint8),
            "friend_bonus": round(self.round.policy.friends * UNITS_PER_POINT) if friends else 0,
        }

    def _tiers(self, table: Numbers, n: int, t: int, needs: list[list[str]]) -> tuple[int, int]:
        """Costs of an empty slot and an unmet need: by default more than all of any student's lower wishes together."""
        policy, best = self.round.policy, np.zeros((n, t), np.int64)
        np.maximum.at(best, (table[:, 0], table[:, 1]), table[:, 4])
        most = 1 + min(policy.credit_tilt, MOST_TILT) if policy.credit_budget else 1
        week = ceil(best.sum(axis=1).max(initial=0) * most) + round(policy.friends * UNITS_PER_POINT) * t + t
        need = week + 1 if policy.need is None else round(policy.need * UNITS_PER_POINT)
        most_needs = max((len(x) for x in needs), default=0)
        unplaced = week + need * most_needs + 1 if policy.unplaced is None else round(policy.unplaced * UNITS_PER_POINT)
        return unplaced, need


def _starts(counts: Numbers) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

"""What is checked against: the round by name, who is where, and the findings."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.scheduler.distribution_files.ranked_round import Occurrence, RankedRound, Ranking, Student

Result = dict[str, Any]


@dataclass(slots=True)
class Findings:
    """What was looked at, and what is wrong."""

    checked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def expect(self, rule: str, holds: bool, says: str) -> None:
        self.checked[rule] += 1
        if not holds:
            self.wrong.append(f"{rule}: {says}")

    def same(self, figure: str, reported: float, found: float, slack: float = 0.0) -> None:
        self.expect("figure", abs(reported - found) <= slack, f"{figure} is reported as {reported}, found {found}")


class Facts:
    """The round by name, and who is where according to the result."""

    def __init__(self, ranked_round: RankedRound, result: Result) -> None:
        self.round = ranked_round
        self._times: dict[tuple[str, ...], list[tuple[int, int, str]]] = {}
        self._pieces: list[tuple[int, str]] = []
        self._covers: dict[tuple[str, ...], set[tuple[int, str]]] = {}
        self.blocks = {b.id: b for b in ranked_round.blocks}
        self.occurrences = {o.id: o for o in ranked_round.occurrences}
        self.spaces = {s.id: s for s in ranked_round.spaces}
        self.students = {s.id: s for s in ranked_round.students}
        self.rows = {row["student"]: row for row in result["students"]}
        self.week = {name: [p["occurrence"] for p in row["placements"]] for name, row in self.rows.items()}
        self.pulled = {
            (n, p["occurrence"]) for n, row in self.rows.items() for p in row["placements"] if p["cause"] == "pulled"
        }
        self.minutes: dict[tuple[str, str], int] = {}
        for t in ranked_round.travel:
            self.minutes.setdefault((t.to_site, t.from_site), t.minutes)
        for t in ranked_round.travel:
            self.minutes[(t.from_site, t.to_site)] = t.minutes
        self.ranked = self._ranked()

    def site(self, o: Occurrence) -> str:
        return o.site or (self.spaces[o.space].site if o.space else "")

    def times(self, o: Occurrence) -> list[tuple[int, int, str]]:
        """(start, end, block) in minutes since some day, in order; a block without times has start = end."""
        key = tuple(o.blocks)
        if key not in self._times:
            self._times[key] = self._worked_out(key)
        return self._times[key]

    def _worked_out(self, blocks: tuple[str, ...]) -> list[tuple[int, int, str]]:
        rows = []
        for name in blocks:
            b = self.blocks[name]
            day = date.fromisoformat(b.date).toordinal() * 1440
            rows.append((day + b.start, day + b.end, name))
        return sorted(rows)

    def clash(self, a: Occurrence, b: Occurrence) -> bool:
        for start, end, block in self.times(a):
            for other, until, also in self.times(b):
                if block == also or (start < until and other < end):
                    return True
        return False

    def eligible(self, student: Student, o: Occurrence) -> bool:
        listed = not o.only or student.id in o.only
        return listed and student.id not in o.not_for and (not o.groups or student.group in o.groups)

    def _ranked(self) -> dict[str, dict[str, tuple[int, float, bool]]]:
        """Student -> occurrence -> rank within what begins in the same block, points, goal."""
        ranked: dict[str, dict[str, tuple[int, float, bool]]] = {name: {} for name in self.students}
        depth: Counter[tuple[str, tuple[int, int, str]]] = Counter()
        spans: Counter[str] = Counter()
        for row in [*sorted(self.round.choices, key=lambda r: (r.student, r.row)), *self._calm()]:
            for i, name in enumerate(row.ranked):
                o, student = self.occurrences.get(name), self.students.get(row.student)
                if o is None or student is None or name in ranked[row.student] or not self.eligible(student, o):
                    continue
                if self.pieces(o) > 1:
                    spans[row.student] += 1
                    if spans[row.student] > 15:
                        continue
                begins = self.times(o)[0]
                key = (row.student, (begins[0], begins[0], begins[2] if begins[0] == begins[1] else ""))
                depth[key] += 1
                points = self.round.policy.points
                value = row.weights[i] if row.weights else points[min(depth[key], len(points)) - 1]
                ranked[row.student][name] = (depth[key], value, name in row.goals)
        return ranked

    def _calm(self) -> list[Ranking]:
        """What "none of these, a calm space" adds behind a student's choices: with weights, below the least of them."""
        added = []
        calm_ones = [o for o in self.round.occurrences if o.calm]
        rows_of: dict[str, list[Ranking]] = {}
        for row in sorted(self.round.choices, key=lambda r: r.row):
            rows_of.setdefault(row.student, []).append(row)
        for name, student in self.students.items():
            rows = rows_of.get(name, [])
            weights = [weight for row in rows for weight in row.weights]
            for block in dict.fromkeys(block for row in rows for block in row.calm):
                fit = [o.id for o in calm_ones if o.blocks == [block]]
                names = sorted(o for o in fit if self.eligible(student, self.occurrences[o]))
                fresh = [o for o in names if all(o not in row.ranked for row in rows)]
                added.append(Ranking(name, fresh, [min(weights) * 0.9] * len(fresh) if weights else []))
        return added

    def pieces(self, o: Occurrence) -> int:
        """How many pieces of time the occurrence covers, cut wherever any block begins or ends."""
        return len(self.covers(o))

    def _cut(self, start: int, end: int, block: str) -> list[tuple[int, str]]:
        if start == end:
            return [(start, block)]
        cuts = set()
        for b in self.blocks.values():
            day = date.fromisoformat(b.date).toordinal() * 1440
            if b.end > b.start:
                cuts |= {day + b.start, day + b.end}
        return [(x, "") for x in sorted(cuts) if start <= x < end]

    def covers(self, o: Occurrence) -> set[tuple[int, str]]:
        key = tuple(o.blocks)
        if key not in self._covers:
            self._covers[key] = {p for start, end, block in self.times(o) for p in self._cut(start, end, block)}
        return self._covers[key]

    def pieces_of_all(self) -> list[tuple[int, str]]:
        """Every piece of time of the round, in order."""
        if not self._pieces:
            every = [*(o.blocks for o in self.occurrences.values()), *([b] for b in self.blocks)]
            self._pieces = sorted({p for blocks in every for p in self.covers(Occurrence("", blocks))})
        return self._pieces

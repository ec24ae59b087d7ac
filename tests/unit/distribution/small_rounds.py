"""Small random rounds with every rule in play, and their best answer by trying everything."""

import hashlib
import random
from itertools import pairwise

from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.distribution_files.ranked_round import (
    LEVELS,
    Block,
    Occurrence,
    Pair,
    Policy,
    RankedRound,
    Ranking,
    Request,
    Space,
    Student,
    Travel,
)


def small_round(seed: int) -> RankedRound:
    """Two to four students, two or three blocks, few seats, and now and then each of the hard rules."""
    rng = random.Random(seed)
    blocks = [Block(f"b{i}", "2031-09-01", 540 + 60 * i, 590 + 60 * i) for i in range(rng.choice([2, 2, 3]))]
    if rng.random() < 0.2:
        blocks.append(Block("long", "2031-09-01", 540, 650))
    spaces = [Space("hall", rng.choice([1, 2, 3]), "north"), Space("shed", rng.choice([1, 2, None]), "south")]
    occurrences = []
    for block in blocks:
        for i in range(rng.choice([2, 3])):
            spans = [block.id]
            if rng.random() < 0.15 and block.id == "b0" and blocks[-1].id == "b2":
                spans.append("b2")
            occurrences.append(
                Occurrence(
                    f"{block.id}-{i}",
                    spans,
                    space=rng.choice(["hall", "shed", ""]),
                    seats=rng.choice([None, 1, 2, 2]),
                    minimum=rng.choice([0, 0, 0, 2, 3]),
                    kind=rng.choice(["", "maths"]),
                    groups=rng.choice([[], [], [], ["x"]]),
                )
            )
    names = [f"s{i}" for i in range(3 if len(blocks) > 2 else rng.choice([2, 3, 4]))]
    students = [
        Student(
            n, rng.choice("xy"), rng.choice([0, 0.5, 2.0]), rng.choice([[], ["maths"]]), rng.choice([None, None, 1, 2])
        )
        for n in names
    ]
    choices = [
        Ranking(n, rng.sample([o.id for o in occurrences], min(len(occurrences), rng.randint(0, 5))), row=i)
        for i, n in enumerate(names)
    ]
    pairs = [(a, b) for a in names for b in names if a != b]
    friends = [Pair(a, b) for a, b in pairs if rng.random() < 0.3]
    apart = [Pair(a, b) for a, b in pairs if rng.random() < 0.1]
    requests = [
        Request(rng.choice(names), rng.choice(occurrences).id, rng.choice(LEVELS), rng.randint(0, 2), id=str(i))
        for i in range(rng.choice([0, 0, 1, 2]))
    ]
    return RankedRound(
        seed=seed,
        policy=Policy(lift=0.0, points=[100, 70, 40, 20]),
        blocks=blocks,
        spaces=spaces,
        occurrences=occurrences,
        students=students,
        choices=choices,
        requests=requests,
        keep_apart=apart,
        friends=friends,
        travel=[Travel("north", "south", rng.choice([5, 15])), Travel("", "south", 15), Travel("", "north", 0)],
    )


class Exhaustive:
    """The best worth of any answer, in units, found by trying every week of every student together."""

    def __init__(self, prepared: Prepared) -> None:
        self.round = prepared.round
        self.occurrences = {o.id: o for o in self.round.occurrences}
        self.blocks = {b.id: b for b in self.round.blocks}
        self.spaces = {s.id: s for s in self.round.spaces}
        self.honoured = {(r.student, r.occurrence) for r, outcome in prepared.requests if outcome.code == 0}
        a = prepared.problem.arrays
        self.unplaced, self.need, self.move, self.bonus = a.unplaced_cost, a.need_cost, a.move_cost, a.friend_bonus
        self.minutes = {(t.from_site, t.to_site): t.minutes for t in self.round.travel}
        self.minutes |= {(t.to_site, t.from_site): t.minutes for t in self.round.travel}
        self.cuts = sorted({x for b in self.round.blocks for x in (b.start, b.end)})
        order = sorted(
            (hashlib.blake2b(f"{self.round.seed}\n{s.id}".encode(), digest_size=16).digest(), s.id)
            for s in self.round.students
        )
        self.luck = {name: (len(order) - 1 - i) * 10 // len(order) for i, (_, name) in enumerate(order)}
        self.apart = {frozenset((p.student, p.other)) for p in self.round.keep_apart}
        named = {(p.student, p.other) for p in self.round.friends}
        self.friends = {frozenset(p) for p in named if p[::-1] in named} - self.apart

    def best(self) -> int:
        """Units of the best answer."""
        students = sorted(self.round.students, key=lambda s: s.id)
        weeks = [sorted(self.weeks(s), key=lambda w: -w[0]) for s in students]
        ceiling = [0] * (len(students) + 1)
        for i in range(len(students) - 1, -1, -1):
            ceiling[i] = ceiling[i + 1] + weeks[i][0][0] + i * self.bonus * len(self.blocks)
        self.top = -(10**15)
        self._search(0, students, weeks, ceiling, {}, 0)
        return self.top

    def _search(
        self,
        i: int,
        students: list[Student],
        weeks: list[list[tuple[int, tuple[str, ...]]]],
        ceiling: list[int],
        taken: dict[str, tuple[str, ...]],
        value: int,
    ) -> None:
        if value + ceiling[i] <= self.top:
            return
        if i == len(students):
            if self._enough(taken):
                self.top = value
            return
        for worth, week in weeks[i]:
            if value + worth + i * self.bonus * len(self.blocks) + ceiling[i + 1] <= self.top:
                break
            mine = {**taken, students[i].id: week}
            gain = self._beside(students[i].id, mine)
            if gain is not None and self._seated(mine):
                self._search(i + 1, students, weeks, ceiling, mine, value + worth + gain)

    def pieces(self, name: str) -> frozenset[int]:
        return frozenset(
            c
            for b in self.occurrences[name].blocks
            for c in self.cuts
            if self.blocks[b].start <= c < self.blocks[b].end
        )

    def site(self, name: str) -> str:
        return self.spaces[self.occurrences[name].space].site if self.occurrences[name].space else ""

    def weeks(self, student: Student) -> list[tuple[int, tuple[str, ...]]]:
        """(worth, occurrences) of every week the student could have alone."""
        held = tuple(o for n, o in sorted(self.honoured) if n == student.id)
        blocked = {p for o in held for p in self.pieces(o)}
        ranked: dict[str, float] = {}
        depth: dict[int, int] = {}
        for row in self.round.choices:
            for name in row.ranked if row.student == student.id else []:
                o = self.occurrences[name]
                if not o.groups or student.group in o.groups:
                    begins = min(self.pieces(name))
                    depth[begins] = depth.get(begins, 0) + 1
                    ranked[name] = self.round.policy.points[min(depth[begins], 4) - 1]
        open_to = [n for n in ranked if n not in held and not self.pieces(n) & blocked]
        wanted = blocked | {p for n in open_to for p in self.pieces(n)}
        found = []
        for bits in range(1 << len(open_to)):
            week = (*held, *(n for j, n in enumerate(open_to) if bits >> j & 1))
            if (student.most is None or len(week) <= student.most) and self._possible(week):
                found.append((self._worth(student, week, ranked, wanted), week))
        return found

    def _possible(self, week: tuple[str, ...]) -> bool:
        covered = [p for n in week for p in self.pieces(n)]
        if len(covered) != len(set(covered)):
            return False
        ends = {self.blocks[b].start: self.blocks[b].end for n in week for b in self.occurrences[n].blocks}
        stops = sorted(
            (start, ends[start], n)
            for n in week
            for start in {self.blocks[b].start for b in self.occurrences[n].blocks}
        )
        for (_, end, a), (start, _, b) in pairwise(stops):
            if (
                a != b
                and self.site(a) != self.site(b)
                and start - end < self.minutes.get((self.site(a), self.site(b)), 0)
            ):
                return False
        return True

    def _worth(self, student: Student, week: tuple[str, ...], ranked: dict[str, float], wanted: set[int]) -> int:
        value = 0
        for name in week:
            points = ranked.get(name, 0)
            value += round(points * 100) + (self.luck[student.id] if points else 0)
        at = {p: self.site(n) for n in week for p in self.pieces(n)}
        value -= self.unplaced * len(wanted - set(at))
        slots = [c for c in self.cuts if any(b.start <= c < b.end for b in self.blocks.values())]
        value -= self.move * sum(a in at and b in at and at[a] != at[b] for a, b in pairwise(slots))
        kinds = {self.occurrences[n].kind for n in week}
        return value - self.need * sum(need not in kinds for need in student.needs)

    def _beside(self, name: str, taken: dict[str, tuple[str, ...]]) -> int | None:
        gain = 0
        for other, week in taken.items():
            pair = frozenset((name, other))
            for mine in taken[name] if other != name else ():
                for theirs in week:
                    space = self.occurrences[mine].space
                    same_space = mine == theirs or (space and space == self.occurrences[theirs].space)
                    if pair in self.apart and same_space and self.pieces(mine) & self.pieces(theirs):
                        return None
                    gain += self.bonus * (pair in self.friends and mine == theirs)
        return gain

    def _seated(self, taken: dict[str, tuple[str, ...]]) -> bool:
        inside: dict[str, int] = {}
        in_space: dict[tuple[str, int], int] = {}
        for week in taken.values():
            for name in week:
                inside[name] = inside.get(name, 0) + 1
                for p in self.pieces(name):
                    key = (self.occurrences[name].space, p)
                    in_space[key] = in_space.get(key, 0) + 1
        over = any(c > _room(self.occurrences[n].seats) for n, c in inside.items())
        full = any(s and c > _room(self.spaces[s].seats) for (s, _), c in in_space.items())
        return not over and not full

    def _enough(self, taken: dict[str, tuple[str, ...]]) -> bool:
        asked = {o for _, o in self.honoured}
        inside = [n for week in taken.values() for n in week]
        return all(n in asked or inside.count(n) >= self.occurrences[n].minimum for n in set(inside))


def _room(seats: int | None) -> float:
    return float("inf") if seats is None else seats

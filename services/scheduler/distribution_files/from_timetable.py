"""From a school's timetable to the engine's round: blocks, seats that are left, and what can count of each ranking."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from services.scheduler.distribution_files import ranked_round as engine
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.booking import check_at, seat_needs
from services.scheduler.domain.distribution.credit import START
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.openings import seats_left
from services.scheduler.domain.rankings import BlockRanking, Ranking
from services.scheduler.domain.resource_days import ResourceDay, left, own_work, resource_day_id, used
from services.scheduler.domain.round_placing import LEAVES
from services.scheduler.domain.rounds import Round, is_ranked_in
from services.scheduler.domain.spaces import Space, own_work_left
from services.scheduler.domain.weeks import Place, Week, held_places, overlapping, week_id

CALM = "calm"
"""The feature of a space that makes it a calm one. Where no space for own work has it, each of them will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What a round is worked out from, as it stands at one moment. `days` has the day of every space and pool used."""

    of: Round
    seed: int
    blocks: Mapping[str, Block]
    occurrences: Sequence[Occurrence]
    own_work_spaces: Sequence[Space]
    days: Mapping[str, ResourceDay]
    rankings: Sequence[Ranking]
    students: Mapping[str, Student]
    weeks: Mapping[str, Week]
    credits: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Of these occurrences (by id) nobody may have more than `most`; `had` counts what students have already."""

    occurrences: list[str]
    most: int
    had: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A ranked choice that could not count, and why: a key of `round_words`."""

    occurrence_id: str
    block_id: str
    rank: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """The engine's round, and the quotas beside it; by student what was set aside, and the credit they bring.

    `digest` names all that counts.
    """

    ranked: engine.RankedRound
    quotas: list[Quota]
    set_aside: dict[str, list[SetAside]]
    credits: Mapping[str, float]
    digest: str


def calm_id(space_id: str, block_id: str) -> str:
    """The engine's name of a calm space in a block."""
    return f"{space_id}@{block_id}"


def round_input(timetable: Timetable) -> RoundInput:
    """Everything the engine needs. The same timetable gives the same input, and the same digest."""
    given_out = _given_out(timetable)
    quotas = _quotas(given_out, timetable)
    reader = _Reader(timetable, {one.occurrence_id: one for one in given_out}, quotas)
    choices = [reader.choices(ranking) for ranking in sorted(timetable.rankings, key=lambda one: one.student_id)]
    in_it = {choice.student for choice in choices if choice.ranked}
    rooms = _rooms(timetable, given_out, reader.calm)
    ranked = engine.RankedRound(
        title=timetable.of.title,
        seed=timetable.seed,
        blocks=[_block(timetable.blocks[key]) for key in sorted(timetable.blocks)],
        spaces=[engine.Space(name, seats) for name, seats in sorted(rooms.seats.items())],
        occurrences=[*(_occurrence(one, timetable, rooms) for one in given_out), *_calm_ones(timetable, reader, rooms)],
        students=[_student(timetable, student_id) for student_id in sorted(in_it)],
        choices=[choice for choice in choices if choice.ranked],
        friends=list(_friends(timetable.rankings, in_it)),
    )
    digest = _digest(ranked, quotas)
    return RoundInput(
        ranked=ranked, quotas=quotas, set_aside=reader.set_aside, credits=timetable.credits, digest=digest
    )


def _given_out(timetable: Timetable) -> list[Occurrence]:
    found = [
        one
        for one in timetable.occurrences
        if one.block_id in timetable.blocks and is_ranked_in(timetable.of, one) and not one.cancelled
    ]
    return sorted(found, key=lambda one: one.occurrence_id)


class _Reader:
    """Reads rankings against the timetable: what of each can count."""

    def __init__(self, timetable: Timetable, given_out: Mapping[str, Occurrence], quotas: Sequence[Quota]) -> None:
        self.timetable, self.given_out, self.quotas = timetable, given_out, quotas
        self.set_aside: dict[str, list[SetAside]] = {}
        calm = [space for space in timetable.own_work_spaces if CALM in space.features]
        self.calm = calm or list(timetable.own_work_spaces)

    def choices(self, ranking: Ranking) -> engine.Ranking:
        """The choices that can count, block after block; the others are set aside."""
        ranked, goals = list[str](), list[str]()
        for block in sorted(ranking.blocks, key=lambda one: one.block_id):
            counted = self._block(ranking.student_id, block)
            ranked += counted
            goals += [one.occurrence_id for one in block.ranked if one.goal_id and one.occurrence_id in counted]
        return engine.Ranking(ranking.student_id, ranked, goals=goals)

    def _block(self, student_id: str, ranking: BlockRanking) -> list[str]:
        """The counted choices of one block, calm spaces last; nothing below what the student has there already."""
        block = self.timetable.blocks.get(ranking.block_id)
        counted = list[str]()
        yours = False
        for rank, choice in enumerate(ranking.ranked, start=1):
            key = "yours-already" if yours else self._against(student_id, choice.occurrence_id)
            yours = yours or key == "yours-already"
            if key:
                row = SetAside(choice.occurrence_id, ranking.block_id, rank, key)
                self.set_aside.setdefault(student_id, []).append(row)
            else:
                counted.append(choice.occurrence_id)
        if ranking.calm and not yours and block is not None and self._is_free(student_id, block):
            counted += [calm_id(space.space_id, block.block_id) for space in self.calm]
        return counted

    def _against(self, student_id: str, occurrence_id: str) -> str:
        """The key of why a choice cannot count; empty: it can."""
        student, occurrence = self.timetable.students.get(student_id), self.given_out.get(occurrence_id)
        if student is None or occurrence is None:
            return "called-off" if student is not None else "not-open-to-you"
        if check_at(occurrence.eligibility, student, occurrence.school_id):
            return "not-open-to-you"
        if any(place.occurrence_id == occurrence_id for place in self._places(student_id, occurrence)):
            return "yours-already"
        if not self._is_free(student_id, occurrence):
            return "placed-by-others"
        full = (one for one in self.quotas if occurrence_id in one.occurrences)
        return "often-enough" if any(one.had.get(student_id, 0) >= one.most for one in full) else ""

    def _is_free(self, student_id: str, when: Block | Occurrence) -> bool:
        """Whether the student has nothing then that somebody else gave them; own choices may be left."""
        return all(place.cause in LEAVES for place in self._places(student_id, when))

    def _places(self, student_id: str, when: Block | Occurrence) -> list[Place]:
        week = self.timetable.weeks.get(week_id(student_id, when.week))
        return overlapping(week, when.starts_at, when.ends_at) if week is not None else []


def _quotas(given_out: Sequence[Occurrence], timetable: Timetable) -> list[Quota]:
    """Once a day, and so many a week: one quota for each offer and day or week in which it is given out."""
    groups: dict[tuple[str, str, int], list[str]] = {}
    for one in given_out:
        if one.once_a_day:
            groups.setdefault((one.offer_id, one.day.isoformat(), 1), []).append(one.occurrence_id)
        if one.most_a_week is not None:
            groups.setdefault((one.offer_id, one.week, one.most_a_week), []).append(one.occurrence_id)
    return [
        Quota(occurrences=ids, most=most, had=_had(timetable, offer_id, when))
        for (offer_id, when, most), ids in sorted(groups.items())
    ]


def _had(timetable: Timetable, offer_id: str, when: str) -> dict[str, int]:
    """How often each student has the offer then already, whether or not they might leave it for another."""
    had: dict[str, int] = {}
    for week in timetable.weeks.values():
        for place in held_places(week):
            then = when in (week.week, place.day.isoformat())
            if then and place.offer_id == offer_id:
                had[week.student_id] = had.get(week.student_id, 0) + 1
    return had


@dataclass(frozen=True, slots=True)
class _Rooms:
    """The engine's spaces: seats by name, and the name of the one that an occurrence (or calm place) is in."""

    seats: dict[str, int]
    of: dict[str, str]


def _rooms(timetable: Timetable, given_out: Sequence[Occurrence], calm: Iterable[Space]) -> _Rooms:
    """A space is one for all uses that share minutes, with the fewest seats that are left in any of these."""
    uses: dict[str, list[tuple[str, Block | Occurrence]]] = {}
    for one in given_out:
        if one.space_id is not None:
            uses.setdefault(one.space_id, []).append((one.occurrence_id, one))
    for space in calm:
        for block in timetable.blocks.values():
            uses.setdefault(space.space_id, []).append((calm_id(space.space_id, block.block_id), block))
    rooms = _Rooms({}, {})
    for space_id, users in sorted(uses.items()):
        for number, together in enumerate(_clusters(users)):
            name = f"{space_id}#{number}"
            days = [(timetable.days[resource_day_id(space_id, when.day)], when) for _, when in together]
            rooms.seats[name] = min(left(day, when.starts_at, when.ends_at) for day, when in days)
            rooms.of.update((use, name) for use, _ in together)
    return rooms


def _clusters(
    users: Sequence[tuple[str, Block | Occurrence]],
) -> Iterator[list[tuple[str, Block | Occurrence]]]:
    """Uses of one space, put together where one overlaps with the next."""
    ordered = sorted(users, key=lambda use: (use[1].starts_at, use[0]))
    together = list[tuple[str, Block | Occurrence]]()
    until: datetime | None = None
    for use in ordered:
        if until is not None and use[1].starts_at >= until:
            yield together
            together, until = [], None
        together.append(use)
        until = max(until, use[1].ends_at) if until is not None else use[1].ends_at
    if together:
        yield together


def _occurrence(one: Occurrence, timetable: Timetable, rooms: _Rooms) -> engine.Occurrence:
    limits = [free for free in (seats_left(one), *_equipment(one, timetable.days)) if free is not None]
    return engine.Occurrence(
        one.occurrence_id,
        [one.block_id],
        title=one.title,
        space=rooms.of.get(one.occurrence_id, ""),
        seats=min(limits) if limits else None,
    )


def _equipment(one: Occurrence, days: Mapping[str, ResourceDay]) -> Iterator[int]:
    """For how many more students each pool lasts, were this occurrence alone to take of it."""
    for need in seat_needs(one):
        if one.space_id is None or need.day_id != resource_day_id(one.space_id, one.day):
            yield left(days[need.day_id], one.starts_at, one.ends_at) // need.amount


def _calm_ones(timetable: Timetable, reader: _Reader, rooms: _Rooms) -> Iterator[engine.Occurrence]:
    for space in reader.calm:
        for block_id, block in sorted(timetable.blocks.items()):
            name = calm_id(space.space_id, block_id)
            day = timetable.days[resource_day_id(space.space_id, block.day)]
            free = left(day, block.starts_at, block.ends_at)
            seats = own_work_left(space, free, used(day, own_work(block_id)))
            yield engine.Occurrence(name, [block_id], title=space.name, space=rooms.of[name], seats=seats, calm=True)


def _block(block: Block) -> engine.Block:
    """Minutes are counted from midnight UTC of the school's day: they may be below 0 or above 1440."""
    midnight = datetime.combine(block.day, time(0), UTC)
    start, end = ((moment - midnight).total_seconds() // 60 for moment in (block.starts_at, block.ends_at))
    return engine.Block(block.block_id, block.day.isoformat(), int(start), int(end))


def _student(timetable: Timetable, student_id: str) -> engine.Student:
    grades = timetable.students[student_id].grades
    return engine.Student(student_id, group="+".join(sorted(grades)), credit=timetable.credits.get(student_id, START))


def _friends(rankings: Iterable[Ranking], in_it: set[str]) -> Iterator[engine.Pair]:
    """Mutual friends who both take part; who named whom in vain is told to nobody."""
    named = {(one.student_id, friend) for one in rankings for friend in one.friend_ids}
    for student_id, friend in sorted(named):
        if (friend, student_id) in named and student_id in in_it and friend in in_it:
            yield engine.Pair(student_id, friend)


def _digest(ranked: engine.RankedRound, quotas: Sequence[Quota]) -> str:
    """Of all that can change the result: titles are words, and no part of it."""
    counted: dict[str, Any] = {**asdict(ranked), "title": "", "quotas": [asdict(quota) for quota in quotas]}
    counted["occurrences"] = [{**one, "title": ""} for one in counted["occurrences"]]
    text = json.dumps(counted, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

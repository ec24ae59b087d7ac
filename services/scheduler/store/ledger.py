"""The ledger: all documents that a piece of booking work needs, loaded together, changed on a board, saved together."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from contracts.fact import Fact
from kit.directory import PEOPLE
from kit.envelope import Trace
from kit.group_reads import GroupReads
from kit.group_saves import Change, change_all, save_traced
from kit.mongo import Collection, Document
from kit.transaction import Rows, Transaction
from services.scheduler.domain.board import Board
from services.scheduler.domain.booking import seat_needs
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.freeing import place_needs
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay
from services.scheduler.domain.spaces import pool_day, space_day
from services.scheduler.domain.weeks import Place, Week, week_id
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.learners import LEARNER, LEARNERS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.rounds import HOLD, HOLDS
from services.scheduler.store.spaces import POOL, POOLS, SPACE, SPACES
from services.scheduler.store.weeks import WEEK, WEEKS


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that a student wishes for: what has to be loaded for the rule to decide."""

    occurrence_id: str
    student_id: str
    has_goal: bool = False
    instead_of: str | None = None


@dataclass(slots=True)
class Ledger:
    """One district's documents in one transaction.

    Reads go beside the transaction, those of one moment together; they are majority reads, and each document that
    is changed is saved under the version that was read, so what somebody else changed meanwhile makes the edge
    run the whole work again.
    """

    tx: Transaction
    board: Board = field(default_factory=Board)
    students: dict[str, Student] = field(default_factory=dict)
    learners: dict[str, Learner] = field(default_factory=dict)
    _loaded: Board = field(default_factory=Board)
    _told: defaultdict[str, list[tuple[Trace, Fact]]] = field(default_factory=lambda: defaultdict(list))
    _reads: GroupReads = field(init=False)

    def __post_init__(self) -> None:
        self._reads = GroupReads(self.tx.database, self.tx.district_id)

    async def open_seats(self, seats: Iterable[Seat]) -> None:
        """Load what these seats touch: occurrences, students, their weeks, and the places that they would leave."""
        seats = list(seats)
        await asyncio.gather(
            self.load_occurrences(seat.occurrence_id for seat in seats),
            self.load_students(seat.student_id for seat in seats),
            self.load_learners(seat.student_id for seat in seats if seat.has_goal),
            self._load_holding(seat.instead_of for seat in seats if seat.instead_of),
        )
        found = [(seat, self.board.occurrences.get(seat.occurrence_id)) for seat in seats]
        known = [(seat, occurrence) for seat, occurrence in found if occurrence is not None]
        await asyncio.gather(
            self.load_weeks((seat.student_id, occurrence.week) for seat, occurrence in known),
            self._load_days(occurrence for _, occurrence in known),
            self._load_holds(occurrence.block_id for _, occurrence in known),
            self._load_left(seat.instead_of for seat in seats if seat.instead_of),
        )

    async def open_places(self, placement_ids: Iterable[str]) -> None:
        """Load these placements' weeks, and all that freeing them touches."""
        placement_ids = list(placement_ids)
        await self._load_holding(placement_ids)
        await self._load_left(placement_ids)

    async def open_lines(self, occurrence_ids: Iterable[str]) -> None:
        """Load everybody who waits for these (loaded) occurrences, with what a promotion of each would touch."""
        lines = [self.board.occurrences[occurrence_id] for occurrence_id in occurrence_ids]
        await self.open_seats(
            Seat(line.occurrence_id, entry.student_id, entry.goal_id is not None, entry.instead_of)
            for line in lines
            for entry in line.waiting
        )

    async def load_weeks(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Load these students' weeks; one that nothing was placed in yet is empty."""
        missing = {key: pair for pair in wanted if (key := week_id(*pair)) not in self.board.weeks}
        if not missing:
            return
        found = await self._reads.many(WEEKS, list(missing))
        for key, (student_id, week) in missing.items():
            row = found.get(key)
            empty = Week(version=0, district_id=self.tx.district_id, student_id=student_id, week=week)
            self._lay_week(key, WEEK.unpack(row) if row is not None else empty)

    async def load_weeks_of(self, occurrence_id: str) -> list[Week]:
        """Load the weeks with a place in this occurrence, held or cancelled, and return them as they are now."""
        weeks = Rows(self.tx.database, WEEKS, self.tx.district_id)
        found = await weeks.find({"places.occurrence_id": occurrence_id})
        for row in found:
            if row["_id"] not in self.board.weeks:
                self._lay_week(row["_id"], WEEK.unpack(row))
        return [self.board.weeks[row["_id"]] for row in found]

    async def load_days_of(self, day_ids: Iterable[str]) -> None:
        """Load these days of spaces and pools; one that nothing was taken of yet is left out."""
        missing = {day_id for day_id in day_ids if day_id not in self.board.days}
        if not missing:
            return
        found = await self._reads.many(RESOURCE_DAYS, sorted(missing))
        for day_id, row in found.items():
            self._lay_day(day_id, RESOURCE_DAY.unpack(row))

    def tell(self, trace: Trace) -> None:
        """Note that the facts since the last call belong to this trace."""
        if self.board.facts:
            for document_id, fact in self.board.facts:
                self._told[document_id].append((trace, fact))
            self.board.facts.clear()

    def save(self) -> None:
        """Save every document that changed, once, with its facts. Where only numbers changed, those alone.

        What somebody else changed since it was read makes the edge run the whole work again.
        """
        self.tell(self.tx.trace)
        board, loaded = self.board, self._loaded
        lines = {key: one for key, one in board.occurrences.items() if one is not loaded.occurrences[key]}
        days = [day for key, day in board.days.items() if day is not loaded.days.get(key)]
        # What others want too goes first: whoever comes second learns it before the rest is written.
        change_all(self.tx, OCCURRENCES, [self._seats(key) for key in board.touched if key not in lines])
        change_all(self.tx, RESOURCE_DAYS, [_uses(day) for day in days if day.version > 0])
        for key, occurrence in lines.items():
            self._save(OCCURRENCES, key, OCCURRENCE.pack(replace(occurrence, taken=board.taken[key])))
        for day in days:
            if day.version == 0:
                self._save(RESOURCE_DAYS, day.day_id, RESOURCE_DAY.pack(day))
        for key, week in board.weeks.items():
            if week is not loaded.weeks[key]:
                self._save(WEEKS, key, WEEK.pack(week))

    def _seats(self, occurrence_id: str) -> Change:
        version, taken = self.board.occurrences[occurrence_id].version, self.board.taken[occurrence_id]
        return Change(occurrence_id, version, {"taken": taken})

    def _save(self, collection: Collection, document_id: str, document: Document) -> None:
        save_traced(self.tx, collection, document, self._told.get(document_id, ()))

    async def load_occurrences(self, wanted: Iterable[str]) -> None:
        """Load these occurrences; one that is not there is left out."""
        missing = list({key for key in wanted if key not in self.board.occurrences})
        if missing:
            found = await self._reads.many(OCCURRENCES, missing)
            for key, row in found.items():
                occurrence = OCCURRENCE.unpack(row)
                self.board.occurrences[key] = self._loaded.occurrences[key] = occurrence
                self.board.taken[key] = occurrence.taken

    async def load_students(self, wanted: Iterable[str]) -> None:
        """Load these students; who is not known in this district is left out."""
        missing = list({key for key in wanted if key not in self.students})
        if missing:
            found = await self._reads.many(PEOPLE, missing)
            self.students.update({key: student_of(row) for key, row in found.items()})

    async def load_learners(self, wanted: Iterable[str]) -> None:
        """Load what is known of these students' goals."""
        missing = list({key for key in wanted if key not in self.learners})
        if missing:
            found = await self._reads.many(LEARNERS, missing)
            known = {key: LEARNER.unpack(row) for key, row in found.items()}
            self.learners.update({key: known.get(key) or Learner(person_id=key) for key in missing})

    async def _load_holding(self, wanted: Iterable[str]) -> None:
        """Load the weeks that hold these placements."""
        missing = [key for key in dict.fromkeys(wanted) if key not in self.board.where]
        if missing:
            weeks = Rows(self.tx.database, WEEKS, self.tx.district_id)
            for row in await weeks.find({"places.placement_id": {"$in": missing}}):
                if row["_id"] not in self.board.weeks:
                    self._lay_week(row["_id"], WEEK.unpack(row))

    async def _load_left(self, placement_ids: Iterable[str]) -> None:
        """Load what freeing these places touches; their weeks are loaded, places nobody knows are left out."""
        places = [place for key in placement_ids if (place := self._place(key)) is not None]
        if not places:
            return
        own_work = [place for place in places if place.occurrence_id is None]
        await asyncio.gather(
            self.load_occurrences(place.occurrence_id for place in places if place.occurrence_id is not None),
            self.load_blocks(place.block_id for place in own_work),
            self.load_days_of(need.day_id for place in own_work for need in place_needs(place, None)),
        )
        left = (self.board.occurrences.get(place.occurrence_id or "") for place in places)
        await self._load_days(occurrence for occurrence in left if occurrence is not None)

    async def _load_holds(self, block_ids: Iterable[str]) -> None:
        """Load what rounds hold of these blocks."""
        missing = list({key for key in block_ids if key not in self.board.holds})
        if missing:
            found = await self._reads.many(HOLDS, missing)
            self.board.holds.update({key: HOLD.unpack(row) for key, row in found.items()})

    async def load_blocks(self, wanted: Iterable[str]) -> None:
        """Load these blocks; one that is not there is left out."""
        missing = list({key for key in wanted if key not in self.board.blocks})
        if missing:
            found = await self._reads.many(BLOCKS, missing)
            self.board.blocks.update({key: BLOCK.unpack(row) for key, row in found.items()})

    async def _load_days(self, occurrences: Iterable[Occurrence]) -> None:
        """Load the days of what these occurrences use; a day that nobody touched yet is made from its space or pool."""
        wanted = list({occurrence.occurrence_id: occurrence for occurrence in occurrences}.values())
        await self.load_days_of(need.day_id for occurrence in wanted for need in seat_needs(occurrence))
        fresh = [one for one in wanted if any(need.day_id not in self.board.days for need in seat_needs(one))]
        if fresh:
            await self._make_days(fresh)

    async def _make_days(self, occurrences: list[Occurrence]) -> None:
        space_ids = {one.space_id for one in occurrences if one.space_id is not None}
        pool_ids = {need.pool_id for one in occurrences for need in one.equipment}
        spaces, pools = await asyncio.gather(
            self._reads.many(SPACES, sorted(space_ids)), self._reads.many(POOLS, sorted(pool_ids))
        )
        for one in occurrences:
            made = [space_day(SPACE.unpack(row), one.day) for key, row in spaces.items() if key == one.space_id]
            needed = {need.pool_id for need in one.equipment}
            made += [pool_day(POOL.unpack(row), one.day) for key, row in pools.items() if key in needed]
            for day in made:
                if day.day_id not in self.board.days:
                    self._lay_day(day.day_id, day)

    def _lay_week(self, key: str, week: Week) -> None:
        self.board.weeks[key] = self._loaded.weeks[key] = week
        for place in week.places:
            self.board.where[place.placement_id] = key

    def _lay_day(self, key: str, day: ResourceDay) -> None:
        self.board.days[key] = self._loaded.days[key] = day

    def _place(self, placement_id: str) -> Place | None:
        week = self.board.weeks.get(self.board.where.get(placement_id, ""))
        return next((place for place in week.places if place.placement_id == placement_id), None) if week else None


def student_of(row: Document) -> Student:
    """The student that a row of the directory describes; schools are those where they are a learner."""
    at = (held["organisation_id"] for held in row["roles"] if held["role"] == "learner")
    return Student(
        student_id=row["_id"],
        school_ids=frozenset(at),
        class_ids=frozenset(row["groups"]),
        grades=frozenset(row["grades"]),
        active=row["active"],
    )


async def students_of(people: Rows, person_ids: Sequence[str]) -> dict[str, Student]:
    """The students with these ids, by id, in one query of the directory; who was never heard of is left out."""
    return {person_id: student_of(row) for person_id, row in (await people.many(person_ids)).items()}


def _uses(day: ResourceDay) -> Change:
    return Change(day.day_id, day.version, {"uses": RESOURCE_DAY.pack(day)["uses"]})

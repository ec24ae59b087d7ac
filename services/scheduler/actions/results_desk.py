"""The desk where results become placements: all that a part of a run touches, loaded together and saved together."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kit.transaction import Transaction
from services.scheduler.domain.booking import Wish
from services.scheduler.domain.resource_days import resource_day_id
from services.scheduler.domain.round_placing import Room, goal_still_open, left_for
from services.scheduler.domain.round_runs import GivenPlace, Result
from services.scheduler.domain.rounds import Settling
from services.scheduler.domain.spaces import Space
from services.scheduler.domain.weeks import Cause, Place, week_id
from services.scheduler.store.ledger import Ledger, Seat
from services.scheduler.store.spaces import SPACE, SPACES


@dataclass(slots=True)
class ResultsDesk:
    """One part of the results on the board, with the spaces of calm places beside it."""

    tx: Transaction
    settling: Settling
    ledger: Ledger = field(init=False)
    spaces: dict[str, Space] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.tx)

    async def load_for_placing(self, results: Sequence[Result]) -> None:
        """Load what making these places touches, and what the students would leave for them."""
        given = [(result.student_id, place) for result in results for place in result.places]
        await self._load_rooms((place.space_id, place.block_id) for _, place in given if place.occurrence_id is None)
        await self.ledger.open_seats(
            Seat(place.occurrence_id, student_id, place.goal_id is not None)
            for student_id, place in given
            if place.occurrence_id is not None
        )
        await self._load_own_work(given)
        await self.ledger.open_places([one for student_id, place in given for one in self._left(student_id, place)])

    async def load_for_taking_back(self, results: Sequence[Result]) -> None:
        """Load these placements, and the places that students had left for them."""
        given = [(result.student_id, place) for result in results for place in result.places if place.placement_id]
        await self.ledger.open_places(place.placement_id for _, place in given if place.placement_id is not None)
        left = [(student_id, one) for student_id, place in given for one in self.earlier(place)]
        await self._load_rooms((one.space_id, one.block_id) for _, one in left if one.occurrence_id is None)
        await self.ledger.open_seats(
            Seat(one.occurrence_id, student_id, one.goal_id is not None)
            for student_id, one in left
            if one.occurrence_id is not None
        )
        await self._load_own_work(left)

    def earlier(self, given: GivenPlace) -> list[Place]:
        """The places that were left for this one, as far as the student's week still knows them."""
        week = self.ledger.board.weeks.get(self.ledger.board.where.get(given.placement_id or "", ""))
        return [one for one in week.places if one.placement_id in given.left] if week is not None else []

    def wish(self, student_id: str, placement_id: str, about: GivenPlace | Place) -> Wish | None:
        """A distributed place for this student; None: they are not known here any more."""
        student, learner = self.ledger.students.get(student_id), self.ledger.learners.get(student_id)
        if student is None:
            return None
        goal_id, step_id = goal_still_open(learner, about.goal_id, about.step_id)
        return Wish(
            placement_id=placement_id,
            student=student,
            learner=learner,
            goal_id=goal_id,
            step_id=step_id,
            cause=Cause.DISTRIBUTED,
            made_by=self.settling.asked_by,
            made_at=self.tx.now,
        )

    def room(self, about: GivenPlace | Place) -> Room | None:
        """The space and block of a place for own work; None where one of them is gone."""
        space, block = self.spaces.get(about.space_id or ""), self.ledger.board.blocks.get(about.block_id)
        return Room(space, block) if space is not None and block is not None else None

    async def _load_rooms(self, wanted: Iterable[tuple[str | None, str]]) -> None:
        pairs = set(wanted)
        await self.ledger.load_blocks({block_id for _, block_id in pairs})
        self.spaces.update(await SPACE.many(self.tx[SPACES], sorted({space_id for space_id, _ in pairs if space_id})))

    async def _load_own_work(self, given: Iterable[tuple[str, GivenPlace | Place]]) -> None:
        """Load the students, weeks and days that places for own work touch."""
        rooms = [(student_id, room) for student_id, place in given if (room := self._own_work(place)) is not None]
        await asyncio.gather(
            self.ledger.load_students(student_id for student_id, _ in rooms),
            self.ledger.load_weeks((student_id, room.block.week) for student_id, room in rooms),
            self.ledger.load_days_of(resource_day_id(room.space.space_id, room.block.day) for _, room in rooms),
        )

    def _own_work(self, about: GivenPlace | Place) -> Room | None:
        return self.room(about) if about.occurrence_id is None else None

    def _left(self, student_id: str, given: GivenPlace) -> list[str]:
        """The placements that the student would leave for this place."""
        room = self._own_work(given)
        when = room.block if room else self.ledger.board.occurrences.get(given.occurrence_id or "")
        week = self.ledger.board.weeks.get(week_id(student_id, when.week)) if when is not None else None
        if when is None or week is None:
            return []
        return [place.placement_id for place in left_for(week, when.starts_at, when.ends_at)]

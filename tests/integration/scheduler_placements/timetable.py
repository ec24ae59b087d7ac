"""A timetable to book on: sessions, blocks and spaces of a fresh district, written as the scheduler keeps them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.profile import GoalWritten, StepState
from kit.envelope import Trace
from kit.ids import new_id
from kit.transaction import Transaction
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay, reserve
from services.scheduler.domain.spaces import Space, space_day
from services.scheduler.domain.weeks import Week, held_places
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.spaces import SPACE, SPACES
from services.scheduler.store.weeks import WEEK as STUDENT_WEEK
from services.scheduler.store.weeks import WEEKS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.support.stage import Answer, District, Someone

# A Tuesday well ahead of any clock this runs under.
DAY = datetime(2031, 3, 4, tzinfo=UTC)
WEEK = "2031-W10"


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


@dataclass
class Timetable:
    """One district's sessions. Everything is open to sign-up, unless the story says otherwise."""

    district: District
    hosts: dict[str, Someone] = field(default_factory=dict)

    async def student(self) -> Someone:
        return await self.district.person("learner")

    async def host(self) -> Someone:
        return await self.district.person("educator")

    async def session(self, seats: int | None = 1, hour: float = 10, space: Space | None = None, **changes: Any) -> str:
        """An occurrence of 45 minutes; its id."""
        occurrence = self.an_occurrence(seats, hour, space.space_id if space else None, **changes)

        async def write(tx: Transaction) -> None:
            tx[OCCURRENCES].save(OCCURRENCE.pack(occurrence))
            if space is not None:
                row = await tx[RESOURCE_DAYS].get(f"{space.space_id}:{occurrence.day.isoformat()}")
                day = RESOURCE_DAY.unpack(row) if row else space_day(space, occurrence.day)
                entered = reserve(day, occurrence.occurrence_id, occurrence.starts_at, occurrence.ends_at)
                tx[RESOURCE_DAYS].save(RESOURCE_DAY.pack(entered))

        await self._write(write)
        return occurrence.occurrence_id

    def an_occurrence(self, seats: int | None, hour: float, space_id: str | None, **changes: Any) -> Occurrence:
        fields: dict[str, Any] = {
            "occurrence_id": new_id("occurrence"),
            "version": 0,
            "district_id": self.district.district_id,
            "school_id": self.district.school_id,
            "offer_id": new_id("offer"),
            "block_id": new_id("block"),
            "space_id": space_id,
            "day": DAY.date(),
            "week": WEEK,
            "starts_at": at(hour),
            "ends_at": at(hour + 0.75),
            "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
            "closes_at": at(hour - 1),
            "title": "Bike workshop",
            "kind": "session",
            "host_ids": (),
            "cap": seats,
        }
        return Occurrence(**(fields | changes))

    async def space(self, seats: int, *, own_work_seats: int = 0) -> Space:
        space = Space(
            space_id=new_id("space"),
            version=0,
            district_id=self.district.district_id,
            school_id=self.district.school_id,
            name="Quiet room",
            legal_limit=seats,
            target=seats,
            own_work=own_work_seats > 0,
            own_work_seats=own_work_seats,
        )

        async def write(tx: Transaction) -> None:
            tx[SPACES].save(SPACE.pack(space))

        await self._write(write)
        return space

    async def block(self, hour: float = 10, **changes: Any) -> str:
        fields: dict[str, Any] = {
            "block_id": new_id("block"),
            "version": 0,
            "district_id": self.district.district_id,
            "school_id": self.district.school_id,
            "period_id": new_id("period"),
            "period_name": "Wildcat Time",
            "pattern_id": new_id("pattern"),
            "rotation_day": None,
            "day": DAY.date(),
            "week": WEEK,
            "planned_at": at(hour),
            "starts_at": at(hour),
            "ends_at": at(hour + 0.75),
            "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
            "closes_at": at(hour - 1),
            "locks_at": at(hour),
        }
        block = Block(**(fields | changes))

        async def write(tx: Transaction) -> None:
            tx[BLOCKS].save(BLOCK.pack(block))

        await self._write(write)
        return block.block_id

    async def change(self, occurrence_id: str, **changes: Any) -> None:
        """Change an occurrence, as part of a story that is not about how."""

        async def write(tx: Transaction) -> None:
            row = await tx[OCCURRENCES].get(occurrence_id)
            assert row is not None
            tx[OCCURRENCES].save(OCCURRENCE.pack(replace(OCCURRENCE.unpack(row), **changes)))

        await self._write(write)

    async def goal(self, student: Someone) -> tuple[str, str]:
        """An open goal of the student with one step: their ids."""
        goal_id, step_id = new_id("goal"), new_id("step")
        written = GoalWritten(
            district_id=self.district.district_id,
            goal_id=goal_id,
            person_id=student.person_id,
            state="active",
            target_ids=(),
            tags=(),
            steps=(StepState(step_id, None, False),),
        )
        await self.district.stage.hear(SUBSCRIPTIONS, (written, 1))
        return goal_id, step_id

    async def occurrence(self, occurrence_id: str) -> Occurrence:
        row = await self.district.stage.store.reader(self.district.district_id)[OCCURRENCES].get(occurrence_id)
        assert row is not None
        return OCCURRENCE.unpack(row)

    async def days(self) -> list[ResourceDay]:
        rows = await self.district.stage.store.reader(self.district.district_id)[RESOURCE_DAYS].find({})
        return [RESOURCE_DAY.unpack(row) for row in rows]

    async def weeks(self) -> list[Week]:
        rows = await self.district.stage.store.reader(self.district.district_id)[WEEKS].find({})
        return [STUDENT_WEEK.unpack(row) for row in rows]

    async def seated(self, occurrence_id: str) -> set[str]:
        """The students who hold a place in an occurrence."""
        held = [(week, place) for week in await self.weeks() for place in held_places(week)]
        return {week.student_id for week, place in held if place.occurrence_id == occurrence_id}

    async def _write(self, write: Any) -> None:
        await self.district.stage.store.transact(self.district.district_id, Trace(new_id("corr")), write)


async def book(student: Someone, occurrence_id: str, by: Someone | None = None, **wish: Any) -> Answer:
    """Book a place over HTTP; headers such as `idempotency_key` go along."""
    headers = {name: wish.pop(name) for name in ("idempotency_key", "x_correlation_id") if name in wish}
    body = {"student_id": student.person_id, **wish}
    return await (by or student).post(f"/v1/occurrences/{occurrence_id}/placements", body, **headers)


async def wait(student: Someone, occurrence_id: str, **wish: Any) -> Answer:
    """Join the line over HTTP."""
    return await student.post(f"/v1/occurrences/{occurrence_id}/waitlist", {"student_id": student.person_id, **wish})


async def give_back(student: Someone, placement_id: str, **body: Any) -> Answer:
    """Cancel a placement over HTTP."""
    return await student.post(f"/v1/placements/{placement_id}/cancel", body)

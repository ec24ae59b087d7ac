"""The scheduler on stage, and a school with what a day needs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.fact import Fact
from contracts.gateway import DistrictOpened
from contracts.profile import SchoolListed
from deploy.local.mongo import Mongo
from kit.clock import now
from services.scheduler.api import API
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.support.stage import Answer, District, Someone, Stage, on_stage


@pytest.fixture(scope="session")
async def stage(mongod: Mongo) -> AsyncIterator[Stage]:
    async with on_stage(API, mongod) as stage:
        yield stage


def next_monday() -> date:
    """The Monday after this week: all of its days are still to come."""
    today = now().date()
    return today + timedelta(days=7 - today.weekday())


@dataclass
class School:
    """A school with an office, a teacher and a student, whose day is set up piece by piece."""

    district: District
    office: Someone
    teacher: Someone
    student: Someone
    monday: date = field(default_factory=next_monday)
    sequence: int = 1000

    @property
    def path(self) -> str:
        return f"/v1/schools/{self.district.school_id}"

    async def hear(self, *facts: Fact) -> None:
        """Facts of other services arrive, in this order."""
        for fact in facts:
            self.sequence += 1
            await self.district.stage.hear(SUBSCRIPTIONS, (fact, self.sequence))

    async def made(self, path: str, body: dict[str, Any], by: Someone | None = None) -> Any:
        """What the office (or `by`) makes with a POST."""
        answer = await (by or self.office).post(path, body)
        assert answer.status in (200, 201), answer
        return answer.body

    async def calendar(self, **changes: Any) -> Answer:
        body = {"time_zone": "Europe/London", "opens_days_ahead": 60} | changes
        return await self.office.put(f"{self.path}/calendar", body)

    async def period(self, name: str = "First") -> str:
        made = await self.made(f"{self.path}/periods", {"name": name, "from_on": "2020-01-01"})
        return str(made["period_id"])

    async def pattern(self, *entries: dict[str, Any], **changes: Any) -> str:
        made = await self.made(f"{self.path}/day-patterns", self.pattern_body(*entries, **changes))
        return str(made["pattern_id"])

    def pattern_body(self, *entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {
            "name": "A and B days",
            "rotation_days": ["A", "B"],
            "starts_on": str(self.monday),
            "regular": "regular",
            "bells": [{"name": "regular", "entries": list(entries)}],
        } | changes

    async def generate(self, pattern_id: str, days: int = 5) -> Any:
        last = self.monday + timedelta(days=days - 1)
        body = {"pattern_id": pattern_id, "from": str(self.monday), "to": str(last)}
        return await self.made(f"{self.path}/blocks", body)

    async def blocks(self, days: int = 5) -> list[dict[str, Any]]:
        """A week of blocks from 8:30 to 9:30, and from 9:40 to 10:40, in London."""
        await self.calendar()
        first, second = await self.period("First"), await self.period("Second")
        entries = [
            {"period_id": first, "starts": "08:30", "ends": "09:30"},
            {"period_id": second, "starts": "09:40", "ends": "10:40"},
        ]
        generated = await self.generate(await self.pattern(*entries), days)
        return list(generated["blocks"])

    async def space(self, **changes: Any) -> str:
        body = {"name": "Workshop", "legal_limit": 20, "target": 16} | changes
        return str((await self.made(f"{self.path}/spaces", body))["space_id"])

    async def offer(self, by: Someone | None = None, **changes: Any) -> str:
        made = await self.made(f"{self.path}/offers", {"title": "Bike workshop"} | changes, by or self.teacher)
        return str(made["offer_id"])

    async def occurrence(self, block_id: str, offer_id: str | None = None, **changes: Any) -> dict[str, Any]:
        path = f"/v1/offers/{offer_id or await self.offer()}/occurrences"
        (made,) = await self.made(path, {"block_ids": [block_id]} | changes, self.teacher)
        return dict(made)

    async def book(self, occurrence_id: str, student: Someone | None = None) -> Answer:
        student = student or self.student
        path = f"/v1/occurrences/{occurrence_id}/placements"
        return await student.post(path, {"student_id": student.person_id})


@pytest.fixture
async def school(stage: Stage) -> School:
    """A school of a district of its own, in London."""
    district = stage.district()
    office, teacher, student = [
        await district.person("administrator"),
        await district.person("educator", teaches=("class_1",)),
        await district.person("learner", classes=("class_1",), grades=("09",)),
    ]
    school = School(district, office, teacher, student)
    await school.hear(
        DistrictOpened(district_id=district.district_id, time_zone="Europe/London"),
        SchoolListed(district_id=district.district_id, school_id=district.school_id, active=True),
    )
    return school

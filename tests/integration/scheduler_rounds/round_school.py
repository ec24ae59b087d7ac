"""A school that gives out scarce seats by rounds: blocks, sessions and students, and the steps of a round over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contracts.profile import SchoolListed
from kit.clock import now
from kit.edge import Store
from services.scheduler.actions.settle_rounds import settle_next
from services.scheduler.actions.work_out_runs import work_out_next
from services.scheduler.domain.weeks import Place, held_places
from services.scheduler.store.rounds import CREDITS
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.integration.scheduler_placements.timetable import Timetable
from tests.support.stage import Answer, Someone


@dataclass
class RoundSchool:
    """One district with a school office and a timetable."""

    timetable: Timetable
    office: Someone
    students: list[Someone] = field(default_factory=list)

    @classmethod
    async def of(cls, timetable: Timetable) -> "RoundSchool":
        district = timetable.district
        listed = SchoolListed(district_id=district.district_id, school_id=district.school_id, active=True)
        await district.stage.hear(SUBSCRIPTIONS, (listed, 1))
        return cls(timetable, await timetable.district.person("administrator"))

    @property
    def store(self) -> Store:
        return self.timetable.district.stage.store

    async def enrol(self, count: int, grade: str = "09") -> list[Someone]:
        """So many new students."""
        fresh = [await self.timetable.district.person("learner", grades=[grade]) for _ in range(count)]
        self.students += fresh
        return fresh

    async def sessions(self, hour: float, **caps: int | None) -> tuple[str, dict[str, str]]:
        """A block at this hour, and a session in it for each title: its id by title."""
        block_id = await self.timetable.block(hour)
        made = {
            title: await self.timetable.session(cap, hour, block_id=block_id, title=title)
            for title, cap in caps.items()
        }
        return block_id, made

    async def open(self, *block_ids: str, **changes: Any) -> Answer:
        """Open a round over these blocks, ranking open for an hour."""
        wanted = {
            "title": "Wildcat Time",
            "block_ids": list(block_ids),
            "closes_at": (now() + timedelta(hours=1)).isoformat(),
            "seed": 7,
        }
        path = f"/v1/schools/{self.timetable.district.school_id}/rounds"
        return await self.office.post(path, {**wanted, **changes})

    async def close(self, round_id: str) -> Answer:
        return await self.office.post(f"/v1/rounds/{round_id}/close")

    async def preview(self, round_id: str, **changes: Any) -> Mapping[str, Any]:
        """Ask for a run, let the worker work it out, and look at it."""
        asked = await self.office.post(f"/v1/rounds/{round_id}/runs", changes)
        return await self.worked_out(round_id, asked["run_id"])

    async def worked_out(self, round_id: str, run_id: str) -> Mapping[str, Any]:
        """The run once the worker is through with it (and with whatever was asked for before it)."""
        while (run := await self.run(round_id, run_id))["state"] in ("waiting", "running"):
            assert await work_out_next(self.store)
        return run

    async def run(self, round_id: str, run_id: str) -> Mapping[str, Any]:
        answer = await self.office.get(f"/v1/rounds/{round_id}/runs/{run_id}")
        assert answer.status == 200, answer
        body: Mapping[str, Any] = answer.body
        return body

    async def publish(self, round_id: str, run_id: str, **changes: Any) -> Mapping[str, Any]:
        """Publish a run and let the worker carry it out; the round as it is then."""
        answer = await self.office.post(f"/v1/rounds/{round_id}/publish", {"run_id": run_id, **changes})
        assert answer.status == 202, answer
        return await self.settled(round_id)

    async def publish_first(self, round_id: str) -> Mapping[str, Any]:
        """Close the ranking, work out one run and publish it."""
        await self.close(round_id)
        run = await self.preview(round_id)
        assert run["state"] == "finished", run
        return await self.publish(round_id, run["run_id"])

    async def titles(self, student: Someone) -> list[str]:
        """What a student holds, by title."""
        return [place.title for place in (await self.held()).get(student.person_id, [])]

    async def undo(self, round_id: str) -> Mapping[str, Any]:
        """Undo and let the worker carry it out; the round as it is then."""
        answer = await self.office.post(f"/v1/rounds/{round_id}/undo")
        assert answer.status == 202, answer
        return await self.settled(round_id)

    async def settled(self, round_id: str) -> Mapping[str, Any]:
        while (found := await self.round(round_id))["state"] in ("publishing", "undoing"):
            assert await settle_next(self.store)
        return found

    async def round(self, round_id: str) -> Mapping[str, Any]:
        answer = await self.office.get(f"/v1/rounds/{round_id}")
        assert answer.status == 200, answer
        body: Mapping[str, Any] = answer.body
        return body

    async def held(self) -> dict[str, list[Place]]:
        """What every student holds, in time order."""
        weeks = await self.timetable.weeks()
        return {week.student_id: sorted(held_places(week), key=lambda place: place.starts_at) for week in weeks}

    async def credits(self) -> dict[str, float]:
        rows = await self.store.reader(self.timetable.district.district_id)[CREDITS].find({})
        return {row["student_id"]: row["credit"] for row in rows}


async def rank(
    student: Someone,
    round_id: str,
    ranked: Mapping[str, Sequence[str]],
    *,
    friends: Sequence[Someone] = (),
    calm: Sequence[str] = (),
    **headers: str,
) -> Answer:
    """Save a ranking over HTTP: occurrences by block, best first; `calm`: blocks with a calm space behind the rest."""
    block_ids = dict.fromkeys([*ranked, *calm])
    blocks = [
        {
            "block_id": block_id,
            "ranked": [{"occurrence_id": one} for one in ranked.get(block_id, ())],
            "calm": block_id in calm,
        }
        for block_id in block_ids
    ]
    body = {"blocks": blocks, "friend_ids": [friend.person_id for friend in friends]}
    return await student.put(f"/v1/people/{student.person_id}/rounds/{round_id}/ranking", body, **headers)


async def result_of(student: Someone, round_id: str) -> Mapping[str, Any]:
    """The student's own result."""
    answer = await student.get(f"/v1/people/{student.person_id}/rounds/{round_id}/result")
    assert answer.status == 200, answer
    body: Mapping[str, Any] = answer.body
    return body

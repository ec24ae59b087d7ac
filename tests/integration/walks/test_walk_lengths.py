"""How long a walk is: the files of its own service that it goes through, as `docs/walks.md` says."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.community import MemberShown, ProjectShown
from contracts.profile import SkillGrown
from deploy.local.mongo import Mongo
from kit.ids import new_id
from services.community.api import API as COMMUNITY
from services.profile.api import API as PROFILE
from services.profile.subscriptions import SUBSCRIPTIONS as PROFILE_HEARS
from services.scheduler.api import API as SCHEDULER
from services.scheduler.subscriptions import SUBSCRIPTIONS as SCHEDULER_HEARS
from tests.integration.scheduler_placements.timetable import Timetable
from tests.support.footsteps import footsteps
from tests.support.stage import Stage, on_stage

pytestmark = pytest.mark.alone
PAGE = Path(__file__).parents[3] / "docs" / "walks.md"


def documented() -> dict[str, int]:
    """The page's table: walk -> files."""
    rows = re.findall(r"^\| `([a-z-]+)` \|[^|]*\|[^|]*\| (\d+) \|", PAGE.read_text(), re.MULTILINE)
    return {name: int(files) for name, files in rows}


@pytest.fixture(scope="module")
async def scheduler(mongod: Mongo) -> AsyncIterator[Stage]:
    async with on_stage(SCHEDULER, mongod) as stage:
        yield stage


async def test_the_walks_through_the_scheduler_are_as_long_as_their_page_says(scheduler: Stage) -> None:
    timetable = Timetable(scheduler.district())
    ana, ben = await timetable.student(), await timetable.student()
    occurrence = await timetable.session(1, space=await timetable.space(20))
    await timetable.session(1, hour=12)
    await timetable.goal(ben)
    walked: dict[str, int] = {}
    with footsteps() as steps:
        booked = await ana.post(f"/v1/occurrences/{occurrence}/placements", {"student_id": ana.person_id})
    walked["book-a-place"] = len(steps.files)
    assert (await ben.post(f"/v1/occurrences/{occurrence}/waitlist", {"student_id": ben.person_id})).status == 201
    with footsteps() as steps:
        cancelled = await ana.post(f"/v1/placements/{booked['placement_id']}/cancel", {})
    walked["cancel-and-promote"] = len(steps.files)
    assert cancelled.status == 200
    with footsteps() as steps:
        openings = await ben.get(f"/v1/people/{ben.person_id}/openings?from=2031-03-04&to=2031-03-05")
    walked["what-is-open-to-me"] = len(steps.files)
    assert [opening["state"] for opening in openings["openings"]] == ["yours", "open"]
    with footsteps() as steps:
        week = await ben.get(f"/v1/people/{ben.person_id}/week?of=2031-03-04")
    walked["my-week"] = len(steps.files)
    assert [place["cause"] for place in week["places"]] == ["promoted"]
    grown = SkillGrown(
        district_id=timetable.district.district_id,
        growth_id=new_id("growth"),
        person_id=ana.person_id,
        skill="empathy",
        pieces=1,
        evidence_id=new_id("evidence"),
    )
    with footsteps() as steps:
        await scheduler.hear(SCHEDULER_HEARS, (grown, 1))
    walked["hear-that-a-skill-grew"] = len(steps.files)
    assert walked == {name: documented().get(name) for name in walked}


async def test_the_walks_through_community_and_profile_are_as_long_as_their_page_says(mongod: Mongo) -> None:
    walked: dict[str, int] = {}
    async with on_stage(COMMUNITY, mongod) as community:
        district = community.district()
        learner = await district.person("learner")
        body = {"school_id": district.school_id, "title": "A bench", "question": "Where?", "skills": ["empathy"]}
        with footsteps() as steps:
            assert (await learner.post("/v1/projects", body)).status == 201
        walked["propose-a-project"] = len(steps.files)
        with footsteps() as steps:
            assert (await learner.get(f"/v1/people/{learner.person_id}/projects")).status == 200
        walked["my-projects"] = len(steps.files)
    async with on_stage(PROFILE, mongod) as profile:
        shown = ProjectShown(
            district_id=new_id("district"),
            project_id=new_id("project"),
            school_id=new_id("school"),
            partner_id=None,
            skills=("empathy",),
            target_ids=(),
            tags=(),
            members=(MemberShown(new_id("person"), 60, {}),),
            shown_at=datetime.now(UTC),
        )
        with footsteps() as steps:
            await profile.hear(PROFILE_HEARS, (shown, 1))
        walked["grow-from-a-project"] = len(steps.files)
    assert walked == {name: documented().get(name) for name in walked}

"""A district that has lived a school day, with something left for everybody to do: what pages are looked at with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from cli.demo.day import TIME_ZONE, Day, Somebody
from cli.demo.story import STEPS, begin, play_step
from cli.demo.telling import Teller, until
from deploy.local.town import Town

SLUG = "lived-valley"
PARTS = ("maya", "teacher", "principal", "office", "guardian", "partner")
"""One of each role; the office twice, of a school and of the district."""


@dataclass(frozen=True)
class Lived:
    """The day as it was played, and what waits for somebody."""

    day: Day
    hours: list[str]

    def person(self, part: str) -> Somebody:
        return self.day[part]

    def sign_in_link(self) -> str:
        """A fresh link for the partner's contact."""
        contact = self.day["partner"].person_id
        made: Mapping[str, Any] = self.day["principal"].api.post(f"/v1/people/{contact}/sign-in-links", {})
        return str(made["link"])


def live(town: Town, roster: Path) -> Lived:
    """Play the steps of the demo, and begin what people then look at. Raises: Untrue, Refused, Trouble."""
    day = begin(town, roster, SLUG, Teller(Console(file=StringIO(), width=160)))
    for step in STEPS:
        play_step(day, step)
    _leave_work(day)
    return Lived(day, _repair_night(day))


def _leave_work(day: Day) -> None:
    """A project to approve, evidence to answer, a place to choose, and one student without any."""
    maya, teacher, school = day["maya"], day["teacher"].api, day.ids["school"]
    proposed = {"school_id": school, "title": "A pond", "question": "What lives here?", "skills": ["curiosity"]}
    maya.api.post("/v1/projects", proposed)
    offer = teacher.post(f"/v1/schools/{school}/offers", {"title": "Weaving", "cap": 2, "tags": ["textiles"]})
    blocks = {"block_ids": [day.blocks[each]["block_id"] for each in ("studio 1", "studio 2")]}
    teacher.post(f"/v1/offers/{offer['offer_id']}/occurrences", blocks)


def _repair_night(day: Day) -> list[str]:
    """A second project with the partner, under way, and hours in it that nobody has confirmed."""
    maya, school = day["maya"].api, day.ids["school"]
    asked = {
        "school_id": school,
        "title": "Repair night",
        "question": "Who mends with us?",
        "skills": ["collaboration"],
        "team_min": 1,
    }
    project = f"/v1/projects/{maya.post('/v1/projects', asked)['project_id']}"
    partners = day["principal"].api.get("/v1/partners", school_id=school)["items"]
    day["partner"].api.post(f"{project}/partner", {"partner_id": partners[0]["partner_id"]})
    day["teacher"].api.post(f"{project}/approve")
    maya.post(f"{project}/members", {"person_id": day["maya"].person_id})
    maya.post(f"{project}/start")
    return [log_hours(day, project, days) for days in range(3, 13)]


def log_hours(day: Day, project: str, days: int) -> str:
    """Maya's 45 minutes of so many days ago."""
    ends = datetime.now(ZoneInfo(TIME_ZONE)).replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=days)
    asked = {"what": "Sorted screws", "where": "Fix-it Workshop", "ends_at": ends.isoformat()}
    asked["starts_at"] = (ends - timedelta(minutes=45)).isoformat()
    logged = until(partial(day["maya"].api.post, f"{project}/hours", asked), "hours can be logged")
    return str(logged["hours_id"])

"""A district that has lived a school day, with something left for everybody to do: what pages are looked at with."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.demo.arriving import gather_cast, import_roster, open_district
from cli.demo.day import Day, Somebody
from cli.demo.story import STEPS, begin, play_step
from cli.demo.telling import Teller
from cli.sample import write_sample
from deploy.local.town import Town
from tests.browser.left_to_do import Left, leave

SLUG, NEW_SLUG = "lived-valley", "new-valley"
PARTS = ("maya", "teacher", "principal", "office", "guardian", "partner")
"""One of each role; the office twice, of a school and of the district."""


@dataclass(frozen=True)
class Lived:
    """The day as it was played, and what was left to do."""

    day: Day
    left: Left

    def person(self, part: str) -> Somebody:
        return self.day[part]

    def sign_in_link(self) -> str:
        """A fresh link for the partner's contact."""
        contact = self.day["partner"].person_id
        made: Mapping[str, Any] = self.day["principal"].api.post(f"/v1/people/{contact}/sign-in-links", {})
        return str(made["link"])


def begin_only(town: Town, folder: Path) -> Day:
    """Open a district with its roster and stop there: it has people, and nothing to do."""
    roster = folder / "new.zip"
    write_sample(roster, schools=1, learners=20, seed=13)
    day = begin(town, roster, NEW_SLUG, Teller(Console(file=StringIO(), width=160)))
    for act in (open_district, import_roster, gather_cast):
        act(day)
    return day


def live(town: Town, folder: Path) -> Lived:
    """Play the steps of the demo, and begin what people then look at. Raises: Untrue, Refused, Trouble."""
    roster = folder / "lived.zip"
    write_sample(roster, schools=1, learners=60, seed=11)
    day = begin(town, roster, SLUG, Teller(Console(file=StringIO(), width=160)))
    for step in STEPS:
        play_step(day, step)
    day["office"].api.post(f"/v1/people/{day['cara'].person_id}/forget", {"reason_code": "family-request"})
    return Lived(day, leave(day, folder))

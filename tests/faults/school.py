"""The school that the load is played in: who may ask for what, and what became known of what was acknowledged."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.demo.arriving import clerk_of
from cli.demo.projecting import TEAM, form_team, propose, vet_partner
from cli.sample import write_sample
from deploy.local.mongo_users import SERVICES
from deploy.local.town import Town
from tests.e2e.district import District, open_for

LEARNERS, SCHOOLS = 80, 2
PATIENT = {
    "GATEWAY_ANONYMOUS_A_MINUTE": "1000000",
    "GATEWAY_PERSON_A_MINUTE": "1000000",
    "GATEWAY_APP_A_MINUTE": "1000000",
    # A worker that was killed is soon given up, so that the same worker, started again, need not wait for itself.
    **{f"{service.upper()}_CONSUMER_SESSION_SECONDS": "3" for service in SERVICES},
}
"""More patience for one address than people need, for the load comes from one; and less for processes that died."""

Known = Mapping[str, Any]


@dataclass
class Board:
    """What the clients know was acknowledged: shared by all, so guarded."""

    occurrences: list[Known] = field(default_factory=list)
    offers: list[Known] = field(default_factory=list)
    placements: list[Known] = field(default_factory=list)
    full: list[str] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)
    rolled: set[str] = field(default_factory=set)
    hour: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_hour(self) -> int:
        """A stretch of the past that nobody has logged yet."""
        with self.lock:
            self.hour += 1
            return self.hour

    def take(self, things: list[Any], luck: random.Random) -> Any:
        """One of these, taken out; None where there is none."""
        with self.lock:
            return things.pop(luck.randrange(len(things))) if things else None

    def claim(self, things: set[str], one: str) -> bool:
        """Whether this one is mine: the first to ask has it."""
        with self.lock:
            fresh = one not in things
            things.add(one)
            return fresh


@dataclass
class School:
    """A district with its first school set up, everybody with a token, and a project that runs."""

    district: District
    educators: Sequence[Known]
    project_id: str
    roster: Path
    board: Board = field(default_factory=Board)

    @property
    def district_id(self) -> str:
        return self.district.day.district_id

    @property
    def school_id(self) -> str:
        return self.district.school_id

    @property
    def base_url(self) -> str:
        return self.district.day.base_url

    @property
    def team(self) -> list[Known]:
        """The learners of the project that runs."""
        return [self.district.day[part].known for part in TEAM]

    @property
    def principal(self) -> Known:
        return self.district.day["principal"].known

    def token(self, known: Known) -> Callable[[], str]:
        """How this person shows who they are."""
        return lambda: self.district.token(known)

    def close(self) -> None:
        self.district.close()


def open_school(town: Town, folder: Path, slug: str = "walk-valley") -> School:
    """Open a district in this town, with a roster, a calendar, spaces, blocks and a running project."""
    roster = folder / f"{slug}.zip"
    write_sample(roster, schools=SCHOOLS, learners=LEARNERS, seed=7)
    district = open_for(town, roster, slug)
    for step in (propose, vet_partner, form_team):
        step(district.day)
    people = clerk_of(district.day).pages("/v1/people", limit=200, school_id=district.school_id)
    educators = [each for each in people if any(held["role"] == "educator" for held in each["roles"])]
    return School(district, educators, district.day.ids["project"], roster)

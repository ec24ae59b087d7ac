"""A school's own pages: the school in the address, its clock, and the ways between its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import Answers, Part, optional, required
from services.web.looks.languages import gettext
from services.web.looks.times import day_of
from services.web.visiting.visit import Visit

OFFICE = (Role.ADMINISTRATOR,)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
_LONGEST_DAY = "2199-12-01"


@dataclass(frozen=True, slots=True)
class AtSchool:
    """A school, and what came of it. `path`: where its pages begin; `zone`: the school's clock."""

    visit: Visit
    path: str
    zone: ZoneInfo
    answers: Answers

    def __getitem__(self, name: str) -> Any:
        """The value of a part. Raises: KeyError where it is missing."""
        return self.answers[name]

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The value of a part, or something else where it is missing."""
        return self.answers.get(name, otherwise)

    @property
    def today(self) -> date:
        """The day it is at the school."""
        return day_of(now(), self.zone)

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of the school, with its name, its clock, and the ways to its other pages."""
        return self.visit.show(
            template,
            status,
            school=self["school"],
            answers=self.answers,
            at=self.path,
            tabs=tabs(self.path),
            **{"zone": self.zone, **values},
        )


def is_district_office(visit: Visit) -> bool:
    """Whether the person administers the district itself."""
    return any(
        held.role == Role.ADMINISTRATOR and held.organisation_id == visit.me.district_id for held in visit.me.roles
    )


def path_of(visit: Visit) -> str:
    """Where the pages of the school in the address begin."""
    return f"/office/schools/{visit.path['school_id']}"


def api_of(visit: Visit) -> str:
    """Where the API has that school."""
    return f"/v1/schools/{visit.path['school_id']}"


async def read_school(visit: Visit, **parts: Part) -> AtSchool:
    """Ask for the school, its clock and these parts, at once. Raises: Refused with the problem of a required part."""
    api = api_of(visit)
    answers = await visit.read(school=required(api), calendar=optional(f"{api}/calendar"), **parts)
    return AtSchool(visit, path_of(visit), _zone(visit, answers), answers)


def tabs(path: str) -> list[tuple[str, str]]:
    """The school's pages: where each is, and what it is called."""
    return [
        (path, gettext("Overview")),
        (f"{path}/time", gettext("Time")),
        (f"{path}/spaces", gettext("Spaces")),
        (f"{path}/no-place", gettext("Who has no place")),
        (f"{path}/rounds", gettext("Rounds")),
        (f"{path}/approvals", gettext("Approvals")),
        (f"{path}/partners", gettext("Partners")),
        (f"{path}/people", gettext("People")),
    ]


def asked_day(query: Mapping[str, str], otherwise: date, name: str = "from") -> date:
    """The day in the page's address; another where there is none, or none that a school could mean."""
    given = query.get(name, "")
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return otherwise
    return found if "2000-01-08" <= given <= _LONGEST_DAY else otherwise


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def if_match(version: str) -> str | None:
    """The condition under which a form may change something: that it is still what the form showed."""
    return f'"{version}"' if version.isascii() and version.isdigit() else None


def _zone(visit: Visit, answers: Answers) -> ZoneInfo:
    calendar = answers.get("calendar")
    if calendar is not None:
        return ZoneInfo(calendar["time_zone"])
    district = visit.me.about.get("district")
    return ZoneInfo(district["time_zone"]) if district else visit.zone

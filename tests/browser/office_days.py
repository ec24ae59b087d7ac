"""What an office's pages are about: a project and hours that wait, people who are signed in, and where pages are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.demo.projecting import form_team, propose, vet_partner
from tests.browser.signing_in import Visitor
from tests.e2e.district import District


@dataclass(frozen=True)
class Office:
    """The principal's and the district office's sight of one school."""

    district: District
    signed_in: Callable[[str], Visitor]

    @property
    def path(self) -> str:
        """Where the school's own pages begin."""
        return f"/office/schools/{self.district.school_id}"

    @property
    def principal(self) -> str:
        return self.district.day["principal"].person_id

    @property
    def district_office(self) -> str:
        return self.district.day["office"].person_id

    @property
    def visitor(self) -> Visitor:
        """The principal, without a browser."""
        return self.signed_in(self.principal)

    def api(self, path: str, **query: Any) -> Any:
        """What the API says to the principal of something at the school."""
        return self.district.day["principal"].api.get(f"/v1/schools/{self.district.school_id}{path}", **query)

    def pattern(self, name: str) -> dict[str, Any]:
        """The day pattern of this name."""
        return next(each for each in self.api("/day-patterns")["items"] if each["name"] == name)

    def fill_in(self, page: str, action: str, **fields: str) -> Any:
        """Open a page, send its form that goes to `action`, and follow; the answer is the next page."""
        sent = self.visitor.fill_in(self.visitor.get(page), action, **fields)
        assert sent.status_code == 303, sent.text
        return self.visitor.get(sent.headers["location"])


def run_project(district: District) -> None:
    """A project with a vetted partner and a team, as the story of the demo has it."""
    if "project" not in district.day.ids:
        for step in (propose, vet_partner, form_team):
            step(district.day)


def hours_verified(district: District, hours_ago: int) -> str:
    """Hours of a student, that the partner has confirmed; answers their id."""
    hours_id = hours_logged(district, hours_ago)
    district.day["partner"].api.post(f"/v1/hours/{hours_id}/verify", {"outcome": "confirm"})
    return hours_id


def hours_logged(district: District, hours_ago: int) -> str:
    """Hours of a student, of which the partner has not spoken yet; answers their id."""
    run_project(district)
    ends = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
    asked = {"what": "Mended two toasters", "where": "Fix-it Workshop", "ends_at": ends.isoformat()}
    asked["starts_at"] = (ends - timedelta(minutes=60)).isoformat()
    logged = district.day["maya"].api.post(f"/v1/projects/{district.day.ids['project']}/hours", asked)
    return str(logged["hours_id"])


def propose_project(district: District, title: str) -> str:
    """A project that a student proposes; answers its id."""
    asked = {
        "school_id": district.school_id,
        "title": title,
        "question": "How can we make the yard greener?",
        "skills": ["collaboration"],
        "team_min": 2,
        "team_max": 5,
    }
    return str(district.day["maya"].api.post("/v1/projects", asked)["project_id"])

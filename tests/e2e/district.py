"""A district for walks: steps of the demo's story set it up, then people act through the public API alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from rich.console import Console

from cli.demo.arriving import clerk_of, gather_cast, import_roster, open_district
from cli.demo.day import Day, Somebody
from cli.demo.telling import Teller, until
from cli.demo.timetabling import draw_days, furnish, set_calendar
from cli.http_api import Api
from deploy.local.town import Town
from kit.auth import Caller, RoleAt, mint
from services.gateway.tokens import SigningKeys

OUTSIDE = "trellis"


@dataclass(frozen=True)
class Played:
    """A day that was played, and the story as it was told."""

    day: Day
    told: str


@dataclass
class District:
    """The set-up day, everybody of the first school by role, and blocks nobody has used yet."""

    town: Town
    day: Day
    learners: list[Mapping[str, Any]]
    blocks: list[Mapping[str, Any]]
    key: OKPKey = field(repr=False)
    printed: StringIO
    apis: list[Api] = field(default_factory=list)

    def close(self) -> None:
        """Let every connection go."""
        for api in [*self.apis, *(somebody.api for somebody in self.day.cast.values())]:
            api.close()

    @property
    def school_id(self) -> str:
        return self.day.ids["school"]

    @property
    def teacher(self) -> Somebody:
        return self.day["teacher"]

    def learner(self, number: int) -> Somebody:
        """The learner with this number, with a token as the gateway signs them: signing in is walked elsewhere."""
        known = self.learners[number]
        api = Api(self.day.base_url, lambda: self.token(known))
        self.apis.append(api)
        return Somebody(
            known["person_id"], known["given_name"], known, Api(self.day.base_url, lambda: self.token(known))
        )

    def token(self, known: Mapping[str, Any]) -> str:
        roles = tuple(RoleAt(held["role"], held["organisation_id"]) for held in known["roles"])
        caller = Caller(known["person_id"], "person", self.day.district_id, roles, frozenset({"*"}))
        return mint(self.key, caller, OUTSIDE, 300, datetime.now(UTC))

    def block(self) -> Mapping[str, Any]:
        """A block that no other walk uses."""
        return self.blocks.pop(0)

    def occurrence(self, cap: int, block: Mapping[str, Any], title: str = "Pottery", **offer: Any) -> str:
        """A fresh offer of the teacher's in this block, with so many seats."""
        host = self.teacher.api
        made = host.post(f"/v1/schools/{self.school_id}/offers", {"title": title, **offer})
        asked = {"block_ids": [block["block_id"]], "cap": cap}
        occurrences = host.post(f"/v1/offers/{made['offer_id']}/occurrences", asked)
        return str(occurrences[0]["occurrence_id"])


def open_for(town: Town, roster: Path, slug: str = "walk-valley") -> District:
    """Open a district in this town and set it up."""
    printed = StringIO()
    secret_file = town.folder / "secrets" / "gateway-operator-secret"
    day = Day(
        base_url=town.base_url,
        folder=town.folder,
        roster=roster,
        tell=Teller(Console(file=printed, width=160)),
        operator_secret=secret_file.read_text().strip(),
        slug=slug,
    )
    for step in (open_district, import_roster, gather_cast, set_calendar, draw_days, furnish):
        step(day)
    people = list(clerk_of(day).pages("/v1/people", limit=200, school_id=day.ids["school"]))
    learners = [each for each in people if any(held["role"] == "learner" for held in each["roles"])]
    key_file = town.folder / "secrets" / "gateway-signing-key.json"
    key = SigningKeys.load(key_file).signing
    district = District(town, day, [*learners], [], key, printed)
    district.blocks = until(lambda: _coming(district), "the blocks are there")
    until(lambda: _known(district), "the scheduler has heard of every learner")
    return district


def _coming(district: District) -> list[Mapping[str, Any]]:
    """The blocks that have not begun, one a period and day, so that no two of them overlap."""
    first = date.fromisoformat(district.day.blocks["win 1"]["day"])
    span = {"from": first.isoformat(), "to": (first + timedelta(days=20)).isoformat()}
    found: list[Mapping[str, Any]] = district.day["principal"].api.get(
        "/v1/blocks", school_id=district.school_id, **span
    )["items"]
    return sorted(found, key=lambda block: str(block["starts_at"]))


def _known(district: District) -> bool:
    last = district.learner(-1)
    return bool(last.api.get(f"/v1/people/{last.person_id}/week"))

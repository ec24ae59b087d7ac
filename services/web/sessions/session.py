"""A session: one person signed in, with the token that speaks for them and what every page says of them."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from contracts.people import Role
from kit.auth import RoleAt
from services.web.asking.problems import Problem, Reason, Refused

_RENEW_SECONDS = 60
UTC = ZoneInfo("UTC")


@dataclass(slots=True)
class Session:
    """`grant` is the refresh token, which a browser holds sealed. The access token is nowhere but here.

    `about`: what pages show of the person and their district, by name (`me`, `district`, `vocabulary`, `calendar`);
    a part that was away when it was asked for is not among them.
    """

    grant: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    good_until: float = 0.0
    person_id: str = ""
    district_id: str = ""
    roles: tuple[RoleAt, ...] = ()
    about: dict[str, Any] = field(default_factory=dict, repr=False)
    about_again_at: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def is_fresh(self) -> bool:
        """Whether the access token will outlive this request."""
        return time.monotonic() < self.good_until - _RENEW_SECONDS

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(held.role for held in self.roles)

    @property
    def school_id(self) -> str | None:
        """The school where the person is: the first that a role names."""
        return next((held.organisation_id for held in self.roles if held.organisation_id != self.district_id), None)

    def school_for(self, role: Role) -> str | None:
        """The school where the person holds this role."""
        places = (held.organisation_id for held in self.roles if held.role == role)
        return next((place for place in places if place != self.district_id), None)

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone, else the district's."""
        for part in ("calendar", "district"):
            if part in self.about:
                return ZoneInfo(self.about[part]["time_zone"])
        return UTC

    @property
    def name(self) -> str:
        """What the person is called; empty while nobody says."""
        me = self.about.get("me", {})
        return str(me.get("called") or me.get("given_name") or "")

    def renew(self, told: dict[str, Any]) -> None:
        """Take the tokens that the gateway gave."""
        self.access_token = told["access_token"]
        self.good_until = time.monotonic() + told["expires_in"]
        self.person_id, self.district_id = str(told["person_id"]), str(told["district_id"])
        self.roles = tuple(RoleAt(str(held["role"]), str(held["organisation_id"])) for held in told["roles"])


def over() -> Refused:
    """The sign-in has ended."""
    return Refused(Problem(401, (Reason("signed-out", "You are not signed in any more."),)))

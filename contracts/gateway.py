"""What the gateway announces: districts, third-party apps, and what it removed of a forgotten person."""

from dataclasses import dataclass
from datetime import datetime

from contracts.fact import Fact, fact


@fact("gateway.district.opened.v1", topic="gateway-districts", key="district_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictOpened(Fact):
    """A district uses Trellis; its weeks turn at Monday's midnight in this time zone (an IANA name)."""

    time_zone: str


@fact("gateway.app.registered.v1", topic="gateway-apps", key="app_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AppRegistered(Fact):
    """The district lets an app in, with these scopes."""

    app_id: str
    scopes: tuple[str, ...]


@fact("gateway.app.revoked.v1", topic="gateway-apps", key="app_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AppRevoked(Fact):
    """The district let an app go; its tokens end within minutes."""

    app_id: str


@fact("gateway.sign_in_link.made.v1", topic="gateway-sign-in-links", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinkMade(Fact):
    """The school made a link with which a partner's contact can sign in once; an older one is good no more."""

    person_id: str
    made_by: str
    expires_at: datetime


@fact("gateway.sign_in_link.used.v1", topic="gateway-sign-in-links", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinkUsed(Fact):
    """Somebody signed in by a partner contact's link."""

    person_id: str


@fact("gateway.learner.erased.v1", topic="gateway-learners", key="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayErased(Fact):
    """The gateway removed what it held of a person (sessions, inbox): how many documents of each kind."""

    person_id: str
    erasure_id: str
    removed: dict[str, int]

"""Sign-in links: how a partner's contact, who is on no roster's sign-in, gets in; once, for a while, and as no more."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from contracts.gateway import SignInLinkMade, SignInLinkUsed
from contracts.people import Role
from kit.refusals import Refusal, refuse_all
from services.gateway.domain.oauth import PAGES, WEB, OAuthRefusal, hash_of

USUAL_HOURS, MOST_HOURS = 72, 14 * 24
REDEEMERS = frozenset({PAGES, WEB})
"""The first-party pages, without and with a server: a link is never for an app."""
_NOT_GOOD = "this link is used, has run out, or was replaced by a newer one; ask the school for a new one"


class OnlyPartnerContacts(Refusal):
    text = "A sign-in link is for somebody who is a partner's contact and nothing else. Others sign in as usual."


class LinkShownBefore(Refusal):
    text = "This link was shown in an earlier answer, and is shown once. Make a new one: it ends the old one."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """The one link of a person; a new one takes its place. `link_hash` None: it was used, and is good no more."""

    person_id: str
    version: int
    district_id: str
    link_hash: str | None
    made_by: str
    expires_at: datetime


def check_contact(roles: Collection[str]) -> None:
    """A link opens whatever its person may do: it is made for contacts of partners, and for nobody with more.

    Raises: Refusals of OnlyPartnerContacts.
    """
    refuse_all(None if set(roles) == {Role.PARTNER.value} else OnlyPartnerContacts())


def make(
    link: SignInLink, secret: str, made_by: str, now: datetime, hours: int
) -> tuple[SignInLink, list[SignInLinkMade]]:
    """A fresh link in the place of the one before; the secret itself is kept nowhere."""
    made = replace(link, link_hash=hash_of(secret), made_by=made_by, expires_at=now + timedelta(hours=hours))
    fact = SignInLinkMade(
        district_id=made.district_id, person_id=made.person_id, made_by=made_by, expires_at=made.expires_at
    )
    return made, [fact]


def use(link: SignInLink | None, secret: str, now: datetime) -> tuple[SignInLink, list[SignInLinkUsed]]:
    """The link, used up. Unknown, used, replaced and expired ones are told apart to nobody.

    Raises: OAuthRefusal.
    """
    if link is None or now >= link.expires_at or not compare_digest(hash_of(secret), link.link_hash or ""):
        raise not_good()
    fact = SignInLinkUsed(district_id=link.district_id, person_id=link.person_id)
    return replace(link, link_hash=None), [fact]


def not_good() -> OAuthRefusal:
    """The one answer to every link that opens nothing."""
    return OAuthRefusal("invalid_grant", _NOT_GOOD)

"""A sign-in link is made for a partner's contact, and used once."""

from dataclasses import dataclass, replace

from kit.directory import PEOPLE
from kit.problems import NoSuchMember
from kit.refusals import refuse
from kit.transaction import Transaction
from services.gateway.domain.oauth import Grant
from services.gateway.domain.sign_in_links import SignInLink, check_contact, make, use
from services.gateway.store.collections import GRANT, GRANTS, SIGN_IN_LINK, SIGN_IN_LINKS


@dataclass(frozen=True, slots=True)
class MakeSignInLink:
    """For whom, with which secret, by whom, and for how many hours."""

    person_id: str
    secret: str
    made_by: str
    hours: int


@dataclass(frozen=True, slots=True)
class UseSignInLink:
    """The secret that came, and the grant that it becomes."""

    secret: str
    grant: Grant


async def make_sign_in_link(tx: Transaction, order: MakeSignInLink) -> SignInLink:
    """Keep a fresh link's hash; the person's older link is good no more.

    Raises: Refusals of NoSuchMember, OnlyPartnerContacts.
    """
    person = await tx[PEOPLE].get(order.person_id)
    if person is None or not person["active"]:
        raise refuse(NoSuchMember())
    check_contact([held["role"] for held in person["roles"]])
    found = await tx[SIGN_IN_LINKS].get(order.person_id)
    made, facts = make(_standing(tx, found, order), order.secret, order.made_by, tx.now, order.hours)
    return replace(made, version=tx[SIGN_IN_LINKS].save(SIGN_IN_LINK.pack(made), facts))


async def use_sign_in_link(tx: Transaction, order: UseSignInLink) -> Grant:
    """The link becomes a grant, once. Raises: OAuthRefusal."""
    found = await tx[SIGN_IN_LINKS].get(order.grant.person_id)
    used, facts = use(SIGN_IN_LINK.unpack(found) if found else None, order.secret, tx.now)
    tx[SIGN_IN_LINKS].save(SIGN_IN_LINK.pack(used), facts)
    return replace(order.grant, version=tx[GRANTS].save(GRANT.pack(order.grant)))


def _standing(tx: Transaction, found: dict[str, object] | None, order: MakeSignInLink) -> SignInLink:
    if found is not None:
        return SIGN_IN_LINK.unpack(found)
    return SignInLink(
        person_id=order.person_id,
        version=0,
        district_id=tx.district_id,
        link_hash=None,
        made_by=order.made_by,
        expires_at=tx.now,
    )

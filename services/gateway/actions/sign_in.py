"""A sign-in begins at the client, and comes back from the provider as a grant with a code."""

from dataclasses import dataclass, replace
from hmac import compare_digest

from kit.transaction import Transaction
from services.gateway.domain.oauth import Grant, OAuthRefusal, SignIn
from services.gateway.store.collections import GRANT, GRANTS, SIGN_IN, SIGN_INS


@dataclass(frozen=True, slots=True)
class BeginSignIn:
    """The sign-in to remember until the provider sends the person back."""

    sign_in: SignIn


@dataclass(frozen=True, slots=True)
class TakeSignIn:
    """Which sign-in came back, and in which browser (a hash; None: it shows no cookie)."""

    sign_in_id: str
    browser_hash: str | None


@dataclass(frozen=True, slots=True)
class MakeGrant:
    """The grant that a finished sign-in becomes."""

    grant: Grant


async def begin_sign_in(tx: Transaction, order: BeginSignIn) -> SignIn:
    """Remember what was asked for."""
    tx[SIGN_INS].save(SIGN_IN.pack(order.sign_in))
    return order.sign_in


async def take_sign_in(tx: Transaction, order: TakeSignIn) -> SignIn:
    """Take the sign-in away: it comes back once, to the browser that began it (RFC 9700, section 4.7).

    Raises: OAuthRefusal when it is unknown, used, too old, or began in another browser.
    """
    found = await tx[SIGN_INS].get(order.sign_in_id)
    if found is None or found["expires_at"] < tx.now:
        raise OAuthRefusal("invalid_request", "this sign-in is used or has run out; start again")
    sign_in = SIGN_IN.unpack(found)
    if sign_in.browser_hash is not None and not compare_digest(sign_in.browser_hash, order.browser_hash or ""):
        raise OAuthRefusal("invalid_request", "this sign-in began in another browser; start again in this one")
    tx[SIGN_INS].delete({"_id": order.sign_in_id})
    return sign_in


async def make_grant(tx: Transaction, order: MakeGrant) -> Grant:
    """Keep the grant; its code is good once, for a minute."""
    return replace(order.grant, version=tx[GRANTS].save(GRANT.pack(order.grant)))

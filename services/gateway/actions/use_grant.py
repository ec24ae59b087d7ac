"""A grant is used: its code becomes tokens, a refresh token the next one; a copy that comes twice ends it."""

from dataclasses import dataclass, replace
from hmac import compare_digest

from kit.transaction import Transaction
from services.gateway.domain.oauth import Grant, OAuthRefusal, hash_of, redeem
from services.gateway.store.collections import GRANT, GRANTS

_REMEMBERED = 50
"""How many spent refresh tokens a grant remembers, so that a copy is noticed."""


@dataclass(frozen=True, slots=True)
class RedeemCode:
    """The code, what it must have been made for, and the refresh token that follows it."""

    grant_id: str
    code: str
    client_id: str
    redirect_uri: str
    verifier: str
    next_refresh: str


@dataclass(frozen=True, slots=True)
class RotateRefresh:
    """The refresh token that came, for whom, and the one that follows it."""

    grant_id: str
    refresh: str
    client_id: str
    next_refresh: str | None
    """None: the same token stays good."""


@dataclass(frozen=True, slots=True)
class EndGrant:
    """A refresh token whose grant ends."""

    grant_id: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Used:
    """The grant after its use, or why it could not be used: the refusal must not undo what it found out."""

    grant: Grant | None
    refusal: str | None = None


async def redeem_code(tx: Transaction, order: RedeemCode) -> Used:
    """A code becomes tokens, once; a second time ends the grant."""
    grant = await _grant(tx, order.grant_id)
    if grant is None or not compare_digest(hash_of(order.code), grant.code_hash):
        return Used(None, "the code is unknown")
    try:
        redeem(grant, order.client_id, order.redirect_uri, order.verifier, tx.now)
    except OAuthRefusal as refused:
        if grant.code_used:
            _save(tx, replace(grant, revoked=True))
        return Used(None, refused.description)
    return Used(_save(tx, replace(grant, code_used=True, refresh_hash=hash_of(order.next_refresh))))


async def rotate_refresh(tx: Transaction, order: RotateRefresh) -> Used:
    """A refresh token becomes the next; a spent one ends the grant."""
    grant = await _grant(tx, order.grant_id)
    if grant is None or grant.revoked or grant.client_id != order.client_id or tx.now >= grant.expires_at:
        return Used(None, "the refresh token is unknown, revoked or has run out")
    came = hash_of(order.refresh)
    if came in grant.spent_hashes:
        _save(tx, replace(grant, revoked=True))
        return Used(None, "the refresh token was used before; sign in again")
    if not compare_digest(came, grant.refresh_hash or ""):
        return Used(None, "the refresh token is unknown")
    if order.next_refresh is None:
        return Used(grant)
    spent = (*grant.spent_hashes, came)[-_REMEMBERED:]
    return Used(_save(tx, replace(grant, refresh_hash=hash_of(order.next_refresh), spent_hashes=spent)))


async def end_grant(tx: Transaction, order: EndGrant) -> None:
    """Revoke the grant of a refresh token, spent or not; an unknown one changes nothing (RFC 7009)."""
    grant = await _grant(tx, order.grant_id)
    if grant is not None and hash_of(order.refresh) in (grant.refresh_hash, *grant.spent_hashes):
        _save(tx, replace(grant, revoked=True))


async def _grant(tx: Transaction, grant_id: str) -> Grant | None:
    found = await tx[GRANTS].get(grant_id)
    return GRANT.unpack(found) if found else None


def _save(tx: Transaction, grant: Grant) -> Grant:
    return replace(grant, version=tx[GRANTS].save(GRANT.pack(grant)))

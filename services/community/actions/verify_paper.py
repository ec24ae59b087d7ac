"""A school verifies a partner's paper."""

from dataclasses import dataclass, replace

from kit.transaction import Transaction
from services.community.domain import partners
from services.community.domain.partners import Partner
from services.community.store.collections import PARTNER, PARTNERS
from services.community.store.finding import partner_of


@dataclass(frozen=True, slots=True)
class VerifyPaper:
    """Which paper of which partner, and who saw it."""

    partner_id: str
    paper_id: str
    by: str


async def verify_paper(tx: Transaction, order: VerifyPaper) -> Partner:
    """Mark the paper as seen; with the last required one the partner is vetted.

    Raises: Refusals of NoSuchPartner, NoSuchPaper, PaperExpired.
    """
    partner = await partner_of(tx[PARTNERS], order.partner_id)
    verified, facts = partners.verify_paper(partner, order.paper_id, order.by, tx.now)
    return replace(verified, version=tx[PARTNERS].save(PARTNER.pack(verified), facts))

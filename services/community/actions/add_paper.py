"""A partner's paper is handed in."""

from dataclasses import dataclass, replace
from datetime import date

from kit.transaction import Transaction
from services.community.domain import partners
from services.community.domain.partners import Paper, Partner
from services.community.store.collections import PARTNER, PARTNERS
from services.community.store.finding import partner_of


@dataclass(frozen=True, slots=True)
class AddPaper:
    """Which partner, which paper."""

    partner_id: str
    paper_id: str
    kind: str
    expires_on: date


async def add_paper(tx: Transaction, order: AddPaper) -> Partner:
    """Keep the paper; the school has yet to verify it.

    Raises: Refusals of NoSuchPartner, PaperExpired.
    """
    partner = await partner_of(tx[PARTNERS], order.partner_id)
    paper = Paper(paper_id=order.paper_id, kind=order.kind, expires_on=order.expires_on)
    added = partners.add_paper(partner, paper, tx.now.date())
    return replace(added, version=tx[PARTNERS].save(PARTNER.pack(added)))

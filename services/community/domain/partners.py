"""Partners: who from outside may work with students, and until when."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.community import PartnerVetted
from contracts.fact import Fact
from kit.refusals import Kind, Refusal, refuse_all

REQUIRED_PAPERS = ("background-check", "insurance", "agreement")
"""What a school must have verified before a partner meets students."""


class NoSuchPartner(Refusal):
    kind = Kind.MISSING
    text = "There is no partner with this id in your district."


class NoSuchPaper(Refusal):
    kind = Kind.MISSING
    text = "This partner has handed in no paper with this id."


class PaperExpired(Refusal):
    kind = Kind.INVALID
    text = "This paper expired on {expired_on}. Ask the partner for a current one."


class PartnerNotVetted(Refusal):
    text = "This partner cannot work with students yet: {missing} must be verified and current."


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper of a partner: what it is, how long it holds, and who at the school verified it."""

    paper_id: str
    kind: str
    expires_on: date
    verified_by: str | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An organisation around the school. `contact_ids` are people who sign in for it."""

    partner_id: str
    version: int
    district_id: str
    name: str
    themes: tuple[str, ...]
    offers: str
    languages: tuple[str, ...]
    school_ids: tuple[str, ...]
    contact_ids: tuple[str, ...]
    papers: tuple[Paper, ...]
    added_by: str


def add_paper(partner: Partner, paper: Paper, today: date) -> Partner:
    """The partner with one more paper, which the school has yet to verify.

    Raises: Refusals of PaperExpired.
    """
    refuse_all(_expired(paper, today))
    return replace(partner, papers=(*partner.papers, paper))


def verify_paper(partner: Partner, paper_id: str, by: str, at: datetime) -> tuple[Partner, list[Fact]]:
    """The school saw the paper. Once all required ones are verified, the partner is vetted until the first expires.

    Raises: Refusals of NoSuchPaper, PaperExpired.
    """
    paper = next((paper for paper in partner.papers if paper.paper_id == paper_id), None)
    refuse_all(NoSuchPaper() if paper is None else _expired(paper, at.date()))
    papers = tuple(
        replace(paper, verified_by=by, verified_at=at) if paper.paper_id == paper_id else paper
        for paper in partner.papers
    )
    verified = replace(partner, papers=papers)
    until = vetted_until(verified, at.date())
    return verified, [_vetted(verified, until, by)] if until else []


def vetted_until(partner: Partner, today: date) -> date | None:
    """The last day this partner may work with students; None where a required paper is missing or expired."""
    current = {kind: _longest(partner, kind, today) for kind in REQUIRED_PAPERS}
    known = [expires_on for expires_on in current.values() if expires_on is not None]
    return min(known) if len(known) == len(current) else None


def not_vetted(partner: Partner, today: date) -> PartnerNotVetted | None:
    """The refusal that names what is missing, or None."""
    missing = [kind for kind in REQUIRED_PAPERS if _longest(partner, kind, today) is None]
    return PartnerNotVetted(missing=", ".join(missing)) if missing else None


def _longest(partner: Partner, kind: str, today: date) -> date | None:
    fit = [paper.expires_on for paper in partner.papers if paper.kind == kind and paper.verified_by]
    return max((expires_on for expires_on in fit if expires_on >= today), default=None)


def _expired(paper: Paper, today: date) -> PaperExpired | None:
    return PaperExpired(expired_on=paper.expires_on.isoformat()) if paper.expires_on < today else None


def _vetted(partner: Partner, until: date, by: str) -> PartnerVetted:
    return PartnerVetted(
        district_id=partner.district_id,
        partner_id=partner.partner_id,
        contact_ids=partner.contact_ids,
        vetted_until=until,
        vetted_by=by,
    )

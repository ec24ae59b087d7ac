"""Partners: added, vetted by their papers, found."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.auth import Subject
from kit.paging import Keyset, Page, PageAskDep
from kit.policy import SCHOOL, Policy, organisation_in
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line, Paragraphs, Tag
from services.community.actions.add_paper import AddPaper, add_paper
from services.community.actions.add_partner import AddPartner, ContactUnknown, add_partner
from services.community.actions.verify_paper import VerifyPaper, verify_paper
from services.community.domain.onlookers import partner_for
from services.community.domain.partners import (
    NoSuchPaper,
    NoSuchPartner,
    PaperExpired,
    Partner,
    vetted_until,
)
from services.community.routes.subjects import own_school, partner_in_path
from services.community.store.collections import PARTNER, PARTNERS
from services.community.store.finding import partner_of

routes = Routes(prefix="/v1/partners", tags=["partners"])
STAFF = ((Role.EDUCATOR, SCHOOL), (Role.ADMINISTRATOR, SCHOOL))
PaperKind = Literal["background-check", "insurance", "agreement", "other"]


class NewPartner(Body):
    """An organisation, and the people who will sign in for it."""

    name: Line
    themes: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    offers: Paragraphs = "-"
    languages: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...], Field(max_length=10)] = ()
    school_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    contact_ids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class NewPaper(Body):
    """A paper and the last day it holds."""

    kind: PaperKind
    expires_on: date


class PaperShown(BaseModel):
    """A paper as screens show it."""

    paper_id: str
    kind: str
    expires_on: date
    verified: bool


class PartnerShown(BaseModel):
    """A partner as screens show it: never a contact's private data."""

    partner_id: str
    version: int
    name: str
    themes: tuple[str, ...]
    offers: str
    languages: tuple[str, ...]
    school_ids: tuple[str, ...]
    contact_ids: tuple[str, ...]
    papers: tuple[PaperShown, ...]
    vetted_until: date | None


def shown(partner: Partner, edge: EdgeDep) -> PartnerShown:
    """The partner's screen shape for this caller."""
    seen = partner_for(partner, edge.caller.caller_id, staff=edge.is_staff)
    return PartnerShown(
        partner_id=partner.partner_id,
        version=partner.version,
        name=partner.name,
        themes=partner.themes,
        offers=partner.offers,
        languages=partner.languages,
        school_ids=partner.school_ids,
        contact_ids=partner.contact_ids,
        papers=tuple(
            PaperShown(
                paper_id=paper.paper_id, kind=paper.kind, expires_on=paper.expires_on, verified=bool(paper.verified_by)
            )
            for paper in seen.papers
        ),
        vetted_until=vetted_until(partner, edge.now.date()),
    )


@routes.post(
    "",
    policy=Policy(*STAFF, scope="community.write", subject=own_school),
    refuses=[ContactUnknown],
    status_code=201,
)
async def post_partner(body: NewPartner, edge: EdgeDep) -> PartnerShown:
    """Add a partner to a school's surroundings; its papers come next."""
    for school_id in body.school_ids:
        await edge.permit(Subject(organisations=frozenset({school_id})))
    partner = Partner(
        partner_id=edge.new_id("partner"),
        version=0,
        district_id=edge.district_id,
        name=body.name,
        themes=tuple(body.themes),
        offers=body.offers,
        languages=tuple(body.languages),
        school_ids=tuple(dict.fromkeys(body.school_ids)),
        contact_ids=tuple(dict.fromkeys(body.contact_ids)),
        papers=(),
        added_by=edge.caller.caller_id,
    )
    added = await edge.act(add_partner, AddPartner(partner))
    edge.location(f"/v1/partners/{added.partner_id}")
    return shown(added, edge)


@routes.get(
    "",
    policy=Policy(
        *STAFF,
        (Role.LEARNER, SCHOOL),
        (Role.PARTNER, SCHOOL),
        scope="community.read",
        subject=organisation_in("school_id"),
        apps=True,
    ),
)
async def get_partners(school_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[PartnerShown]:
    """The partners of a school, by name; their papers are for staff and for a partner's own contacts."""
    return await edge.page(
        ask,
        edge.reader[PARTNERS],
        {"school_ids": school_id},
        Keyset(("name", "_id")),
        lambda row: shown(PARTNER.unpack(row), edge),
    )


@routes.get(
    "/{partner_id}",
    policy=Policy(
        *STAFF,
        (Role.LEARNER, SCHOOL),
        (Role.PARTNER, "partner"),
        scope="community.read",
        subject=partner_in_path,
        apps=True,
    ),
    refuses=[NoSuchPartner],
)
async def get_partner(partner_id: Id, edge: EdgeDep) -> PartnerShown:
    """One partner, and until when it is vetted; its papers are for staff and for its own contacts."""
    partner = await partner_of(edge.reader[PARTNERS], partner_id)
    edge.tag(partner.version)
    return shown(partner, edge)


@routes.post(
    "/{partner_id}/papers",
    policy=Policy(*STAFF, (Role.PARTNER, "partner"), scope="community.write", subject=partner_in_path),
    refuses=[NoSuchPartner, PaperExpired],
    status_code=201,
)
async def post_paper(partner_id: Id, body: NewPaper, edge: EdgeDep) -> PartnerShown:
    """Hand in a paper; a school has yet to verify it."""
    order = AddPaper(partner_id, edge.new_id("paper"), body.kind, body.expires_on)
    return shown(await edge.act(add_paper, order), edge)


@routes.post(
    "/{partner_id}/papers/{paper_id}/verify",
    policy=Policy((Role.ADMINISTRATOR, SCHOOL), scope="community.write", subject=partner_in_path),
    refuses=[NoSuchPartner, NoSuchPaper, PaperExpired],
)
async def post_paper_verified(partner_id: Id, paper_id: Id, edge: EdgeDep) -> PartnerShown:
    """A school saw the paper. With the last required one the partner is vetted."""
    order = VerifyPaper(partner_id, paper_id, edge.caller.caller_id)
    return shown(await edge.act(verify_paper, order), edge)

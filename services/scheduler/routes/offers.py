"""Offers, over HTTP: published, changed, put into blocks."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.refusals import refuse
from kit.request import Edge, EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.change_offer import ChangeOffer, change_offer
from services.scheduler.actions.publish_offer import PublishOffer, publish_offer
from services.scheduler.actions.schedule_offer import ScheduleOffer, schedule_offer
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.host_weeks import HostBusy
from services.scheduler.domain.occurrences import EquipmentNeed
from services.scheduler.domain.offers import (
    BlockClosedToOffers,
    HostNotStaff,
    HostOthersOnly,
    NoSuchBlockHere,
    NoSuchOffer,
    NotYourOffer,
    Offer,
    OfferWithdrawn,
    Overrides,
    PoolElsewhere,
    SpaceElsewhere,
)
from services.scheduler.domain.resource_days import EquipmentGone
from services.scheduler.domain.spaces import NoSuchPool, NoSuchSpace
from services.scheduler.routes.fields import Id, Label, Name, PathId, Prose, QueryId, Seats
from services.scheduler.routes.shapes import OccurrenceShown, OfferShown
from services.scheduler.routes.subjects import (
    OFFER_HOSTS,
    OFFER_READERS,
    SCHOOL_HOSTS,
    SCHOOL_READERS,
    NoSuchSchool,
    editor_at,
)
from services.scheduler.store.offers import OFFER, OFFERS

routes = Routes(prefix="/v1", tags=["offers"])
TERMS = [HostOthersOnly, HostNotStaff, NoSuchPool, PoolElsewhere]


class NeedWanted(Body):
    """What is taken from a pool: so many for each seat, so many in any case."""

    pool_id: Id
    each_seat: int = Field(0, ge=0, le=100)
    fixed: int = Field(0, ge=0, le=10_000)


class EligibilityWanted(Body):
    """Grades and classes narrow, `allow` adds students, `block` takes away; all empty: the whole school."""

    grades: frozenset[Label] = Field(frozenset(), max_length=30)
    class_ids: frozenset[Id] = Field(frozenset(), max_length=500)
    allow: frozenset[Id] = Field(frozenset(), max_length=2000)
    block: frozenset[Id] = Field(frozenset(), max_length=2000)


class OfferWanted(Body):
    """Something to do. Without `host_ids` the caller hosts it; `cap` null is unlimited, 0 lets nobody in."""

    title: Name
    description: Prose | Literal[""] = ""
    kind: Label = "session"
    host_ids: tuple[Id, ...] = Field((), max_length=20)
    tags: tuple[Label, ...] = Field((), max_length=50)
    target_ids: tuple[Id, ...] = Field((), max_length=100)
    skills: tuple[Label, ...] = Field((), max_length=30)
    eligibility: EligibilityWanted = EligibilityWanted()
    cap: Seats | None = None
    once_a_day: bool = False
    most_a_week: int | None = Field(None, ge=1, le=100)
    equipment: tuple[NeedWanted, ...] = Field((), max_length=10)


class OfferChange(Body):
    """What is left out stays; `cap` and `most_a_week` may be set to null."""

    title: Name | None = None
    description: Prose | Literal[""] | None = None
    kind: Label | None = None
    host_ids: tuple[Id, ...] | None = Field(None, min_length=1, max_length=20)
    tags: tuple[Label, ...] | None = Field(None, max_length=50)
    target_ids: tuple[Id, ...] | None = Field(None, max_length=100)
    skills: tuple[Label, ...] | None = Field(None, max_length=30)
    eligibility: EligibilityWanted | None = None
    cap: Seats | None = None
    once_a_day: bool | None = None
    most_a_week: int | None = Field(None, ge=1, le=100)
    equipment: tuple[NeedWanted, ...] | None = Field(None, max_length=10)
    withdrawn: bool | None = None


class OccurrencesWanted(Body):
    """In which blocks, where, and what these occurrences set for themselves."""

    block_ids: tuple[Id, ...] = Field(min_length=1, max_length=100)
    space_id: Id | None = None
    cap: Seats | Literal["unlimited"] | None = None
    title: Name | None = None
    equipment: tuple[NeedWanted, ...] | None = Field(None, max_length=10)


@routes.post("/schools/{school_id}/offers", policy=SCHOOL_HOSTS, refuses=[NoSuchSchool, *TERMS], status_code=201)
async def post_offer(school_id: PathId, body: OfferWanted, edge: EdgeDep) -> OfferShown:
    """Publish an offer: an educator what they host, an administrator for anyone of staff."""
    offer = Offer(
        offer_id=edge.new_id("offer"),
        version=0,
        district_id=edge.district_id,
        school_id=school_id,
        **({"host_ids": (edge.caller.caller_id,)} | _fields(body)),
    )
    return _answer(edge, await edge.act(publish_offer, PublishOffer(offer, editor_at(edge, school_id))))


@routes.get("/schools/{school_id}/offers", policy=SCHOOL_READERS, refuses=[NoSuchSchool, StaleCursor])
async def get_offers(
    school_id: PathId,
    ask: PageAskDep,
    edge: EdgeDep,
    withdrawn: Annotated[bool, Query()] = False,
    host_id: QueryId | None = None,
) -> Page[OfferShown]:
    """A school's offers; perhaps only those that one person hosts."""
    of_host = {} if host_id is None else {"host_ids": host_id}
    where, staff = {"school_id": school_id, "withdrawn": withdrawn, **of_host}, edge.is_staff
    return await edge.page(
        ask, edge.reader[OFFERS], where, Keyset(("_id",)), lambda row: OfferShown.of(OFFER.unpack(row), staff)
    )


@routes.get("/offers/{offer_id}", policy=OFFER_READERS, refuses=[NoSuchOffer])
async def get_offer(offer_id: PathId, edge: EdgeDep) -> OfferShown:
    """One offer."""
    offer = await OFFER.get(edge.reader[OFFERS], offer_id)
    if offer is None:
        raise refuse(NoSuchOffer())
    return _answer(edge, offer)


@routes.patch(
    "/offers/{offer_id}", policy=OFFER_HOSTS, refuses=[NoSuchOffer, NotYourOffer, StaleVersion, HostBusy, *TERMS]
)
async def patch_offer(offer_id: PathId, body: OfferChange, expected: IfMatch, edge: EdgeDep) -> OfferShown:
    """Change an offer and its occurrences to come, save what was set for one of these alone."""
    editor = editor_at(edge, await _school(edge, offer_id))
    order = ChangeOffer(offer_id, _changes(body), editor, expected)
    return _answer(edge, await edge.act(change_offer, order))


@routes.post(
    "/offers/{offer_id}/occurrences",
    policy=OFFER_HOSTS,
    refuses=[
        NoSuchOffer,
        NotYourOffer,
        NoSuchSpace,
        NoSuchBlockHere,
        SpaceElsewhere,
        OfferWithdrawn,
        BlockClosedToOffers,
        NoSuchPool,
        PoolElsewhere,
        HostBusy,
        EquipmentGone,
    ],
    status_code=201,
)
async def post_occurrences(offer_id: PathId, body: OccurrencesWanted, edge: EdgeDep) -> list[OccurrenceShown]:
    """Let an offer take place in blocks: in all of them, or in none."""
    order = ScheduleOffer(
        offer_id=offer_id,
        occurrence_ids={block_id: edge.new_id("occ") for block_id in body.block_ids},
        space_id=body.space_id,
        overrides=Overrides(title=body.title, cap=body.cap, equipment=_needs(body.equipment)),
        editor=editor_at(edge, await _school(edge, offer_id)),
    )
    return [OccurrenceShown.of(occurrence, True) for occurrence in await edge.act(schedule_offer, order)]


def _answer(edge: Edge, offer: Offer) -> OfferShown:
    edge.tag(offer.version)
    return OfferShown.of(offer, edge.is_staff)


async def _school(edge: Edge, offer_id: str) -> str:
    found = await edge.reader[OFFERS].one({"_id": offer_id}, ["school_id"])
    if found is None:
        raise refuse(NoSuchOffer())
    return str(found["school_id"])


def _fields(body: OfferWanted | OfferChange) -> dict[str, Any]:
    """The body's fields as the domain has them; hosts that nobody named are left out."""
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if body.eligibility is not None:
        fields["eligibility"] = Eligibility(**body.eligibility.model_dump())
    fields["equipment"] = _needs(body.equipment)
    return {name: value for name, value in fields.items() if not (name in ("host_ids", "equipment") and not value)}


NULLABLE = frozenset({"cap", "most_a_week"})


def _changes(body: OfferChange) -> dict[str, Any]:
    changes = _fields(body)
    if body.equipment is not None:
        changes["equipment"] = _needs(body.equipment)
    return {name: value for name, value in changes.items() if value is not None or name in NULLABLE}


def _needs(wanted: tuple[NeedWanted, ...] | None) -> tuple[EquipmentNeed, ...] | None:
    return None if wanted is None else tuple(EquipmentNeed(**need.model_dump()) for need in wanted)

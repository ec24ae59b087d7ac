"""Offers: something to do, kept from week to week, and how it becomes an occurrence in a block."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from contracts.scheduler import OfferPublished
from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.eligibility import EVERYONE, Eligibility
from services.scheduler.domain.occurrences import EquipmentNeed, Occurrence
from services.scheduler.domain.spaces import Space

Unlimited = Literal["unlimited"]


class NoSuchOffer(Refusal):
    kind = Kind.MISSING
    text = "There is no such offer in this district."


class HostNotStaff(Refusal):
    text = "A host of an offer works at its school. {host_id} does not."


class NotYourOffer(Refusal):
    kind = Kind.FORBIDDEN
    text = "An offer is changed by one of its hosts, or by an administrator of the school."


class HostOthersOnly(Refusal):
    kind = Kind.FORBIDDEN
    text = "You offer what you host yourself. An administrator can publish an offer for somebody else."


class OfferWithdrawn(Refusal):
    text = "This offer is withdrawn. Publish it again before you schedule it."


class NoSuchBlockHere(Refusal):
    kind = Kind.MISSING
    text = "There is no block {block_id} at this offer's school."


class SpaceElsewhere(Refusal):
    text = "The space belongs to another school than the offer. Choose one of the same school."


class PoolElsewhere(Refusal):
    text = "An equipment pool belongs to another school than the offer. Choose one of the same school."


class BlockClosedToOffers(Refusal):
    text = "The block of {day} is locked, cancelled or over: nothing can be scheduled in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is on offer at a school. `cap` None is unlimited, 0 lets nobody in; an occurrence may have its own."""

    offer_id: str
    version: int
    district_id: str
    school_id: str
    title: str
    description: str = ""
    kind: str = "session"
    host_ids: tuple[str, ...]
    tags: tuple[str, ...] = ()
    target_ids: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    eligibility: Eligibility = EVERYONE
    cap: int | None = None
    once_a_day: bool = False
    most_a_week: int | None = None
    equipment: tuple[EquipmentNeed, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Who wants to publish or change an offer, and whether as an administrator of its school."""

    person_id: str
    administers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What an occurrence sets for itself; None: not set. A cap may be set to unlimited, which is not the same."""

    title: str | None = None
    cap: int | Unlimited | None = None
    equipment: tuple[EquipmentNeed, ...] | None = None


def publish(offer: Offer, editor: Editor, staff: frozenset[str]) -> tuple[Offer, list[OfferPublished]]:
    """Put an offer up, or its changed terms. `staff` are the people who work at its school.

    Raises: Refusals of HostNotStaff for each host who is not, HostOthersOnly.
    """
    alone = not editor.administers and editor.person_id not in offer.host_ids
    refuse_all(
        HostOthersOnly() if alone else None,
        *(HostNotStaff(host_id=host_id) for host_id in offer.host_ids if host_id not in staff),
    )
    return offer, [published(offer)]


def check_editor(offer: Offer, editor: Editor) -> None:
    """Raises: Refusals of NotYourOffer."""
    refuse_all(None if editor.administers or editor.person_id in offer.host_ids else NotYourOffer())


def published(offer: Offer) -> OfferPublished:
    """The fact that these are an offer's terms now."""
    return OfferPublished(
        district_id=offer.district_id,
        offer_id=offer.offer_id,
        school_id=offer.school_id,
        host_ids=offer.host_ids,
        tags=offer.tags,
        target_ids=offer.target_ids,
        skills=offer.skills,
    )


def effective_cap(own: int | Unlimited | None, space: Space | None, offer_cap: int | None) -> int | None:
    """The cap that counts: the occurrence's own if set, else the space's target, else the offer's. None: unlimited."""
    if own is not None:
        return None if own == "unlimited" else own
    return space.target if space is not None else offer_cap


def reasons_not_to_schedule(offer: Offer, blocks: Iterable[Block], space: Space | None, now: datetime) -> list[Refusal]:
    """Every reason against this offer in these blocks and this space: OfferWithdrawn, SpaceElsewhere, NoSuchBlockHere,
    BlockClosedToOffers."""
    found: list[Refusal] = [OfferWithdrawn()] if offer.withdrawn else []
    if space is not None and space.school_id != offer.school_id:
        found.append(SpaceElsewhere())
    for block in blocks:
        if block.school_id != offer.school_id:
            found.append(NoSuchBlockHere(block_id=block.block_id))
        elif block.cancelled or block.locked_at is not None or block.starts_at <= now:
            found.append(BlockClosedToOffers(day=block.day.isoformat()))
    return found


def schedule(offer: Offer, block: Block, space: Space | None, overrides: Overrides, occurrence_id: str) -> Occurrence:
    """The offer in this block, with its fields copied in."""
    return Occurrence(
        occurrence_id=occurrence_id,
        version=0,
        district_id=offer.district_id,
        school_id=offer.school_id,
        offer_id=offer.offer_id,
        block_id=block.block_id,
        space_id=space.space_id if space else None,
        day=block.day,
        week=block.week,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
        opens_at=block.opens_at,
        closes_at=block.closes_at,
        title=overrides.title or offer.title,
        kind=offer.kind,
        host_ids=offer.host_ids,
        tags=offer.tags,
        target_ids=offer.target_ids,
        skills=offer.skills,
        eligibility=offer.eligibility,
        cap=effective_cap(overrides.cap, space, offer.cap),
        once_a_day=offer.once_a_day,
        most_a_week=offer.most_a_week,
        equipment=offer.equipment if overrides.equipment is None else overrides.equipment,
        own=_own(overrides, space),
    )


def _own(overrides: Overrides, space: Space | None) -> frozenset[str]:
    set_here = {"title": overrides.title, "cap": overrides.cap if space is None else space}
    return frozenset(name for name, value in set_here.items() if value is not None)


def republish(occurrence: Occurrence, offer: Offer) -> Occurrence:
    """A coming occurrence under its offer's changed terms; what was set for it alone stays, and so does equipment."""
    terms: Mapping[str, object] = {
        "title": offer.title,
        "cap": offer.cap,
        "kind": offer.kind,
        "host_ids": offer.host_ids,
        "tags": offer.tags,
        "target_ids": offer.target_ids,
        "skills": offer.skills,
        "eligibility": offer.eligibility,
        "once_a_day": offer.once_a_day,
        "most_a_week": offer.most_a_week,
    }
    return replace(occurrence, **{name: value for name, value in terms.items() if name not in occurrence.own})  # type: ignore[arg-type]

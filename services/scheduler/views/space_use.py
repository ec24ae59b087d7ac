"""How are a school's spaces used?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kit.edge import Reader
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay, Use
from services.scheduler.domain.spaces import Space
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAYS, days_of_resources

OWN_WORK = "own:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceUse:
    """One use: an occurrence, or (`occurrence_id` null) students' own work in a block; `taken` seats of it are."""

    kind: Literal["occurrence", "own-work"]
    occurrence_id: str | None
    block_id: str | None
    title: str | None
    host_ids: tuple[str, ...]
    day: date
    starts_at: datetime
    ends_at: datetime
    taken: int
    cap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceInUse:
    """A space with its numbers and its uses in time order; none: nothing takes place there."""

    space_id: str
    name: str
    features: tuple[str, ...]
    legal_limit: int
    target: int
    accessible: int
    own_work: bool
    own_work_seats: int
    uses: tuple[SpaceUse, ...]


async def show_use(reader: Reader, spaces: Sequence[Space], first: date, last: date) -> list[SpaceInUse]:
    """These spaces with their uses from one day to another, both included: two queries for all of them."""
    days = await days_of_resources(reader[RESOURCE_DAYS], [space.space_id for space in spaces], first, last)
    refs = sorted({use.ref for day in days for use in day.uses if not use.ref.startswith(OWN_WORK)})
    occurrences = await OCCURRENCE.many(reader[OCCURRENCES], refs)
    return [_in_use(space, [day for day in days if day.resource_id == space.space_id], occurrences) for space in spaces]


def _in_use(space: Space, days: Sequence[ResourceDay], occurrences: Mapping[str, Occurrence]) -> SpaceInUse:
    # Own work whose last place was given back leaves a use of nothing: it is not shown.
    uses = [_use(day, use, occurrences) for day in days for use in day.uses if use.taken or use.ref in occurrences]
    return SpaceInUse(
        space_id=space.space_id,
        name=space.name,
        features=space.features,
        legal_limit=space.legal_limit,
        target=space.target,
        accessible=space.accessible,
        own_work=space.own_work,
        own_work_seats=space.own_work_seats,
        uses=tuple(sorted(uses, key=lambda use: (use.starts_at, use.occurrence_id or ""))),
    )


def _use(day: ResourceDay, use: Use, occurrences: Mapping[str, Occurrence]) -> SpaceUse:
    occurrence = occurrences.get(use.ref)
    own_block = use.ref.removeprefix(OWN_WORK) if use.ref.startswith(OWN_WORK) else None
    return SpaceUse(
        kind="occurrence" if own_block is None else "own-work",
        occurrence_id=use.ref if own_block is None else None,
        block_id=occurrence.block_id if occurrence is not None else own_block,
        title=occurrence.title if occurrence is not None else None,
        host_ids=occurrence.host_ids if occurrence is not None else (),
        day=day.day,
        starts_at=use.starts_at,
        ends_at=use.ends_at,
        taken=use.taken,
        cap=occurrence.cap if occurrence is not None else None,
    )

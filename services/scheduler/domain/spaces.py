"""Spaces and equipment pools of a school: what they are, and how many they hold."""

from dataclasses import dataclass
from datetime import date

from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.resource_days import ResourceDay, resource_day_id


class SeatsDoNotFit(Refusal):
    kind = Kind.INVALID
    text = "{field} ({seats}) cannot be more than the legal limit ({legal_limit})."


class NoSuchSpace(Refusal):
    kind = Kind.MISSING
    text = "There is no such space at this school."


class NoSuchPool(Refusal):
    kind = Kind.MISSING
    text = "There is no such equipment pool at this school: {pool_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A room or place. The legal limit is never passed, the target is aimed at, some of the seats are accessible.

    `own_work`: students may book up to `own_work_seats` of it for their own work, without a host.
    """

    space_id: str
    version: int
    district_id: str
    school_id: str
    name: str
    features: tuple[str, ...] = ()
    legal_limit: int
    target: int
    accessible: int = 0
    own_work: bool = False
    own_work_seats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentPool:
    """Pieces of one kind that occurrences and places take from: laptops, printers, kits."""

    pool_id: str
    version: int
    district_id: str
    school_id: str
    name: str
    kind: str
    count: int


def check_seats(space: Space) -> Space:
    """The space, if its numbers fit each other.

    Raises: Refusals of SeatsDoNotFit, one for each number above the legal limit.
    """
    numbers = {"target": space.target, "accessible": space.accessible, "own_work_seats": space.own_work_seats}
    refuse_all(
        *(
            SeatsDoNotFit(field=field, seats=seats, legal_limit=space.legal_limit)
            for field, seats in numbers.items()
            if seats > space.legal_limit
        )
    )
    return space


def space_day(space: Space, day: date) -> ResourceDay:
    """A day of this space that nothing is taken of yet (version 0: new)."""
    return ResourceDay(
        day_id=resource_day_id(space.space_id, day),
        resource_id=space.space_id,
        kind="space",
        version=0,
        district_id=space.district_id,
        school_id=space.school_id,
        day=day,
        limit=space.legal_limit,
        target=space.target,
    )


def pool_day(pool: EquipmentPool, day: date) -> ResourceDay:
    """A day of this pool that nothing is taken of yet (version 0: new)."""
    return ResourceDay(
        day_id=resource_day_id(pool.pool_id, day),
        resource_id=pool.pool_id,
        kind="pool",
        version=0,
        district_id=pool.district_id,
        school_id=pool.school_id,
        day=day,
        limit=pool.count,
        target=pool.count,
    )


def own_work_left(space: Space, space_left: int, taken_for_own_work: int) -> int:
    """Seats left for own work: no more than the space has left, and no more than it gives to own work."""
    return max(0, min(space_left, space.own_work_seats - taken_for_own_work)) if space.own_work else 0

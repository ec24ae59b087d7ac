"""A resource's day: which seats of a space, or pieces of a pool, are in use at which minutes. The clock decides."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from kit.refusals import Kind, Refusal, refuse_all


class SpaceFull(Refusal):
    text = "Every seat of this space is taken at that time. Choose another space or another time."
    staff_text = (
        "The space's legal limit is {limit}; {taken} seats are taken at that time and {wanted} more were asked for. "
        "Nothing goes over the legal limit."
    )


class EquipmentGone(Refusal):
    text = "The equipment for this is all in use at that time. Choose another time."
    staff_text = "The pool holds {limit}; {taken} are in use at that time and {wanted} more were asked for."


class LimitBelowUse(Refusal):
    text = "On {day}, {taken} are in use already: the limit cannot be set to {limit}. Free some first."


class NotTaken(Refusal):
    kind = Kind.INVALID
    text = "More was given back than had been taken."


@dataclass(frozen=True, slots=True)
class Use:
    """Part of a day: `ref` is an occurrence's id, or `own:<block_id>` for students' own work in that block."""

    ref: str
    starts_at: datetime
    ends_at: datetime
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDay:
    """One day of a space or of an equipment pool. `limit` is the legal limit, or how many pieces the pool holds.

    `day_id` is the document's id (see `resource_day_id`); `space_day` and `pool_day` in spaces.py make a fresh one.
    """

    day_id: str
    resource_id: str
    kind: Literal["space", "pool"]
    version: int
    district_id: str
    school_id: str
    day: date
    limit: int
    target: int
    uses: tuple[Use, ...] = ()


def resource_day_id(resource_id: str, day: date) -> str:
    """`<resource_id>:<day>`: a resource has one document a day."""
    return f"{resource_id}:{day.isoformat()}"


def own_work(block_id: str) -> str:
    """The `ref` of students' own work in a block."""
    return f"own:{block_id}"


def used(resource_day: ResourceDay, ref: str) -> int:
    """How many this ref has taken."""
    return sum(use.taken for use in resource_day.uses if use.ref == ref)


def peak(resource_day: ResourceDay, starts_at: datetime, ends_at: datetime) -> int:
    """The most that is in use at any one moment from `starts_at` until `ends_at`; touching uses do not add up."""
    crossing = [use for use in resource_day.uses if use.starts_at < ends_at and starts_at < use.ends_at]
    moments = {starts_at} | {use.starts_at for use in crossing if use.starts_at > starts_at}
    return max(sum(use.taken for use in crossing if use.starts_at <= moment < use.ends_at) for moment in moments)


def left(resource_day: ResourceDay, starts_at: datetime, ends_at: datetime) -> int:
    """How many more can be taken for all of that time; never below 0."""
    return max(0, resource_day.limit - peak(resource_day, starts_at, ends_at))


def shortage(resource_day: ResourceDay, starts_at: datetime, ends_at: datetime, wanted: int = 1) -> Refusal | None:
    """Why `wanted` more cannot be had for that time (SpaceFull or EquipmentGone), or None."""
    # No moment has more in use than all of the day together: where that fits, no times need to be compared.
    if wanted <= 0 or sum([use.taken for use in resource_day.uses]) + wanted <= resource_day.limit:
        return None
    taken = peak(resource_day, starts_at, ends_at)
    if taken + wanted <= resource_day.limit:
        return None
    reason = SpaceFull if resource_day.kind == "space" else EquipmentGone
    return reason(limit=resource_day.limit, taken=taken, wanted=wanted)


def reserve(resource_day: ResourceDay, ref: str, starts_at: datetime, ends_at: datetime) -> ResourceDay:
    """Enter a use with nothing taken yet, so that the day knows of it; entered already, it keeps what it took."""
    if any(use.ref == ref for use in resource_day.uses):
        return resource_day
    return replace(resource_day, uses=(*resource_day.uses, Use(ref, starts_at, ends_at, 0)))


def take(resource_day: ResourceDay, ref: str, starts_at: datetime, ends_at: datetime, wanted: int = 1) -> ResourceDay:
    """Take `wanted` more for `ref`; its use is entered if the day does not know it yet.

    Raises: Refusals of SpaceFull or EquipmentGone.
    """
    refuse_all(shortage(resource_day, starts_at, ends_at, wanted))
    return _add(reserve(resource_day, ref, starts_at, ends_at), ref, wanted)


def give_back(resource_day: ResourceDay, ref: str, amount: int = 1) -> ResourceDay:
    """Give back `amount` of what `ref` took; the use stays, at zero if need be.

    Raises: Refusals of NotTaken.
    """
    refuse_all(NotTaken() if used(resource_day, ref) < amount else None)
    return _add(resource_day, ref, -amount)


def release(resource_day: ResourceDay, ref: str) -> ResourceDay:
    """Strike the use of `ref` with all that it took."""
    return replace(resource_day, uses=tuple(use for use in resource_day.uses if use.ref != ref))


def move(resource_day: ResourceDay, ref: str, starts_at: datetime, ends_at: datetime) -> ResourceDay:
    """Move the use of `ref` to other times of the day, with what it took.

    Raises: Refusals of SpaceFull or EquipmentGone when others leave too little there.
    """
    taken = used(resource_day, ref)
    struck = release(resource_day, ref)
    return (
        struck
        if struck == resource_day
        else take(reserve(struck, ref, starts_at, ends_at), ref, starts_at, ends_at, taken)
    )


def set_limit(resource_day: ResourceDay, limit: int, target: int) -> ResourceDay:
    """The day under another limit.

    Raises: Refusals of LimitBelowUse when more is in use than the new limit allows.
    """
    most = max((peak(resource_day, use.starts_at, use.ends_at) for use in resource_day.uses), default=0)
    refuse_all(LimitBelowUse(day=resource_day.day.isoformat(), taken=most, limit=limit) if most > limit else None)
    return replace(resource_day, limit=limit, target=target)


def _add(resource_day: ResourceDay, ref: str, amount: int) -> ResourceDay:
    """Named field by field: `replace` would take three times as long, and every booking passes here."""
    uses = [
        Use(use.ref, use.starts_at, use.ends_at, use.taken + amount) if use.ref == ref else use
        for use in resource_day.uses
    ]
    return ResourceDay(
        day_id=resource_day.day_id,
        resource_id=resource_day.resource_id,
        kind=resource_day.kind,
        version=resource_day.version,
        district_id=resource_day.district_id,
        school_id=resource_day.school_id,
        day=resource_day.day,
        limit=resource_day.limit,
        target=resource_day.target,
        uses=tuple(uses),
    )

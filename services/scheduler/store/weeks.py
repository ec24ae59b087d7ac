"""Weeks in the store: written by hand, field by field, because every booking passes here."""

from datetime import date
from typing import Any

from kit.mongo import Collection, Document, Index
from services.scheduler.domain.weeks import Cause, Place, Week, week_id

WEEKS = Collection(
    "weeks",
    shard_key=("district_id", "student_id"),
    indexes=(
        Index(("district_id", "student_id", "week"), unique=True),
        Index(("district_id", "places.occurrence_id")),
        Index(("district_id", "places.placement_id")),
    ),
)
COLLECTIONS = (WEEKS,)


def pack_week(week: Week) -> Document:
    """The document of a week."""
    return {
        "_id": week_id(week.student_id, week.week),
        "version": week.version,
        "district_id": week.district_id,
        "student_id": week.student_id,
        "week": week.week,
        "places": [_pack_place(place) for place in week.places],
    }


def unpack_week(document: Document) -> Week:
    """The week in a document."""
    return Week(
        version=document["version"],
        district_id=document["district_id"],
        student_id=document["student_id"],
        week=document["week"],
        places=tuple(_unpack_place(place) for place in document["places"]),
    )


def _pack_place(place: Place) -> dict[str, Any]:
    return {
        "placement_id": place.placement_id,
        "occurrence_id": place.occurrence_id,
        "offer_id": place.offer_id,
        "space_id": place.space_id,
        "block_id": place.block_id,
        "school_id": place.school_id,
        "day": place.day.isoformat(),
        "starts_at": place.starts_at,
        "ends_at": place.ends_at,
        "title": place.title,
        "cause": place.cause.value,
        "goal_id": place.goal_id,
        "step_id": place.step_id,
        "replaced": place.replaced,
        "made_at": place.made_at,
        "made_by": place.made_by,
        "attendance": place.attendance,
        "minutes": place.minutes,
        "cancelled_at": place.cancelled_at,
        "cancelled_by": place.cancelled_by,
        "reason": place.reason,
    }


def _unpack_place(stored: dict[str, Any]) -> Place:
    return Place(**{**stored, "day": date.fromisoformat(stored["day"]), "cause": Cause(stored["cause"])})

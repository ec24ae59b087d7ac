"""Weeks in the store: one document a student and week, guarded by its version."""

from kit.mongo import Collection, Index
from kit.records import Record
from services.scheduler.domain.weeks import Week

WEEKS = Collection(
    "weeks",
    shard_key=("district_id", "student_id"),
    indexes=(
        Index(("district_id", "student_id", "week"), unique=True),
        Index(("district_id", "places.occurrence_id")),
        Index(("district_id", "places.placement_id")),
    ),
)
WEEK = Record(Week, "week_id")
